"""What the explain extension of an answer says, read with care: it came over the wire."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cds_service.ehr.answer import Answer, Json
from cds_service.pages.demo.fhir_text import objects, text

_EXTENSION = "org.legpain-cds.explain"
STATUSES = ("present", "absent", "unknown")


@dataclass(frozen=True, slots=True)
class Told:
    """One finding as an assessment saw it; `evidence` are references into the record."""

    id: str
    topic: str
    status: str
    side: str
    reason: str
    day: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Assessed:
    """One assessment."""

    topic: str
    state: str
    card: str
    shown: bool
    deferred_by: str
    side: str
    score: Json | None
    clusters: dict[str, Json]
    findings: tuple[Told, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """All assessments and gaps."""

    assessments: tuple[Assessed, ...]
    gaps: tuple[Json, ...]

    def findings(self) -> Iterator[Told]:
        """Each finding once: as the first assessment that asked saw it."""
        seen: set[str] = set()
        for assessment in self.assessments:
            for finding in assessment.findings:
                if finding.id not in seen:
                    seen.add(finding.id)
                    yield finding

    def missing(self) -> tuple[str, ...]:
        """What the shown assessments still wait for, in their order."""
        shown = (a for a in self.assessments if a.shown)
        return tuple(dict.fromkeys(finding for a in shown for finding in a.missing))


def explanation_of(answer: Answer) -> Explanation | None:
    """None where the answer does not explain itself."""
    document = answer.document if answer.ok else None
    extension = document.get("extension") if isinstance(document, dict) else None
    told = extension.get(_EXTENSION) if isinstance(extension, dict) else None
    if not isinstance(told, dict):
        return None
    assessments = tuple(map(_assessed, objects(told.get("assessments"))))
    return Explanation(assessments, tuple(objects(told.get("gaps"))))


def _assessed(told: Json) -> Assessed:
    topic, side = text(told.get("topic")), text(told.get("side"))
    clusters = told.get("clusters")
    score = told.get("score")
    return Assessed(
        topic=topic,
        state=text(told.get("state")),
        card=text(told.get("card")),
        shown=told.get("shown") is True,
        deferred_by=text(told.get("deferredBy")),
        side=side,
        score=score if isinstance(score, dict) else None,
        clusters=clusters if isinstance(clusters, dict) else {},
        findings=tuple(_told(f, topic, side) for f in objects(told.get("findings"))),
        missing=tuple(_strings(told.get("missing"))),
    )


def _told(finding: Json, topic: str, side: str) -> Told:
    own = text(finding.get("side"))
    return Told(
        id=text(finding.get("id")),
        topic=topic,
        status=text(finding.get("status")),
        side=own if own not in ("", "unspecified") else side,
        reason=text(finding.get("reason")),
        day=text(finding.get("date")),
        evidence=tuple(_strings(finding.get("evidence"))),
    )


def _strings(value: Any) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []
