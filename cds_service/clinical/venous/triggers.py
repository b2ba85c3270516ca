"""What opens the venous topics: strong (T1) and weak (T2) triggers, and the legs they name."""

from dataclasses import dataclass

from cds_service.clinical.fact import Statement, Status, Strength
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment, earliest
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.side import Side
from cds_service.clinical.venous.wells_signs import measured_sign

_SWELLING = "leg_swelling"
_EDEMA = frozenset({"leg_swelling", "calf_swelling", "pitting_edema"})
_LEGS = (Side.LEFT, Side.RIGHT)


@dataclass(frozen=True, slots=True)
class Triggers:
    """Strong triggers, weak ones, and signs of the examination; `onset` of the episode.

    `company` is anything that lifts a weak trigger: a positive D-dimer, a scan, suspected DVT.
    """

    strong: tuple[Statement, ...]
    weak: tuple[Statement, ...]
    signs: tuple[Statement, ...]
    onset: Moment | None

    @property
    def any(self) -> bool:
        """Whether a leg complaint or sign is on record at all."""
        return bool(self.strong or self.weak or self.signs)

    @property
    def opened(self) -> bool:
        """Whether a strong trigger or a measured sign is on record (T1)."""
        return bool(self.strong or self.signs)

    @property
    def sure(self) -> bool:
        """Whether a strong code, or a weak one with a side, stands behind it (ruling 13)."""
        return any(
            s.strength is Strength.STRONG or s.side.one_sided for s in self.strong + self.signs
        )

    @property
    def bilateral_only(self) -> bool:
        """Whether everything strong is on both legs, so that no index leg is named.

        Edema recorded leg by leg is bilateral edema; pain in each leg stays two complaints.
        """
        sides: dict[str, set[Side]] = {}
        for s in self.strong + self.signs:
            sides.setdefault(s.finding, set()).add(s.side)
        return bool(sides) and all(
            Side.BOTH in found or (name in _EDEMA and set(_LEGS) <= found)
            for name, found in sides.items()
        )

    def legs(self) -> tuple[Side, ...]:
        """The legs to assess: symptoms name them; weak ones alone never hide a sign elsewhere.

        With symptoms on both sides a one-sided decisive sign names the worse leg (ruling 48).
        """
        sided = any(s.side is not Side.UNSPECIFIED for s in self.strong)
        symptoms = self.strong + self.weak
        for entries in (symptoms if sided else (), symptoms + self.signs):
            sides = {s.side for s in entries}
            legs = tuple(leg for leg in _LEGS if leg in sides or Side.BOTH in sides)
            if legs:
                return self._worse(legs)
        return (Side.UNSPECIFIED,)

    def _worse(self, legs: tuple[Side, ...]) -> tuple[Side, ...]:
        decisive = {
            s.side
            for s in self.signs
            if s.finding in ("entire_leg_swollen", "calf_swelling_3cm") and s.side.one_sided
        }
        return tuple(decisive) if len(legs) > 1 and len(decisive) == 1 else legs


def read_triggers(findings: Findings, rules: TopicRules) -> Triggers:
    """Triggers before any promotion of weak ones; see `promote`."""
    signs = _signs(findings, rules)
    lifted = bool(signs) or findings.present("worsening_14d") or _suspected(findings)
    strong = tuple(
        s
        for name in rules.groups["strong_triggers"]
        for s in _recent(findings, rules, name, lifted=lifted)
    )
    weak = tuple(
        s
        for name in rules.groups["weak_triggers"]
        for s in _recent(findings, rules, name, lifted=lifted)
    )
    weak += _weak_swelling(findings, rules, lifted=lifted)
    return Triggers(strong, weak, signs, _onset(findings, strong + weak + signs))


def promote(triggers: Triggers, findings: Findings, *, company: bool) -> Triggers:
    """Lift weak triggers that have company (rulings 7 and 21).

    Unmeasured or unspecific swelling counts as strong when it has a side and pain on that side
    or a sign; any weak trigger does with a positive D-dimer, a leg-vein scan or suspected DVT.
    """
    lifted = tuple(
        s
        for s in triggers.weak
        if company
        or (
            s.finding == _SWELLING
            and s.side.one_sided
            and (_signed(triggers, s.side) or _pain(findings, s.side))
        )
    )
    weak = tuple(s for s in triggers.weak if s not in lifted)
    return Triggers(triggers.strong + lifted, weak, triggers.signs, triggers.onset)


def _signed(triggers: Triggers, side: Side) -> bool:
    return any(sign.side.covers(side) for sign in triggers.signs)


def _pain(findings: Findings, side: Side) -> bool:
    return findings.any_present(("calf_pain", "leg_pain"), side)


def _suspected(findings: Findings) -> bool:
    return findings.present("suspected_dvt")


def _signs(findings: Findings, rules: TopicRules) -> tuple[Statement, ...]:
    """Wells items 4 to 8, recorded present or measured."""
    measured = measured_sign(findings, rules)
    recorded = tuple(
        statement
        for name in rules.groups["leg_signs"]
        for leg in _LEGS
        if (found := findings.of(name, leg)).present
        for statement in found.evidence
    )
    return (*recorded, *((measured,) if measured else ()))


def _recent(
    findings: Findings, rules: TopicRules, name: str, *, lifted: bool
) -> tuple[Statement, ...]:
    """Present entries in the trigger window whose onset is recent, unknown or lifted."""
    found: dict[str, Statement] = {}
    for leg in _LEGS:
        finding = findings.of(name, leg, window=rules.windows["trigger"])
        if finding.present:
            found.update({s.source + s.finding: s for s in finding.evidence})
    return tuple(
        s
        for s in found.values()
        if s.status is Status.PRESENT
        and not (s.finding == _SWELLING and s.strength is Strength.WEAK)
        and _onset_counts(findings, rules, s, lifted=lifted)
    )


def _onset_counts(
    findings: Findings, rules: TopicRules, statement: Statement, *, lifted: bool
) -> bool:
    if statement.named and statement.onset_assumed:
        return True
    onset = statement.onset
    if statement.finding == _SWELLING and statement.side is Side.BOTH:
        onset = findings.onset(_SWELLING)
    old = onset is not None and not onset.within(rules.windows["trigger_onset"], findings.as_of)
    return not old or lifted or statement.worse


def _weak_swelling(findings: Findings, rules: TopicRules, *, lifted: bool) -> tuple[Statement, ...]:
    return tuple(
        s
        for s in findings.statements(_SWELLING)
        if s.strength is Strength.WEAK
        and s.status is Status.PRESENT
        and not s.elsewhere
        and s.current is not False
        and (s.named or (s.noted and s.noted.within(rules.windows["trigger"], findings.as_of)))
        and _onset_counts(findings, rules, s, lifted=lifted)
    )


def _onset(findings: Findings, entries: tuple[Statement, ...]) -> Moment | None:
    """Stated onset, else the earliest record or the start of the current visit (ruling 32)."""
    visits = [v.start for v in findings.facts.visits if v.in_context and v.start]
    assumed = [
        earliest(s.noted, *(visits if s.named or s.in_encounter else ()))
        for s in entries
        if s.onset is None or s.onset_assumed
    ]
    known = earliest(*assumed)
    return earliest(
        *(s.onset for s in entries if not s.onset_assumed), known.whole_day() if known else None
    )
