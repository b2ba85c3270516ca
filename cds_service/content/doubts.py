"""What of a topic is not settled: local policy, and what was not seen in a source."""

from collections.abc import Iterator
from dataclasses import dataclass

from cds_service.content.library import Library
from cds_service.content.models.topic import Window

_LOCAL = {"policy": "local policy", "operational": "operational choice"}
_NOT_SEEN = {"partly": "partly read", "unverified": "unverified"}


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing a clinician must still settle: `kind` says how it is open."""

    kind: str
    subject: str
    text: str


def doubts(library: Library, topic: str) -> tuple[Doubt, ...]:
    """Everything of a topic that no source carries, or that was not read in one."""
    return (
        *_parameters(library, topic),
        *_evidence(library, topic),
        *_literature(library, topic),
    )


def span(window: Window) -> str:
    """A window in words."""
    return f"{window.days} days" if window.days is not None else f"{window.hours} hours"


def _parameters(library: Library, topic: str) -> Iterator[Doubt]:
    file = library.topics[topic]
    for name, threshold in file.thresholds.items():
        if threshold.status in _LOCAL:
            text = f"{threshold.value:g} {threshold.unit}: {threshold.meaning}"
            yield Doubt(_LOCAL[threshold.status], name, text)
    for name, window in file.windows.items():
        if window.status in _LOCAL:
            yield Doubt(_LOCAL[window.status], name, f"{span(window)}: {window.meaning}")


def _evidence(library: Library, topic: str) -> Iterator[Doubt]:
    keys = {*library.evidence.get(topic, {}), *library.literature.cited(topic)}
    for key in sorted(keys):
        entry = library.entry(key, topic)
        if entry.confirmed in _NOT_SEEN:
            yield Doubt(_NOT_SEEN[entry.confirmed], key, entry.citation)


def _literature(library: Library, topic: str) -> Iterator[Doubt]:
    literature = library.literature
    for key, claim in literature.claims_of(topic).items():
        if claim.unverified:
            yield Doubt("unverified", f"claim {key}", claim.unverified)
    for treatment in literature.treatments_of(topic).values():
        if treatment.unverified:
            yield Doubt("unverified", treatment.name, treatment.unverified)
