"""What a row leaves to an emergency, the emergency card tells (rows D1, M1 and table O)."""

import pytest

from cds_service.pipeline import Advice
from tests.property.entries import measured, told
from tests.spec.fhir_json import Json
from tests.unit.record import advice, states

SADDLE = told("saddle_sensory_change")
EMBOLISM = [told("calf_pain", side="L"), told("dyspnea_new")]
ISCHEMIA = [told("cold", side="L"), told("leg_pain", side="L")]
COMPARTMENT = [told("tense_compartment", side="L"), told("passive_stretch_pain", side="L")]
PHLEGMASIA = [told("entire_leg_swollen", side="L"), told("cyanosis", side="L")]


def told_on(card: str, advised: Advice) -> set[str]:
    """The findings that a card gives as present."""
    shown = {p.assessment.card: p.assessment for p in advised.placed if p.shown}
    return {finding.id for finding in shown[card].findings if finding.present}


@pytest.mark.parametrize(
    ("card", "emergency"),
    [
        ("pe-suspected", EMBOLISM),
        ("limb-ischemia", ISCHEMIA),
        ("compartment-syndrome", COMPARTMENT),
        ("phlegmasia", PHLEGMASIA),
    ],
)
def test_the_emergency_tells_what_speaks_for_dvt(card: str, emergency: list[Json]) -> None:
    """D1: triggers, signs and history alike, and no items that are absent."""
    advised = advice(
        *emergency,
        told("calf_swelling", side="L"),
        told("deep_vein_tenderness", side="L"),
        told("active_cancer"),
        told("previous_dvt", value=False),
    )
    assert states(advised)["dvt"] == "folded-into-emergency"
    found = told_on(card, advised)
    assert found >= {"calf_swelling", "deep_vein_tenderness", "active_cancer"}
    assert "previous_dvt" not in found


def test_an_item_of_either_leg_is_told_whatever_leg_it_names() -> None:
    """D1: paresis of the right leg scores for the left one, so it is told with it."""
    weak = told("paralysis_or_leg_immobilization", side="R")
    advised = advice(*ISCHEMIA, told("calf_swelling", side="L"), weak)
    assert "paralysis_or_leg_immobilization" in told_on("limb-ischemia", advised)


def test_phlegmasia_tells_of_the_other_leg_too() -> None:
    """E5: the one assessment of the topic speaks of the leg in danger, and of both legs' signs."""
    advised = advice(*PHLEGMASIA, told("calf_pain", side="R"), told("pitting_edema", side="R"))
    assert told_on("phlegmasia", advised) >= {"calf_pain", "pitting_edema"}


def test_a_suspected_cauda_equina_syndrome_tells_of_the_weak_leg() -> None:
    """M1: the weakness is handled there, with its grade."""
    advised = advice(SADDLE, measured("mrc", 2, side="R"))
    assert states(advised)["leg_weakness"] == "leg-weakness-in-cauda-equina"
    assert told_on("cauda-equina-suspected", advised) >= {"saddle_sensory_change", "motor_deficit"}


@pytest.mark.parametrize(
    ("card", "emergency"), [("pe-suspected", EMBOLISM), ("limb-ischemia", ISCHEMIA)]
)
@pytest.mark.parametrize(
    ("topic", "finding"),
    [
        ("superficial_vein_thrombosis", "svt"),
        ("peripheral_artery_disease", "clti"),
    ],
)
def test_the_emergency_tells_of_the_other_vessels(
    card: str, emergency: list[Json], topic: str, finding: str
) -> None:
    """Table O shows no card beside an emergency of lung or limb; nothing disappears silently."""
    advised = advice(*emergency, told(finding, side="L"))
    assert states(advised)[topic] == "vascular-emergency-first"
    assert finding in told_on(card, advised)


def test_the_most_urgent_of_several_emergencies_tells() -> None:
    """Embolism comes before the limb."""
    advised = advice(*EMBOLISM, *COMPARTMENT, told("svt", side="L"))
    assert "svt" in told_on("pe-suspected", advised)
    assert "svt" not in told_on("compartment-syndrome", advised)
