"""The whole reference: one chart through every table, in the order of the documents."""

from dataclasses import dataclass

from tests.reference.arbitration import arbitrate
from tests.reference.axial_spa import axial_spa
from tests.reference.cauda_equina import cauda_equina
from tests.reference.dvt import dvt, still_suspected
from tests.reference.emergencies import Emergencies, emergencies
from tests.reference.gate import child, gate
from tests.reference.infection_and_fracture import fracture, infection
from tests.reference.metastasis import metastasis
from tests.reference.model import Chart, Verdict
from tests.reference.neighbors import calf_strain, deep_gluteal, hip, stenosis
from tests.reference.other_vascular import other
from tests.reference.pelvic_girdle import pelvic_girdle
from tests.reference.radiculopathy import radiculopathy
from tests.reference.sij import sij
from tests.reference.triggers import triggers
from tests.reference.weakness import weakness


@dataclass(frozen=True, slots=True)
class Answer:
    """The cards in order, and what each table said."""

    cards: list[tuple[str, str]]
    verdicts: tuple[Verdict, ...] = ()

    def of(self, topic: str) -> Verdict:
        """What one table said."""
        return next(v for v in self.verdicts if v.topic == topic)


def evaluate(chart: Chart, topics: frozenset[str] | None = None) -> list[Answer]:
    """Answer a chart; several answers are right where two legs are equally urgent.

    `topics` leaves out tables that the service does not have.
    """
    if chart.deceased:
        return [Answer([])]
    opened = triggers(chart)
    fired = emergencies(chart, opened)
    found = dvt(chart, opened, fired, examined=_examined(chart, fired, topics))
    return [_answer(chart, fired, clot, topics) for clot in found]


def _examined(chart: Chart, fired: Emergencies, topics: frozenset[str] | None) -> bool:
    """Whether a root or girdle card really shows (ruling 9): nothing more urgent withholds it."""
    doors = gate(chart)
    tail = cauda_equina(chart, doors)
    found = [
        fired.embolism,
        fired.ischemia,
        fired.compartment,
        tail,
        *_red_flags(chart, tail),
        radiculopathy(chart, doors),
        pelvic_girdle(chart),
    ]
    verdicts = [v for v in found if topics is None or v.topic in topics]
    cards = arbitrate(verdicts, suspected=False)
    return any(card.startswith(("radiculopathy-", "pelvic-girdle-")) for card, _ in cards)


def _red_flags(chart: Chart, tail: Verdict) -> list[Verdict]:
    return [
        metastasis(chart),
        infection(chart),
        fracture(chart),
        weakness(chart, cauda_equina_suspected=tail.state == "cauda-equina-suspected"),
        child(chart),
    ]


def _answer(
    chart: Chart, fired: Emergencies, clot: Verdict, topics: frozenset[str] | None
) -> Answer:
    found = _verdicts(chart, fired, clot)
    verdicts = [v for v in found if topics is None or v.topic in topics]
    suspected = still_suspected(chart, clot)
    return Answer(arbitrate(verdicts, suspected=suspected), tuple(verdicts))


def _verdicts(chart: Chart, fired: Emergencies, clot: Verdict) -> list[Verdict]:
    doors = gate(chart)
    any_emergency = (
        fired.embolism.row in ("E1", "E2")
        or bool(fired.ischemia.card or fired.compartment.card)
        or bool(fired.phlegmasia)
    )
    vein, artery = other(chart, fired=any_emergency)
    tail = cauda_equina(chart, doors)
    root, joint = radiculopathy(chart, doors), sij(chart, doors)
    return [
        fired.embolism,
        fired.ischemia,
        fired.compartment,
        clot,
        vein,
        artery,
        tail,
        *_red_flags(chart, tail),
        root,
        pelvic_girdle(chart),
        axial_spa(chart, doors),
        joint,
        stenosis(chart, doors),
        hip(chart, doors),
        deep_gluteal(chart, doors, root, joint),
        calf_strain(chart, doors, suspected=still_suspected(chart, clot)),
    ]
