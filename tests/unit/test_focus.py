"""What a new problem lets speak: its own topics, what withholds them, and emergencies."""

from dataclasses import replace

from cds_service.clinical.focus import changed_topics, focused
from tests.unit.test_triage import EXCLUDED, LIKELY, NO_TRIGGER, RULES, concluded

SIJ = concluded("sij", "S1")
STENOSIS = concluded("lumbar_stenosis", "LSS1")
EMERGENCY = concluded("cauda_equina", "C2")


def test_a_topic_changes_with_anything_it_says() -> None:
    """Another row, another missing item, a topic that came and one that went."""
    told = replace(SIJ, missing=("sij_faber",))
    assert changed_topics((LIKELY, SIJ), (LIKELY, SIJ)) == frozenset()
    assert changed_topics((LIKELY, told), (LIKELY, SIJ)) == {"sij"}
    assert changed_topics((LIKELY,), (EXCLUDED, SIJ)) == {"dvt", "sij"}


def test_only_what_was_asked_about_speaks() -> None:
    """Other topics fall silent, silent ones stay as reasons, an emergency always speaks."""
    everything = (EMERGENCY, NO_TRIGGER, SIJ, STENOSIS)
    assert focused(everything, frozenset({"sij"}), RULES) == (EMERGENCY, NO_TRIGGER, SIJ)
    assert focused(everything, frozenset(), RULES) == (EMERGENCY, NO_TRIGGER)


def test_what_withholds_the_asked_topic_speaks_too() -> None:
    """Joint tests wait for the veins: the card that says so is shown with them."""
    assert focused((LIKELY, SIJ, STENOSIS), frozenset({"sij"}), RULES) == (LIKELY, SIJ)
