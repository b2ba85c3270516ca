"""The calls of a load run: every sample patient with a record of 300 resources, all signed."""

import itertools
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cds_service.ehr.stories import read_stories
from tests.bench.body import Json, ordinary_result
from tests.security.callers import bearer, token

RESOURCES = 300
_FILLED = "labs"


@dataclass(frozen=True, slots=True)
class Call:
    """One POST; the token is good for one call, so that no two are the same."""

    body: bytes = field(repr=False)
    authorization: str = field(repr=False)


def bodies(resources: int = RESOURCES) -> tuple[bytes, ...]:
    """All sample patients as of today, their prefetch filled with ordinary results."""
    return tuple(_filled(story.today(), resources) for story in read_stories())


def signed(wanted: Sequence[bytes], count: int) -> list[Call]:
    """So many calls, the bodies in turn; tokens live for the longest time that is accepted."""
    now = int(time.time())
    return [
        Call(body, bearer(token(iat=now, exp=now + 900))[0])
        for body in itertools.islice(itertools.cycle(wanted), count)
    ]


def size(prefetch: Json) -> int:
    """How many resources the prefetch holds."""
    given = [value for value in prefetch.values() if value is not None]
    return sum(len(v.get("entry", ())) if v["resourceType"] == "Bundle" else 1 for v in given)


def _filled(request: Json, resources: int) -> bytes:
    now = datetime.now(UTC)
    patient = request["context"]["patientId"]
    prefetch = request["prefetch"]
    added = range(resources - size(prefetch))
    entries = [{"resource": ordinary_result(number, now, patient)} for number in added]
    bundle = prefetch[_FILLED] or {"resourceType": "Bundle", "type": "searchset"}
    prefetch[_FILLED] = bundle | {"entry": [*bundle.get("entry", ()), *entries]}
    return json.dumps(request, separators=(",", ":")).encode()
