"""What a check is, and what it can find."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cds_service.commands.conformance.probe import Probe


class Level(StrEnum):
    """How binding a requirement is; DERIVED is not written down, but follows or keeps safe."""

    SHALL = "SHALL"
    SHOULD = "SHOULD"
    MAY = "MAY"
    DERIVED = "DERIVED"


class Status(StrEnum):
    """What came of a check."""

    PASS = "pass"  # noqa: S105 - a verdict, not a password
    FAIL = "fail"
    WARN = "warn"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """A status and one sentence: what was sent, what came, what was expected."""

    status: Status
    sentence: str


def kept(sentence: str) -> Verdict:
    """The requirement holds."""
    return Verdict(Status.PASS, sentence)


def broken(sentence: str) -> Verdict:
    """The requirement is broken; whether that fails or warns is the check's level."""
    return Verdict(Status.FAIL, sentence)


def doubtful(sentence: str) -> Verdict:
    """Allowed, but worth a look: a warning whatever the level."""
    return Verdict(Status.WARN, sentence)


def not_applicable(sentence: str) -> Verdict:
    """The service shows nothing by which the requirement could be judged."""
    return Verdict(Status.NOT_APPLICABLE, sentence)


class UnseenError(Exception):
    """Nothing was seen by which to judge; the sentence says why."""


Judge = Callable[["Probe"], Verdict]


@dataclass(frozen=True, slots=True)
class Check:
    """One question to a service.

    `requirements` and `cases` are the ids and numbers of the checklist it judges, `situation` one
    of the 22 (0: none of them). `safety` makes a DERIVED requirement as strict as a SHALL: broken,
    it can harm a patient, leak data or leave a user without a word. `whole` checks are asked once
    of the base URL, all others of each service. What is
    judged `by_prefetch` cannot be judged of a service that lists no templates.
    """

    name: str
    requirements: tuple[str, ...]
    level: Level
    title: str
    judge: Judge
    theme: str = ""
    situation: int = 0
    cases: tuple[int, ...] = ()
    safety: bool = False
    whole: bool = False
    by_prefetch: bool = False

    @property
    def strict(self) -> bool:
        """Whether breaking it is a failure and not a warning."""
        return self.level is Level.SHALL or (self.level is Level.DERIVED and self.safety)

    def weigh(self, verdict: Verdict) -> Verdict:
        """The verdict with the weight of the level."""
        if verdict.status is Status.FAIL and not self.strict:
            return Verdict(Status.WARN, verdict.sentence)
        return verdict


@dataclass(frozen=True, slots=True)
class Result:
    """One check asked of one service (empty: of the base URL)."""

    check: Check
    service: str
    verdict: Verdict


@dataclass(slots=True)
class Theme:
    """Checks that belong together, in the order they are asked."""

    name: str
    by_prefetch: bool = False
    checks: list[Check] = field(default_factory=list)

    def add(  # noqa: PLR0913 - a check has this many properties
        self,
        name: str,
        *requirements: str,
        level: Level,
        title: str,
        situation: int = 0,
        cases: tuple[int, ...] = (),
        safety: bool = False,
        whole: bool = False,
        by_prefetch: bool = False,
    ) -> Callable[[Judge], Judge]:
        """Decorates the function that judges."""

        def take(judge: Judge) -> Judge:
            self.checks.append(
                Check(
                    name=name,
                    requirements=requirements,
                    level=level,
                    title=title,
                    judge=judge,
                    theme=self.name,
                    situation=situation,
                    cases=cases,
                    safety=safety,
                    whole=whole,
                    by_prefetch=by_prefetch or self.by_prefetch,
                )
            )
            return judge

        return take
