"""QuestionnaireResponses: a third source of findings, read by the rules of Observations."""

import json
from pathlib import Path
from typing import Any

import pytest

from cds_service.clinical.fact import Facts, Status
from cds_service.clinical.side import Side
from cds_service.content.questionnaire import QUESTIONNAIRE
from cds_service.content.site.load import load_site
from cds_service.facts.read import read_facts
from cds_service.pipeline import vocabulary
from tests.spec.fhir_json import LOCAL, OWN, Json, coding, own, quantity, resource, snomed
from tests.spec.moments import ago
from tests.spec.site_map import concept_map, row, target
from tests.unit.record import AS_OF, PATIENT, advice, chart, library, read, seen, shown, states

PRESENT, ABSENT, UNKNOWN = Status.PRESENT, Status.ABSENT, Status.UNKNOWN
LEFT, RIGHT, BOTH, UNSPECIFIED = Side.LEFT, Side.RIGHT, Side.BOTH, Side.UNSPECIFIED
FOREIGN = "https://forms.example.org/Questionnaire/intake"
ALTERNATIVE = "alternative_diagnosis_as_likely"


def item(link: str, *answers: Json, **more: Any) -> Json:
    """One item with its answers."""
    return {"linkId": link} | ({"answer": list(answers)} if answers else {}) | more


def yes(link: str, **more: Any) -> Json:
    """A question answered with yes."""
    return item(link, {"valueBoolean": True}, **more)


def form(*items: Json, **more: Any) -> Json:
    """A completed response of an hour ago by a practitioner."""
    given = {
        "status": "completed",
        "questionnaire": QUESTIONNAIRE,
        "authored": ago(hours=1),
        "author": {"reference": "Practitioner/1"},
        "item": list(items),
    }
    return resource("QuestionnaireResponse", **given | more)


def said(facts: Facts) -> set[tuple[str, Status, Side]]:
    """Finding, status and side of everything read."""
    return {(s.finding, s.status, s.side) for s in facts.statements}


@pytest.mark.parametrize(
    ("link", "side"),
    [("slr", UNSPECIFIED), ("slr.left", LEFT), ("slr.right", RIGHT), ("slr.both", BOTH)],
)
def test_a_link_id_names_finding_and_side(link: str, side: Side) -> None:
    """The Questionnaire asks each lateral finding for left and right."""
    assert said(read(form(yes(link)))) == {("slr", PRESENT, side)}


@pytest.mark.parametrize("link", ["slr.links", "SLR", "1.2", "", "group.exam", "reader:d_dimer"])
def test_other_link_ids_say_nothing_new(link: str) -> None:
    """A side that is none leaves the side unknown; an unknown name says nothing."""
    expected = {("slr", PRESENT, UNSPECIFIED)} if link == "slr.links" else set()
    assert said(read(form(yes(link)))) == expected


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        ({"valueBoolean": True}, PRESENT),
        ({"valueBoolean": False}, ABSENT),
        ({"valueCoding": snomed("10828004", "Positive")}, PRESENT),
        ({"valueCoding": snomed("260385009", "Negative")}, ABSENT),
        ({"valueCoding": coding(LOCAL, "maybe")}, UNKNOWN),
        ({"valueString": "positive"}, PRESENT),
        ({"valueString": "rather positive"}, UNKNOWN),
        ({}, UNKNOWN),
    ],
)
def test_answers_are_read_as_observation_values(answer: Json, status: Status) -> None:
    """Boolean, standard coded answers and the closed list of words."""
    assert said(read(form(item("slr.left", answer)))) == {("slr", status, LEFT)}


@pytest.mark.parametrize(
    ("link", "answer", "value"),
    [
        ("calf_circumference.left", {"valueQuantity": quantity(385, "mm", "mm")}, 38.5),
        ("calf_circumference.left", {"valueDecimal": 38.5}, None),
        ("mrc.left", {"valueInteger": 4}, 4),
        ("mrc.left", {"valueDecimal": 4.0}, 4),
        ("mrc.left", {"valueDecimal": 9}, None),
    ],
)
def test_numbers_need_their_unit(link: str, answer: Json, value: float | None) -> None:
    """As in an Observation: only grades may do without one."""
    (statement,) = read(form(item(link, answer))).statements
    measured = statement.quantity.value if statement.quantity else None
    assert measured == (pytest.approx(value) if value else None)


def test_an_unanswered_question_is_unknown() -> None:
    """Nothing is said of it, and certainly not that it is absent."""
    findings = seen(form(item("slr.left"), yes("sij_faber.left")))
    assert findings.of("slr", LEFT).unknown
    assert findings.of("sij_faber", LEFT).present


def test_nested_questions_are_read() -> None:
    """Below a group, and below an answer."""
    below = {"valueBoolean": True, "item": [yes("motor_progressive")]}
    group = item("group.exam", item=[item("motor_deficit.left", below), yes("umn_signs")])
    assert said(read(form(group))) == {
        ("motor_deficit", PRESENT, LEFT),
        ("motor_progressive", PRESENT, UNSPECIFIED),
        ("umn_signs", PRESENT, UNSPECIFIED),
    }


@pytest.mark.parametrize(
    ("status", "counts"),
    [
        ("completed", True),
        ("amended", True),
        ("in-progress", False),
        ("entered-in-error", False),
        ("stopped", False),
        ("", False),
    ],
)
def test_only_finished_responses_count(status: str, *, counts: bool) -> None:
    """A form still being filled in, or withdrawn, says nothing."""
    assert bool(said(read(form(yes("slr.left"), status=status)))) is counts


def test_the_time_is_when_it_was_authored() -> None:
    """Later than the assessment it is not seen; without a time a test is unknown."""
    assert said(read(form(yes("slr.left"), authored=ago(hours=-1)))) == set()
    assert seen(form(yes("slr.left"), authored=None)).of("slr", LEFT).unknown
    assert seen(form(yes("slr.left"), authored=ago(hours=24 * 91))).of("slr", LEFT).unknown


def test_a_foreign_form_is_not_read_by_its_link_ids() -> None:
    """`fever` in another questionnaire may ask something else; codes and definitions speak."""
    assert said(read(form(yes("fever"), questionnaire=FOREIGN))) == set()
    coded = yes("17", code=[own("fever")])
    assert said(read(form(coded, questionnaire=FOREIGN))) == {("fever", PRESENT, UNSPECIFIED)}
    defined = yes("17", definition=f"{OWN}#slr.right")
    assert said(read(form(defined, questionnaire=FOREIGN))) == {("slr", PRESENT, RIGHT)}
    elsewhere = yes("17", definition="https://forms.example.org/definition#slr")
    assert said(read(form(elsewhere, questionnaire=FOREIGN))) == set()


@pytest.mark.parametrize("questionnaire", [None, f"{QUESTIONNAIRE}|0.1.0"])
def test_our_form_is_known_with_any_version(questionnaire: str | None) -> None:
    """Also when the response names none: then link ids are all there is."""
    assert said(read(form(yes("slr.left"), questionnaire=questionnaire))) == {
        ("slr", PRESENT, LEFT)
    }


def test_a_site_may_map_the_link_ids_of_its_form(tmp_path: Path) -> None:
    """The questionnaire's address is the system, the link id the code."""
    (tmp_path / "concept-maps").mkdir()
    rows = [
        row("q7", target("slr", side="left")),
        row("q8", target("sij_faber", answer="sore", status="present", side="right")),
    ]
    (tmp_path / "concept-maps" / "form.json").write_text(
        json.dumps(concept_map(rows, source=FOREIGN))
    )
    words = vocabulary(library(), load_site(tmp_path, library()))
    response = form(yes("q7"), item("q8", {"valueString": "sore"}), questionnaire=f"{FOREIGN}|3")
    assert said(read_facts(chart(response), words, AS_OF)) == {
        ("slr", PRESENT, LEFT),
        ("sij_faber", PRESENT, RIGHT),
    }


@pytest.mark.parametrize(
    ("people", "counts"),
    [
        ({"author": {"reference": "Practitioner/1"}}, True),
        ({"author": {"reference": "PractitionerRole/1"}}, True),
        ({"author": {"reference": f"Patient/{PATIENT}"}}, False),
        ({"author": None}, False),
        (
            {
                "author": {"reference": "Practitioner/1"},
                "source": {"reference": f"Patient/{PATIENT}"},
            },
            False,
        ),
        (
            {"author": {"reference": "Device/1"}, "source": {"reference": "Practitioner/1"}},
            True,
        ),
    ],
)
def test_the_wells_answer_must_be_a_practitioners(people: dict[str, Any], *, counts: bool) -> None:
    """R1: minus two points only for an explicit answer that a practitioner gave."""
    (statement,) = read(form(yes(ALTERNATIVE), **people)).statements
    assert statement.by_practitioner is counts


def test_the_wells_answer_of_a_form_changes_the_score() -> None:
    """Two points for the left leg: pending until a practitioner answers no."""
    signs = [
        yes("calf_swelling.left"),
        yes("calf_swelling_3cm.left"),
        yes("pitting_edema.left"),
    ]
    no = item(ALTERNATIVE, {"valueBoolean": False})
    assert states(advice(form(*signs)))["dvt"] == "likely-pending-alt"
    assert states(advice(form(*signs, no)))["dvt"] == "likely-certain"
    lay = form(*signs, no, author={"reference": f"Patient/{PATIENT}"})
    assert states(advice(lay))["dvt"] == "likely-pending-alt"


def test_another_patients_response_is_dropped() -> None:
    """It costs itself."""
    foreign = form(yes("slr.left"), subject={"reference": "Patient/other"})
    facts = read(foreign, form(yes("sij_faber.left")))
    assert said(facts) == {("sij_faber", PRESENT, LEFT)}
    assert chart(foreign).foreign == 1


def test_a_response_under_any_key_is_read() -> None:
    """Never fetched, but read wherever it arrives."""
    response = form(yes("slr.left"), id="q1", subject={"reference": f"Patient/{PATIENT}"})
    bundle = {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": response}]}
    for key in ("surveys", "exam", "encounters", "observations"):
        prefetched: dict[str, Any] = {key: bundle}
        assert ("slr", PRESENT, LEFT) in said(read(**prefetched))
    assert ("slr", PRESENT, LEFT) in said(read(surveys=response))


@pytest.mark.parametrize(
    "broken",
    [
        {"item": "all"},
        {"item": [{"linkId": 7}]},
        {"item": [{"linkId": "slr.left", "answer": {"valueBoolean": True}}]},
        {"item": [yes("slr.left", code={"coding": []})]},
        {"item": [item("slr.left", {"valueBoolean": "yes"})]},
        {"authored": 20261120},
        {"questionnaire": {"reference": "Questionnaire/1"}},
    ],
)
def test_a_damaged_response_costs_itself(broken: Json) -> None:
    """What stands beside it is read, and the loss is counted."""
    damaged = form(yes("slr.left"), id="damaged") | broken
    facts = read(damaged, form(yes("sij_faber.left"), id="sound"))
    assert said(facts) == {("sij_faber", PRESENT, LEFT)}
    assert facts.skipped == 1


def test_each_answer_is_an_entry_of_its_own() -> None:
    """Two answers of one form are two observations, but one resource to look up."""
    facts = read(form(yes("motor_deficit.left"), yes("motor_longstanding_stable"), id="q1"))
    assert len({s.source for s in facts.statements}) == 2
    assert {s.resource for s in facts.statements} == {"QuestionnaireResponse/q1"}


def test_cards_name_the_questionnaire_as_source() -> None:
    """A reader sees where a finding comes from; drafts refer to no unsuitable resource."""
    advised = advice(form(yes("radicular_pain.left"), yes("reflex_reduced.left")))
    assert shown(advised) == ["radiculopathy-supported"]
    (card,) = advised.cards
    assert "(questionnaire)" in card.detail
    assert "QuestionnaireResponse" not in json.dumps([s.resource for s in card.suggestions])
