"""What a local code says once a site's ConceptMap has translated it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cds_service.clinical.fact import Status, Strength
from cds_service.clinical.side import Side
from cds_service.content.codes import OWN, Meaning


@dataclass(frozen=True, slots=True)
class Answer:
    """A recorded value a translation depends on: a code, or an exact word where no system is."""

    system: str
    code: str


@dataclass(frozen=True, slots=True)
class Translation:
    """One target of a local code.

    `answer` and `method` must be recorded for it to hold. `says` is what the answer means; without
    an answer it is what an entry without any value means. `value` is the number an answer stands
    for, `unit` the unit of a number recorded without one. `marks` are further keys that the code
    carries, such as the basis of a D-dimer assay.
    """

    system: str
    finding: str
    key: str
    marks: tuple[str, ...] = ()
    side: Side = Side.UNSPECIFIED
    answer: Answer | None = None
    method: Answer | None = None
    says: Status | None = None
    value: float | None = None
    unit: str = ""

    @property
    def meanings(self) -> tuple[Meaning, ...]:
        """As an Observation's code."""
        finding = Meaning(self.key, ((self.finding, Strength.STRONG),), side=self.side)
        return finding, *(Meaning(mark) for mark in self.marks)

    @property
    def mentioned(self) -> tuple[Meaning, ...]:
        """As the code of a Condition or of a visit's reason, which have no value."""
        if self.says is Status.UNKNOWN:
            return ()
        if self.says is Status.ABSENT:
            absence = frozenset({f"absence_{self.finding}"})
            return (Meaning(self.key, qualifiers=absence, side=self.side),)
        return self.meanings

    @property
    def plain(self) -> bool:
        """Whether it holds whatever else is recorded."""
        return self.answer is None and self.method is None


@dataclass(frozen=True, slots=True)
class SiteMap:
    """All translations of a site, by system (short name, or address of a local one) and code."""

    translations: Mapping[tuple[str, str], tuple[Translation, ...]] = field(default_factory=dict)
    version: str = ""

    def of(self, system: str, code: str) -> tuple[Translation, ...]:
        """The translations of one coding, none when the site does not map it."""
        return self.translations.get((system, code), ())


def own_key(finding: str) -> str:
    """How a meaning names a finding of the project's own CodeSystem."""
    return f"{OWN}|{finding}"
