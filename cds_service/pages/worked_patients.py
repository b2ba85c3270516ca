"""Sample patients that end in a topic's cards, or in its deliberate silence."""

from dataclasses import dataclass
from datetime import date

from cds_service.content.library import Library
from cds_service.ehr.stories import Story


@dataclass(frozen=True, slots=True)
class WorkedPatient:
    """An invented patient: what is shown and why; `name` is the story's, for a link to open it."""

    name: str
    person: str
    gender: str
    age: int
    cards: tuple[tuple[str, str], ...]
    why: str


def worked_patients(
    library: Library, topic: str, stories: tuple[Story, ...]
) -> tuple[WorkedPatient, ...]:
    """Those who get a card of the topic, then those for whom it is silent on purpose."""
    cards = {card for card, home in library.topic_of_card.items() if home == topic}
    states = {row.state for row in library.topics[topic].row if row.card is None}
    shown = [s for s in stories if cards & {c["card"] for c in s.expected["cards"]}]
    silent = [
        s for s in stories if not s.expected["cards"] and {*s.expected["states"][:1]} & states
    ]
    return tuple(_patient(story) for story in (*shown, *silent))


def _patient(story: Story) -> WorkedPatient:
    patient = story.request["prefetch"]["patient"]
    name = patient["name"][0]
    return WorkedPatient(
        name=story.name,
        person=" ".join((*name["given"], name["family"])),
        gender=patient["gender"],
        age=_age(date.fromisoformat(patient["birthDate"]), story.as_of),
        cards=tuple((card["indicator"], card["card"]) for card in story.expected["cards"]),
        why=story.expected["why"],
    )


def _age(birth: date, day: date) -> int:
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
