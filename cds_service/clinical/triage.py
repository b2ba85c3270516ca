"""Triage: orders the cards, defers what must wait, caps the routine ones, names what is held."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from cds_service.clinical.assessment import Assessment
from cds_service.clinical.rulebook import Deferral, Tier, TriageRules

CAP = "cap"


@dataclass(frozen=True, slots=True)
class Placed:
    """An assessment with its place in the answer.

    `deferred_by` is the card that withheld it (or the state, where that state is silent);
    `because` names the sentence that explains it; `deferring` are the cards this one withholds.
    """

    assessment: Assessment
    shown: bool
    deferred_by: str | None = None
    because: str | None = None
    deferring: tuple["Placed", ...] = ()
    waits: bool = False


def triage(assessments: tuple[Assessment, ...], rules: TriageRules) -> tuple[Placed, ...]:
    """All assessments: first the cards to show in order, then the withheld and silent ones."""
    cards = sorted((a for a in assessments if a.speaks), key=lambda a: rules.place(a.row))
    held = {id(a): hit for a in cards if (hit := _deferral(a, assessments, rules))}
    free = [a for a in cards if id(a) not in held]
    urgent = sum(a.tier is not Tier.ROUTINE for a in free)
    room = max(0, rules.most_cards - urgent)
    routine = [a for a in free if a.tier is Tier.ROUTINE and a.card not in rules.never_cut]
    cut = {id(a) for a in routine[room:]}
    shown = [a for a in free if id(a) not in cut]
    withheld = [_withheld(a, held.get(id(a)), shown) for a in cards if a not in shown]
    placed = [_shown(a, withheld, assessments, rules) for a in shown]
    if placed:
        placed[0] = _naming_silent(placed[0], withheld, {str(a.card) for a in shown})
    silent = [Placed(a, shown=False) for a in assessments if not a.speaks]
    return (*placed, *withheld, *silent)


def standing(assessments: tuple[Assessment, ...], rules: TriageRules) -> tuple[Assessment, ...]:
    """Those that keep their say: silent ones, and cards that none of the others withholds."""
    placed = triage(assessments, rules)
    return tuple(p.assessment for p in placed if p.shown or not p.assessment.speaks)


def _deferral(
    card: Assessment, assessments: Iterable[Assessment], rules: TriageRules
) -> tuple[Deferral, Assessment] | None:
    """The first line of the matrix, and the assessment that invokes it, against this card."""
    for line in rules.deferrals:
        for cause in assessments:
            if cause is not card and _invokes(line, cause) and _drops(line, card, cause):
                return line, cause
    return None


def _invokes(line: Deferral, cause: Assessment) -> bool:
    vascular = cause.row.vascular in line.vascular if cause.row.vascular else False
    return vascular or cause.state in line.states or (cause.tier in line.tiers)


def _drops(line: Deferral, card: Assessment, cause: Assessment) -> bool:
    if card.card in line.keeps or (not cause.speaks and card.topic in line.silent_keeps):
        return False
    return (
        card.topic in line.drops_topics
        or card.card in line.drops_cards
        or (card.tier in line.drops_tiers)
    )


def _withheld(
    card: Assessment, hit: tuple[Deferral, Assessment] | None, shown: list[Assessment]
) -> Placed:
    """Cut by the cap where no line of the matrix names a reason."""
    if hit is None:
        last = shown[-1].card if shown else None
        return Placed(card, shown=False, deferred_by=last, because=CAP)
    line, cause = hit
    return Placed(card, shown=False, deferred_by=cause.card or cause.state, because=line.id)


def _naming_silent(first: Placed, withheld: list[Placed], shown: set[str]) -> Placed:
    """What a state without a card withholds is named on the first card that shows."""
    orphans = tuple(p for p in withheld if p.deferred_by not in shown)
    return replace(first, deferring=first.deferring + orphans)


def _shown(
    card: Assessment,
    withheld: list[Placed],
    assessments: tuple[Assessment, ...],
    rules: TriageRules,
) -> Placed:
    mine = tuple(p for p in withheld if p.deferred_by == card.card)
    waits = any(
        not cause.speaks and _invokes(line, cause) and card.topic in line.silent_keeps
        for line in rules.deferrals
        for cause in assessments
    )
    return Placed(card, shown=True, deferring=mine, waits=waits)
