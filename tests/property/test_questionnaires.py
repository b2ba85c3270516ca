"""Answers on a form say exactly what the same Observations say."""

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from cds_service.content.questionnaire import QUESTIONNAIRE
from cds_service.pipeline import Advice
from tests.property.charts import FEW, MANY, Chart, answers, outline, painful
from tests.spec.fhir_json import OWN, Json
from tests.spec.moments import ago
from tests.unit.record import PATIENT, advice, numbered

SIDES = {"7771000": ".left", "24028007": ".right", "51440002": ".both"}
VALUES = {
    "valueBoolean": "valueBoolean",
    "valueCodeableConcept": "valueCoding",
    "valueString": "valueString",
    "valueQuantity": "valueQuantity",
}


def own_code(entry: Json) -> str | None:
    """The finding of a finished Observation with our code."""
    code: Any = entry.get("code") or {}
    codes = [c["code"] for c in code.get("coding", []) if c["system"] == OWN]
    finished = entry["resourceType"] == "Observation" and entry["status"] in ("final", "amended")
    return codes[0] if codes and finished else None


def item(entry: Json) -> Json:
    """The question and answer that stand for an Observation."""
    site: Any = entry.get("bodySite") or {}
    sides = [SIDES[c["code"]] for c in site.get("coding", []) if c["code"] in SIDES]
    value = {VALUES[name]: said for name, said in entry.items() if name in VALUES}
    if "valueCoding" in value:
        concept: Any = value["valueCoding"]
        value["valueCoding"] = concept["coding"][0]
    return {"linkId": f"{own_code(entry)}{''.join(sides)}", "answer": [value]}


def form(entries: Chart) -> Json:
    """One response with all of them; a practitioner filled it in."""
    return {
        "resourceType": "QuestionnaireResponse",
        "id": "form",
        "status": "completed",
        "questionnaire": QUESTIONNAIRE,
        "subject": {"reference": f"Patient/{PATIENT}"},
        "author": {"reference": "Practitioner/1"},
        "authored": ago(hours=1),
        "item": [item(entry) for entry in entries],
    }


def told(advised: Advice) -> list[tuple[str, str, str, str]]:
    """What the cards say, apart from the kind of their sources."""
    return [
        (c.id, c.indicator, c.summary, c.detail.replace("(questionnaire)", "(observation)"))
        for c in advised.cards
    ]


def at_once(chart: Chart) -> Chart:
    """The chart with all examination entries made by a practitioner an hour ago."""
    common = {
        "effectiveDateTime": ago(hours=1),
        "performer": [{"reference": "Practitioner/1"}],
        "status": "final",
    }
    return [entry | common if own_code(entry) else entry for entry in chart]


many: st.SearchStrategy[Chart] = st.lists(answers(), min_size=2, max_size=12)
charts: st.SearchStrategy[Chart] = st.tuples(painful, many).map(
    lambda both: numbered(*both[0], *({**e, "id": f"a{n}"} for n, e in enumerate(both[1])))
)


@MANY
@given(chart=charts)
def test_a_form_says_what_the_same_observations_say(chart: Chart) -> None:
    """All finished Observations of our codes as one QuestionnaireResponse: the same cards.

    Questions stand in the order of the ids, since equal entries are named in that order.
    """
    before = at_once(chart)
    asked = sorted((e for e in before if own_code(e)), key=lambda e: str(e["id"]))
    others = [entry for entry in before if not own_code(entry)]
    observed, answered = advice(*before), advice(*others, form(asked))
    assert told(answered) == told(observed)
    assert outline(answered) == outline(observed)


@FEW
@given(chart=charts)
def test_an_unfinished_form_says_nothing(chart: Chart) -> None:
    """In progress or withdrawn, it is as if it were not there."""
    asked = [entry for entry in chart if own_code(entry)]
    others = [entry for entry in chart if not own_code(entry)]
    assume(asked)
    for status in ("in-progress", "entered-in-error"):
        assert told(advice(*others, form(asked) | {"status": status})) == told(advice(*others))
