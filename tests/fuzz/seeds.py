"""Where the search begins: the official cases, the sample patients, feedback, and their words."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from cds_service.ehr.stories import read_stories
from tests.bench.body import AS_OF
from tests.fuzz.targets import PATHS, SEPARATOR, SERVER

ROOT = Path(__file__).parents[2]
_CASES = ROOT / "fixtures" / "cdshooks-cases"
_KEPT = 3  # entries of a Bundle: short inputs change faster
_FEEDBACK = PATHS.index("/cds-services/leg-pain/feedback")
_LONGEST_WORD = 60

Json = dict[str, Any]


def seeds() -> Iterator[bytes]:
    """Inputs of all targets; each begins with the number of its own."""
    for case in sorted(_CASES.glob("*.json")):
        yield from _for_all(case.read_bytes())
    for story in read_stories():
        request = _short(story.today(AS_OF.date()))
        patient = request["context"]["patientId"]
        yield _input(0, request)
        encounter = {"patientId": patient, "userId": "Practitioner/1", "encounterId": "e1"}
        yield _input(1, request | {"hook": "encounter-start", "context": encounter})
        problem = {"patientId": patient, "userId": "Practitioner/1"} | {
            "conditions": request["prefetch"]["conditions"]
        }
        yield _input(2, request | {"hook": "problem-list-item-create", "context": problem})
        answers = [json.dumps(value) for value in request["prefetch"].values() if value]
        of_p1 = [answer.replace(patient, "p1").encode() for answer in answers]
        yield bytes([SERVER]) + SEPARATOR.join(of_p1)
    yield _input(_FEEDBACK, {"feedback": [_accepted(), _overridden()]})
    yield _input(_FEEDBACK, {"feedback": []})


def words() -> list[str]:
    """Names and short texts of all seeds, for a search that puts pieces together."""
    found: set[str] = set()
    for seed in seeds():
        for part in seed[1:].split(SEPARATOR):
            found.update(_words(json.loads(part)))
    return sorted(found)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _words(item)
    elif isinstance(value, str) and len(value) <= _LONGEST_WORD:
        yield value


def _for_all(body: bytes) -> Iterator[bytes]:
    return (bytes([number]) + body for number in range(SERVER))


def _input(number: int, body: Json) -> bytes:
    return bytes([number]) + json.dumps(body).encode()


def _short(request: Json) -> Json:
    """The request with the first entries of each Bundle."""
    prefetch = {
        key: value | {"entry": value["entry"][:_KEPT]} if value and "entry" in value else value
        for key, value in request["prefetch"].items()
    }
    return request | {"prefetch": prefetch}


def _accepted() -> Json:
    return {
        "card": "9368d37b-283f-8a57-93d5-6a8ae10b3b6f",
        "outcome": "accepted",
        "outcomeTimestamp": "2026-11-20T10:05:31Z",
        "acceptedSuggestions": [{"id": "e56e1945-20b3-8393-8503-a1a20fd73152"}],
    }


def _overridden() -> Json:
    return {
        "card": "9368d37b-283f-8a57-93d5-6a8ae10b3b6f",
        "outcome": "overridden",
        "outcomeTimestamp": "2026-11-20T10:05:31.123+01:00",
        "overrideReason": {
            "reason": {"code": "already-done", "system": "https://example.org/reasons"},
            "userComment": "examined yesterday",
            "extension": {"com.epic.cdshooks.feedback.overrideReason.reasonTitle": "Done"},
        },
    }
