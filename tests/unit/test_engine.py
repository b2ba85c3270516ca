"""One topic that fails silences no other."""

import pytest

from cds_service.clinical.engine import assess_all
from cds_service.clinical.topics import sij
from tests.unit.record import found, library, said


def test_a_failing_topic_is_reported_and_the_others_speak(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its error travels with its name; whatever else is assessed stays."""
    error = ZeroDivisionError()

    def broken(*_args: object) -> None:
        raise error

    findings, book = found(said("buttock_pain")), library().rulebook
    whole = assess_all(findings, book)
    monkeypatch.setattr(sij, "assess", broken)
    damaged = assess_all(findings, book)
    assert [(crash.topic, crash.error) for crash in damaged.crashes] == [("sij", error)]
    assert {a.topic for a in whole.assessments} - {a.topic for a in damaged.assessments} == {"sij"}
