"""The labeled cases, from a chart through HTTP to exactly the cards demanded."""

import csv
import tomllib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import get_args

import httpx
import pytest
from fhir.resources.R4B import get_fhir_model_class

from tests.spec.card_order import EMERGENCIES
from tests.spec.case import Case, Entry, FormEntry, HardNegative, ObservationEntry, cases
from tests.spec.case_chart import GROUPS, chart, hook_request
from tests.spec.case_codes import UNKNOWN
from tests.spec.service import ask, assessments, in_process, results

CODES = Path(__file__).parents[2] / "cards" / "_codes"


@pytest.fixture(scope="module", name="service")
async def _service() -> AsyncIterator[httpx.AsyncClient]:
    """One service for all cases of this file."""
    async with in_process() as client:
        yield client


each_case = pytest.mark.parametrize("case", cases(), ids=lambda case: case.id)


@each_case
async def test_the_case_gets_its_cards(case: Case, service: httpx.AsyncClient) -> None:
    """The chart gives exactly the cards demanded, in order, and the states and score named."""
    answer = await ask(service, hook_request(case))
    assert results(answer) == list(case.cards)
    found = assessments(answer)
    assert {entry["state"] for entry in found} >= set(case.states)
    if case.score:
        (score,) = (entry["score"] for entry in found if "score" in entry)
        assert (score["lower"], score["upper"]) == case.score


@each_case
def test_the_case_is_valid_fhir(case: Case) -> None:
    """Every resource of the chart validates as FHIR R4B."""
    for _, found in chart(case):
        get_fhir_model_class(str(found["resourceType"])).model_validate(found)


def test_a_code_is_one_we_know() -> None:
    """A misspelled code would make a negative pass for nothing: each is in our tables or marked."""
    with (CODES / "terminology.csv").open(encoding="utf-8") as file:
        known = {f"{row['system']}|{row['code']}" for row in csv.DictReader(file)}
    own = tomllib.loads((CODES / "findings.toml").read_text(encoding="utf-8"))["finding"]
    prefixes = tuple(code for code in known if code.startswith("icd10"))
    strange = [
        (case.id, code)
        for case in cases()
        for code in _codes(case)
        if code not in own
        and code not in known
        and not (code.endswith(UNKNOWN) or code.startswith(prefixes))
    ]
    assert strange == []


def _codes(case: Case) -> list[str]:
    """Every code and every finding a case names, answers included."""
    named = [line.partition("@")[0].partition(" ")[0] for line in (*case.present, *case.absent)]
    given = [finding for name in named for finding in GROUPS.get(name, (name,))]
    text = " ".join([*case.visit.reasons, *(code for e in case.chart for code in _named_by(e))])
    return [*given, *text.split()]


def _named_by(entry: Entry) -> Iterator[str]:
    """The codes of one entry: what it is, its parts, and what they answer."""
    names = ("condition", "observation", "procedure", "medication", "order", "report", "family")
    yield from (str(getattr(entry, name)) for name in names if hasattr(entry, name))
    if isinstance(entry, ObservationEntry):
        yield from (part.code for part in entry.components)
        yield from (part.means or "" for part in (entry, *entry.components))
    if isinstance(entry, FormEntry):
        yield from (question.partition(".")[0] for question in entry.form)
        yield from (answer for answer in entry.form.values() if isinstance(answer, str))


def test_there_are_enough_cases() -> None:
    """With the worked patients at least 300, of them 120 hard negatives, of every kind."""
    kinds = Counter(case.kind for case in cases())
    hard = {kind: kinds[kind] for kind in get_args(HardNegative)}
    assert sum(hard.values()) >= 120
    assert min(hard.values()) >= 1
    assert kinds["positive"] >= 100


def test_every_emergency_is_labeled_often() -> None:
    """Each emergency card is owed to at least eight charts, and eight come near it."""
    owed = Counter(card.partition(":")[2] for case in cases() for card in case.cards)
    near = Counter(card for case in cases() for card in case.near)
    seldom = {
        card: (owed[card], near[card]) for card in EMERGENCIES if min(owed[card], near[card]) < 8
    }
    assert seldom == {}


def test_a_case_has_a_name_of_its_own() -> None:
    """An id stands once, and no two charts are alike."""
    assert [name for name, n in Counter(case.id for case in cases()).items() if n > 1] == []
    charts = [
        case.model_dump_json(exclude={"id", "title", "source", "near", "kind"}) for case in cases()
    ]
    assert [found for found, n in Counter(charts).items() if n > 1] == []
