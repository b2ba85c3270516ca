"""Every labeled chart in one form: the request, and the cards it is owed."""

from collections.abc import Iterator
from dataclasses import dataclass

from cds_service.ehr.stories import read_stories
from tests.spec import vignette as vignettes
from tests.spec.case import cases
from tests.spec.case_chart import hook_request as case_request
from tests.spec.encode import hook_request as vignette_request
from tests.spec.fhir_json import Json
from tests.spec.moments import AS_OF
from tests.spec.vignette import VASCULAR_CARDS


@dataclass(frozen=True, slots=True)
class Labeled:
    """One chart; `owed` are results (`indicator:card`), `near` are cards it only resembles.

    `labeled` says how the cards begin that its label speaks of, where it does not speak of all.
    """

    id: str
    origin: str
    request: Json
    owed: tuple[str, ...]
    near: frozenset[str] = frozenset()
    labeled: tuple[str, ...] = ("",)

    def speaks_of(self, card: str) -> bool:
        """Whether the label says if this card is owed."""
        return card.startswith(self.labeled)


def labeled_charts() -> tuple[Labeled, ...]:
    """The labeled cases, the worked patients and the sample patients."""
    return (*_cases(), *_vascular(), *_musculoskeletal(), *_stories())


def _cases() -> Iterator[Labeled]:
    for case in cases():
        near = frozenset(case.near)
        yield Labeled(case.id, "labeled case", case_request(case), case.cards, near)


def _vascular() -> Iterator[Labeled]:
    """Their labels tell the vascular cards only."""
    for patient in vignettes.vascular():
        owed = tuple(
            f"{indicator}:{card}"
            for card, _, indicator in (entry.partition("/") for entry in patient.exp.cards)
        )
        request = vignette_request(patient)
        yield Labeled(patient.id, "worked patient", request, owed, labeled=VASCULAR_CARDS)


def _musculoskeletal() -> Iterator[Labeled]:
    for patient in vignettes.musculoskeletal():
        yield Labeled(patient.id, "worked patient", vignette_request(patient), patient.cards)


def _stories() -> Iterator[Labeled]:
    """Moved to the day of the other charts."""
    for story in read_stories():
        owed = tuple(f"{card['indicator']}:{card['card']}" for card in story.expected["cards"])
        yield Labeled(story.name, "sample patient", story.today(AS_OF.date()), owed)
