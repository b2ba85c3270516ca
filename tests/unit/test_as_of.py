"""The instant an offline assessment looks from."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cds_service.ehr.as_of import AsOfError, resolve


def encounter(**period: str) -> dict[str, Any]:
    """An Encounter with this period."""
    return {"resource": {"resourceType": "Encounter", "period": period}}


@pytest.mark.parametrize("text", [None, "now"])
def test_without_a_date_it_is_now(text: str | None) -> None:
    """The clock is read only when nothing else is said."""
    before = datetime.now(UTC)
    assert before <= resolve(text, {}) <= datetime.now(UTC)


def test_a_date_means_the_end_of_that_day() -> None:
    """Whatever was recorded on that day is seen; without any instant the day is UTC's."""
    assert resolve("2026-11-20", {}) == datetime(2026, 11, 20, 23, 59, 59, 999_999, tzinfo=UTC)


def test_a_date_ends_in_the_offset_of_the_newest_instant() -> None:
    """The day ends where the record was written last."""
    document = {
        "a": "2020-01-01T10:00:00+09:00",
        "b": [{"c": "2026-11-19T23:00:00-05:00"}, "2019-05-05"],
    }
    end = resolve("2026-11-20", document)
    assert end.utcoffset() == timedelta(hours=-5)
    assert (end.hour, end.minute) == (23, 59)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-11-20T15:00:00Z", datetime(2026, 11, 20, 15, tzinfo=UTC)),
        ("2026-11-20T15:00:00+01:00", datetime(2026, 11, 20, 14, tzinfo=UTC)),
    ],
)
def test_an_instant_is_taken_as_it_stands(text: str, instant: datetime) -> None:
    """A full instant needs no interpretation."""
    assert resolve(text, {}) == instant


def test_an_instant_without_offset_keeps_its_time_of_day() -> None:
    """Three in the afternoon is not moved to another hour or day."""
    instant = resolve("2026-11-20T15:00:00", {})
    assert instant.replace(tzinfo=None) == datetime(2026, 11, 20, 15)  # noqa: DTZ001 - the local time


@pytest.mark.parametrize(
    ("entries", "instant"),
    [
        pytest.param(
            [encounter(start="2020-05-01T08:00:00Z", end="2020-05-01T09:30:00Z")],
            datetime(2020, 5, 1, 9, 30, tzinfo=UTC),
            id="its end",
        ),
        pytest.param(
            [encounter(start="2020-05-01T08:00:00Z")],
            datetime(2020, 5, 1, 8, tzinfo=UTC),
            id="its start when it never ended",
        ),
        pytest.param(
            [
                encounter(start="2021-01-01T08:00:00Z", end="2021-01-01T09:00:00Z"),
                encounter(start="2019-01-01T08:00:00Z", end="2019-01-01T09:00:00Z"),
            ],
            datetime(2021, 1, 1, 9, tzinfo=UTC),
            id="the newest",
        ),
        pytest.param(
            [encounter(start="2020-05-01")],
            datetime(2020, 5, 1, 23, 59, 59, 999_999, tzinfo=UTC),
            id="a date ends with its day",
        ),
    ],
)
def test_the_last_encounter(entries: list[dict[str, Any]], instant: datetime) -> None:
    """The end of the newest encounter, else its start."""
    assert resolve("last-encounter", {"resourceType": "Bundle", "entry": entries}) == instant


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"entry": [encounter()]}, id="no period"),
        pytest.param({"entry": [encounter(start="soon")]}, id="no date"),
        pytest.param({"resourceType": "Encounter", "period": "2020"}, id="a period that is none"),
        pytest.param([1, "x", None], id="no resources"),
    ],
)
def test_without_a_dated_encounter_there_is_no_last_one(document: Any) -> None:
    """The sentence says what is missing and what to give instead."""
    with pytest.raises(AsOfError, match="no dated Encounter"):
        resolve("last-encounter", document)


@pytest.mark.parametrize(
    "text", ["2026-02-30", "yesterday", "2026", "2026-11", "20.11.2026", "", "2026-11-20T25:00:00Z"]
)
def test_any_other_text_is_refused_in_a_sentence(text: str) -> None:
    """The sentence names the option and repeats what was given."""
    with pytest.raises(AsOfError, match="--as-of"):
        resolve(text, {})
