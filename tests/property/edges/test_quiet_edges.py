"""Property 9: how long feedback keeps a card quiet (`cards/_common/quiet.toml`, ruling 41)."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from cds_service.clinical.quiet import PastFeedback, marks
from cds_service.clinical.rulebook import Tier
from cds_service.content.library import Library
from cds_service.content.load import content_folder
from cds_service.pipeline import advise, vocabulary
from tests.property.edges.answer import writing
from tests.property.edges.limits import EAST, PLACES, WEST, Place
from tests.property.edges.moved import MovedContent
from tests.property.edges.probe import Chart
from tests.property.entries import told
from tests.spec.moments import AS_OF
from tests.unit.record import advice, chart, library

FILE = "_common/quiet.toml"
VISIT = "visit-1"
# A card that falls under each rule; the more particular rules win, so each card is of one only.
PROBES: Mapping[str, tuple[Chart, str]] = {
    "tier.urgent": ([told("bilateral_radicular_pain")], "cauda-equina-ask"),
    "tier.routine": ([told("buttock_pain", side="L")], "sij-examine"),
    "topic.dvt": ([told("calf_pain", side="L")], "dvt-undetermined"),
    "card.dvt-bilateral": ([told("leg_swelling", side="B")], "dvt-bilateral"),
}


def periods() -> dict[str, dict[str, Any]]:
    """Every quiet period that has a length, by its heading."""
    file = tomllib.loads((content_folder() / FILE).read_text(encoding="utf-8"))
    entries = {f"{kind}.{name}": e for kind, named in file.items() for name, e in named.items()}
    return {heading: e for heading, e in entries.items() if e.keys() & {"hours", "days"}}


CONTENT = periods()
PROBED = sorted(CONTENT.keys() & PROBES.keys())
MOVED = [(heading, end) for heading in PROBED for end in CONTENT[heading]["allowed"]]


def key_of(heading: str) -> str:
    """The unit a period is written in."""
    return "hours" if "hours" in CONTENT[heading] else "days"


def length(heading: str, value: int, place: Place) -> timedelta:
    """A period, a minute shorter or longer."""
    return timedelta(**{key_of(heading): value}) + place.value * timedelta(minutes=1)


def speaks(heading: str, answered_at: datetime, content: Library) -> bool:
    """Whether the card shows again after feedback on the same evidence in the same visit."""
    entries, card = PROBES[heading]
    assessment = next(
        p.assessment for p in advice(*entries).placed if p.shown and p.assessment.card == card
    )
    past = PastFeedback(
        card=card,
        topic=assessment.topic,
        tier=assessment.tier or Tier.ROUTINE,
        indicator=str(assessment.row.indicator),
        evidence=marks(assessment),
        encounter=VISIT,
        at=answered_at,
        outcome="overridden",
    )
    record = chart(*entries, encounter=VISIT)
    advised = advise(record, vocabulary(content), writing(content), AS_OF, [past])
    return card in [shown.id for shown in advised.cards]


def test_every_quiet_period_has_a_probe() -> None:
    """Property 9: no period of the content is left out, and no probe outlives its period."""
    assert sorted(CONTENT.keys() - PROBES.keys()) == []
    assert sorted(PROBES.keys() - CONTENT.keys()) == []


@pytest.mark.parametrize("zone", [AS_OF.tzinfo, EAST, WEST], ids=str)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name.lower())
@pytest.mark.parametrize("heading", PROBED)
def test_a_card_is_quiet_until_its_period_is_over(heading: str, place: Place, zone: Any) -> None:
    """Property 9: quiet a minute before its end, heard again at the end and after it."""
    past = length(heading, CONTENT[heading][key_of(heading)], place)
    heard = speaks(heading, (AS_OF - past).astimezone(zone), library())
    assert heard == (place is not Place.BELOW)


@pytest.mark.parametrize(("heading", "end"), MOVED, ids=str)
def test_a_quiet_period_moved_in_the_content_moves_the_logic(
    heading: str, end: int, moved_content: MovedContent
) -> None:
    """Property 9: at either end of its allowed range a period ends as it does as shipped."""
    content = moved_content.library(FILE, heading, key_of(heading), end)
    heard = {
        place: speaks(heading, AS_OF - length(heading, end, place), content) for place in PLACES
    }
    assert heard == {Place.BELOW: False, Place.EQUAL: True, Place.ABOVE: True}
