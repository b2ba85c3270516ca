"""Feedback: every form that clients send is taken, what breaks a rule is refused."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from cds_service.commands.conformance.checks.card_texts import listed, text
from cds_service.commands.conformance.checks.request_shape import judge_refusal
from cds_service.commands.conformance.probe import Probe
from cds_service.commands.conformance.verdict import (
    Check,
    Level,
    Theme,
    Verdict,
    broken,
    doubtful,
    kept,
    not_applicable,
)
from cds_service.ehr.answer import Answer, Json
from cds_service.ehr.target import DISCOVERY

THEME = Theme("Feedback")
DERIVED = Level.DERIVED
_NOT_OFFERED = (404, 405, 501)
_NOT_FOUND, _NO_METHOD = 404, 405
_DONE = (200, 202, 204)
_REASON = {"code": "patient-refuses", "system": "https://example.org/reasons"}
_EPIC = {"com.epic.cdshooks.feedback.overrideReason.reasonTitle": "Already assessed"}


def _send(probe: Probe, body: Any) -> Answer:
    return probe.target.post(f"{probe.path}/feedback", body)


def _item(probe: Probe, **changes: Any) -> Json:
    """Feedback on a card the subject really got, else on one that nobody knows."""
    cards = [card for card in probe.subject.answer.cards if text(card.get("uuid"))]
    item: Json = {
        "card": cards[0]["uuid"] if cards else str(uuid4()),
        "outcome": "overridden",
        "outcomeTimestamp": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    return {name: value for name, value in (item | changes).items() if value is not None}


def _accepted(probe: Probe) -> Json:
    suggestions = [
        s for card in probe.subject.answer.cards for s in listed(card.get("suggestions"))
    ]
    uuids = [s["uuid"] for s in suggestions if text(s.get("uuid"))] or [str(uuid4())]
    return {"outcome": "accepted", "acceptedSuggestions": [{"id": uuids[0]}]}


def _invites(probe: Probe) -> bool:
    """Whether cards ask for feedback: they carry override reasons."""
    return any(card.get("overrideReasons") for s in probe.showcase() for card in s.answer.cards)


def _offered(probe: Probe) -> Answer | None:
    """The answer to plain feedback, None when the service takes none."""
    answer = _send(probe, {"feedback": [_item(probe)]})
    return None if answer.status in _NOT_OFFERED else answer


@THEME.add(
    "feedback",
    *("FB-1", "FB-11", "FB-16"),
    level=DERIVED,
    title="Feedback on a card is taken",
    situation=17,
    cases=(151, 153, 154),
    safety=True,
)
def _feedback(probe: Probe) -> Verdict:
    plain = _offered(probe)
    if plain is None:
        told = f"POST {probe.path}/feedback is not there"
        if _invites(probe):
            return broken(f"{told}, yet cards carry overrideReasons, which ask for it.")
        return doubtful(f"{told}; support is optional, but nobody learns what became of cards.")
    comment = {"reason": _REASON, "userComment": "canary-comment"}
    for sent, changes in (
        ("overridden without a reason", {}),
        ("overridden with reason and comment", {"overrideReason": comment}),
        ("accepted", _accepted(probe)),
    ):
        answer = _send(probe, {"feedback": [_item(probe, **changes)]})
        if answer.status not in _DONE:
            return broken(f"Feedback {sent}: {answer.told}, where 200 belongs.")
        if answer.outcome:
            return broken(f"Feedback {sent}: {answer.status}, yet with an OperationOutcome.")
    return kept("Overridden with and without reason, and accepted: taken.")


def _variant(
    name: str, requirements: tuple[str, ...], sent: str, cases: tuple[int, ...], **changes: Any
) -> Check:
    def judge(probe: Probe) -> Verdict:
        if _offered(probe) is None:
            return not_applicable("The service takes no feedback.")
        answer = _send(probe, {"feedback": [_item(probe, **changes)]})
        told = f"Feedback {sent}: {answer.told}"
        return kept(f"{told}.") if answer.status in _DONE else broken(f"{told}, not 200.")

    title = f"Feedback {sent} is taken"
    return Check(name, requirements, DERIVED, title, judge, THEME.name, cases=cases, safety=True)


_PLAIN_REASON = {"reason": {"code": "patient-refuses"}}
THEME.checks += [
    _variant("feedback-unknown-card", ("FB-14",), "on a card that nobody knows", (161,),
             card=str(uuid4())),
    _variant("feedback-plain-id", ("FB-3",), "with a card id that is no UUID", (160,),
             card="123456"),
    _variant("feedback-plural", ("FB-15",), "with overrideReasons in the plural", (156,),
             overrideReasons={"userComment": "x", "extension": _EPIC}),
    _variant("feedback-no-system", ("FB-9",), "with a reason without system", (157,),
             overrideReason=_PLAIN_REASON),
    _variant("feedback-fraction", ("FB-7",), "with fractions of a second", (159,),
             outcomeTimestamp="2026-01-02T03:04:05.520Z"),
    _variant("feedback-offset", ("FB-7",), "with a time of another zone", (159,),
             outcomeTimestamp="2026-01-02T03:04:05+01:00"),
]  # fmt: skip


def _refused(
    name: str, requirements: tuple[str, ...], sent: str, cases: tuple[int, ...], **changes: Any
) -> Check:
    def judge(probe: Probe) -> Verdict:
        if _offered(probe) is None:
            return not_applicable("The service takes no feedback.")
        answer = _send(probe, {"feedback": [_item(probe, **changes)]})
        if answer.status in _DONE:
            return doubtful(f"Feedback {sent}: {answer.told}; stricter services say 400.")
        return judge_refusal(answer, f"Feedback {sent}")

    title = f"Feedback {sent} is refused"
    return Check(name, requirements, DERIVED, title, judge, THEME.name, cases=cases, safety=True)


THEME.checks += [
    _refused("feedback-no-card", ("FB-3",), "without a card", (), card=None),
    _refused("feedback-ignored", ("FB-4",), "with the outcome ignored", (), outcome="ignored"),
    _refused("feedback-nothing-accepted", ("FB-5",), "accepted without acceptedSuggestions", (152,),
             outcome="accepted"),
    _refused("feedback-no-suggestion-id", ("FB-6",), "accepting a suggestion without id", (),
             outcome="accepted", acceptedSuggestions=[{}]),
    _refused("feedback-date-only", ("FB-7",), "with a date as timestamp", (158,),
             outcomeTimestamp="2026-01-02"),
    _refused("feedback-no-zone", ("FB-7",), "with a time without zone", (158,),
             outcomeTimestamp="2026-01-02T03:04:05"),
    _refused("feedback-epoch", ("FB-7",), "with a number as timestamp", (158,),
             outcomeTimestamp=1639217131),
    _refused("feedback-empty-reason", ("FB-8",), "with an empty overrideReason", (155,),
             overrideReason={}),
]  # fmt: skip


@THEME.add(
    "feedback-body",
    "FB-2",
    level=DERIVED,
    title="The body is an object with the array feedback, which may be empty",
    cases=(164, 165),
    safety=True,
)
def _body(probe: Probe) -> Verdict:
    if _offered(probe) is None:
        return not_applicable("The service takes no feedback.")
    empty = _send(probe, {"feedback": []})
    if empty.status not in _DONE:
        return doubtful(f'{{"feedback": []}}: {empty.told}; the array may be empty.')
    return judge_refusal(_send(probe, [_item(probe)]), "Feedback as a bare array")


@THEME.add(
    "feedback-repeated",
    "FB-12",
    level=DERIVED,
    title="One entry may come many times, and a batch may mix cards",
    cases=(162,),
    safety=True,
)
def _repeated(probe: Probe) -> Verdict:
    if _offered(probe) is None:
        return not_applicable("The service takes no feedback.")
    item = _item(probe)
    answer = _send(probe, {"feedback": [item, item, _item(probe, card=str(uuid4())), item]})
    told = f"Three times the same entry and one more: {answer.told}"
    return kept(f"{told}.") if answer.status in _DONE else broken(f"{told}, not 200.")


@THEME.add(
    "feedback-paths",
    *("FB-1", "ERR-5"),
    level=DERIVED,
    title="Feedback to an unknown service is 404, GET of feedback 405",
    cases=(166, 169),
)
def _paths(probe: Probe) -> Verdict:
    if _offered(probe) is None:
        return not_applicable("The service takes no feedback.")
    unknown = probe.target.post(f"{DISCOVERY}/no-such-service/feedback", {"feedback": []})
    read = probe.target.ask("GET", f"{probe.path}/feedback")
    if unknown.status != _NOT_FOUND or read.status != _NO_METHOD:
        return broken(f"Unknown service: {unknown.told}; GET: {read.told}.")
    return kept("404 for an unknown service, 405 for GET.")
