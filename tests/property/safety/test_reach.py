"""The properties are not vacuous: their charts reach the topics, and no topic fails on any."""

from hypothesis import given, settings

from cds_service.clinical.engine import SAFETY_TOPICS
from tests.property.charts import MANY, Chart, advised, anyone, staged
from tests.property.pools import SCENES
from tests.unit.record import library


@MANY
@given(chart=anyone)
def test_no_topic_fails_on_any_chart(chart: Chart) -> None:
    """Whatever is on record, every topic comes to a conclusion."""
    assert advised(chart).crashes == ()


def test_the_random_charts_reach_most_cards() -> None:
    """Each topic of the emergencies and red flags shows a card, and so do most of the others."""
    reached: set[str] = set()

    def collect(chart: Chart) -> None:
        reached.update(card.id for card in advised(chart).cards)

    for scene in SCENES:
        settings(max_examples=30, derandomize=True, database=None)(given(staged(scene))(collect))()
    topics = {library().topic_of_card[card] for card in reached}
    assert {topic.ID for topic in SAFETY_TOPICS} <= topics
    assert len(topics) >= len(library().topics) - 4
    assert len(reached) >= len(library().cards) // 2
