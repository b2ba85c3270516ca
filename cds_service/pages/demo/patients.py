"""The sample patients in groups, each with a sentence on what there is to see."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from cds_service.content.library import Library
from cds_service.ehr.stories import Story, read_stories
from cds_service.pages.demo.person import Person, person_of

SHOWN_FIRST = "dvt-likely-pending-alt"
_VEINS = frozenset({"dvt", "superficial_vein_thrombosis"})
_BACK = frozenset(
    {
        "axial_spa",
        "cauda_equina",
        "deep_gluteal",
        "fracture",
        "leg_weakness",
        "lumbar_stenosis",
        "pelvic_girdle",
        "radiculopathy",
        "sij",
        "spinal_infection",
        "spinal_metastasis",
    }
)


@dataclass(frozen=True, slots=True)
class Sample:
    """One sample patient as the list shows it."""

    name: str
    person: Person
    why: str
    indicator: str


@dataclass(frozen=True, slots=True)
class Group:
    """Sample patients that belong together."""

    title: str
    samples: tuple[Sample, ...]


class Patients:
    """All sample patients, read once."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._stories = {story.name: story for story in read_stories()}
        self._kept: tuple[date, tuple[Group, ...]] | None = None

    def request(self, name: str, today: date | None = None) -> dict[str, object]:
        """The hook request of one, moved to today; raises KeyError for a name that is none."""
        return self._stories[name].today(today)

    def why(self, name: str) -> str:
        """What there is to see."""
        return str(self._stories[name].expected["why"])

    def groups(self) -> tuple[Group, ...]:
        """Emergencies first, the silent ones last; kept for the day."""
        today = datetime.now(UTC).date()
        if self._kept is None or self._kept[0] != today:
            self._kept = today, self._grouped(today)
        return self._kept[1]

    def _grouped(self, today: date) -> tuple[Group, ...]:
        left = dict(self._stories)
        found = []
        for title, belongs in self._groups().items():
            taken = [story for story in left.values() if belongs(story)]
            for story in taken:
                del left[story.name]
            found.append(Group(title, tuple(self._sample(story, today) for story in taken)))
        return tuple(group for group in found if group.samples)

    def _groups(self) -> Mapping[str, Callable[[Story], bool]]:
        return {
            "Emergencies": self._emergency,
            "Vein thrombosis": lambda story: self._topics(story, _VEINS),
            "Back, pelvis, nerve root": lambda story: self._topics(story, _BACK),
            "Other causes of leg pain": lambda story: bool(story.expected["cards"]),
            "Rightly silent": lambda _story: True,
        }

    def _sample(self, story: Story, today: date) -> Sample:
        cards = story.expected["cards"]
        indicator = str(cards[0]["indicator"]) if cards else ""
        return Sample(story.name, person_of(story.today(), today), self.why(story.name), indicator)

    def _topics(self, story: Story, topics: frozenset[str]) -> bool:
        cards = [str(card["card"]) for card in story.expected["cards"]]
        return any(self._library.topic_of_card.get(card) in topics for card in cards)

    def _emergency(self, story: Story) -> bool:
        cards = {str(card["card"]) for card in story.expected["cards"]}
        rows = (row for topic in self._library.topics.values() for row in topic.row)
        return any(row.card in cards and row.tier == "emergency" for row in rows)
