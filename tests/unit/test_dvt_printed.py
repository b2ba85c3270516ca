"""What the DVT cards print beside their verdict: notes, unknown items, reasons and drafts."""

from datetime import timedelta
from typing import Any, cast

import pytest

from cds_service.writing.cards import WrittenCard
from tests.spec.fhir_json import (
    LOINC,
    Json,
    coding,
    concept,
    observation,
    procedure,
    quantity,
    resource,
    snomed,
)
from tests.spec.moments import AS_OF, ago, day_ago
from tests.unit.record import advice, patient, shown, states
from tests.unit.red_flag_record import grade, told
from tests.unit.test_dvt_rulings import (
    APIXABAN_5,
    CALF_PAIN,
    DRUGS_UNREAD,
    ENOXAPARIN,
    LEG_PAIN,
    NEGATIVE,
    NINE,
    card,
    drug,
    dvt,
    lab,
    noted,
    problem,
    recorded,
    report,
    scan,
)

YOUNG: dict[str, Any] = {"patient": patient(birthDate="1993-01-01")}
DYSPNEA = problem("R06.00")


def section(shown_card: WrittenCard, title: str) -> list[str]:
    """The lines of one section of a card, empty when it has none."""
    _, _, rest = shown_card.detail.partition(f"**{title}**\n\n")
    return [line.removeprefix("- ") for line in rest.split("\n\n")[0].splitlines()]


def unknown_items(shown_card: WrittenCard) -> int:
    """How many items are listed as not known."""
    return len(section(shown_card, "Not known"))


@pytest.mark.parametrize(
    ("chart", "identifier", "count"),
    [
        pytest.param([CALF_PAIN], "dvt-undetermined", 10, id="undetermined"),
        pytest.param(
            [CALF_PAIN, *[noted(item) for item in NINE[:4]]], "dvt-likely", 6, id="likely"
        ),
        pytest.param([CALF_PAIN, lab(4000)], "dvt-d-dimer-positive", 10, id="D-dimer positive"),
        pytest.param(
            [CALF_PAIN, *recorded()[1:]],
            "dvt-unlikely",
            2,
            id="unlikely",
        ),
    ],
)
def test_every_item_that_is_not_recorded_is_listed(
    chart: list[Json], identifier: str, count: int
) -> None:
    """Invariant 1: of ten items each card with a score names those that are unknown."""
    assert unknown_items(card(advice(*chart), identifier)) == count


def test_a_hint_is_asked_about_first() -> None:
    """Ruling 45: recent aftercare or a procedure puts surgery first among the deciding items."""
    operation = procedure(
        concept(snomed("80146002", "Appendectomy")),
        day_ago(20),
        category=concept(snomed("387713003", "Surgical procedure")),
    )
    for hint in (operation, problem("Z47.1", day_ago(20))):
        found = card(advice(CALF_PAIN, hint), "dvt-undetermined")
        assert section(found, "Not known")[0].startswith("recent surgery or bed rest")
        assert "was it major surgery" in found.detail
    plain = card(advice(CALF_PAIN), "dvt-undetermined")
    assert section(plain, "Not known")[0].startswith("calf 3 cm larger")


def test_hormone_treatment_of_a_cancer_is_a_question_asked_first() -> None:
    """Ruling 35: adjuvant endocrine therapy leaves the item unknown, listed first."""
    tamoxifen = "10324"
    found = card(
        advice(CALF_PAIN, problem("C50.911", day_ago(900)), drug(tamoxifen)), "dvt-undetermined"
    )
    assert section(found, "Not known")[0].startswith("active cancer")
    assert "is it active?" in found.detail


def test_paresis_of_either_leg_scores() -> None:
    """Ruling 45: the wording of NICE NG158 names no side; MRC 4 stays unknown."""
    weak, slightly = (advice(CALF_PAIN, grade(power, side="R")) for power in (3, 4))
    assert "paresis or recent plaster: present" in card(weak, "dvt-undetermined").detail
    listed = section(card(slightly, "dvt-undetermined"), "Not known")
    assert any(line.startswith("leg paralysis, paresis") for line in listed)


@pytest.mark.parametrize("drop", [problem("M21.372"), problem("M21.371")], ids=["left", "right"])
def test_a_foot_drop_that_scores_says_so(drop: Json) -> None:
    """Vascular 1.3: a foot drop of a root is paresis all the same, and the card tells."""
    lines = section(card(advice(CALF_PAIN, drop), "dvt-undetermined"), "Notes")
    assert any("counts as the paresis item" in line for line in lines)


def test_a_known_embolism_is_told_on_the_leg_card() -> None:
    """Ruling 13: E2 and E6 stay silent, and the DVT card says why."""
    for known in (
        problem("I26.99", day_ago(10)),
        resource(
            "ServiceRequest",
            status="active",
            intent="order",
            authoredOn=ago(hours=2),
            code=concept(coding(LOINC, "72251-2")),
        ),
    ):
        found = card(advice(CALF_PAIN, DYSPNEA, known), "dvt-undetermined")
        assert "Pulmonary embolism is known or being worked up" in found.detail


def test_an_old_pregnancy_without_an_end_is_printed() -> None:
    """Ruling 25: an older record is unknown and said; a delivery since then ends the question."""
    old = problem("Z34.80", day_ago(200))
    delivered = procedure(concept(snomed("11466000", "Cesarean section")), day_ago(150))
    text = card(advice(CALF_PAIN, old, **YOUNG), "dvt-undetermined").detail
    assert "A pregnancy recorded on 4 May 2026 is no longer current here" in text
    ended = card(advice(CALF_PAIN, old, delivered, **YOUNG), "dvt-undetermined").detail
    assert "A pregnancy recorded" not in ended


def test_the_reason_of_the_card_after_a_delivery_is_the_delivery() -> None:
    """The work-up of the puerperium names the date it counts from; the pregnancy is over."""
    delivered = procedure(concept(snomed("11466000", "Cesarean section")), day_ago(21))
    pregnancy = problem("Z34.80", day_ago(60))
    why = section(
        card(advice(CALF_PAIN, pregnancy, delivered, **YOUNG), "dvt-pregnancy"), "Why this card"
    )
    assert any(line.startswith("recent delivery: present · 30 Oct 2026") for line in why)
    assert not any(line.startswith("pregnan") for line in why)


def test_the_other_legs_complaint_is_no_reason() -> None:
    """Ruling 43: each leg is told with its own entries."""
    right = noted("leg_pain", side="R")
    why = section(card(advice(CALF_PAIN, right), "dvt-undetermined"), "Why this card")
    assert any("left" in line for line in why)
    assert not any("right" in line for line in why)


@pytest.mark.parametrize(
    ("items", "code", "state"),
    [
        pytest.param([lab(4000)], ENOXAPARIN, "ddimer-positive", id="dose unknown"),
        pytest.param([lab(4000)], APIXABAN_5, "anticoagulated", id="treatment dose"),
    ],
)
def test_a_positive_d_dimer_outranks_an_undeterminable_dose(
    items: list[Json], code: str, state: str
) -> None:
    """Ruling 12e: D15 as well as D14."""
    assert dvt(CALF_PAIN, *items, drug(code)) == state


@pytest.mark.parametrize(
    "chart",
    [
        pytest.param([report(NEGATIVE), lab(200)], id="closed by scan and D-dimer"),
        pytest.param([*recorded(), lab(200)], id="unlikely with negative D-dimer"),
    ],
)
def test_unknown_treatment_is_confirmed_before_it_reassures(chart: list[Json]) -> None:
    """Ruling 12d: silent only off treatment; unknown gives a card that asks to confirm it."""
    assert shown(advice(CALF_PAIN, *chart)) == []
    unread = advice(CALF_PAIN, *chart, medications=DRUGS_UNREAD)
    assert "confirm it before relying on" in card(unread, "dvt-unlikely").detail


def test_the_check_that_waits_for_a_scan_says_what_waits() -> None:
    """Ruling 10: with nothing else to show, the sentence stands on a card of its own."""
    buttock = told("buttock_pain", side="L")
    advised = advice(noted("calf_swelling"), buttock, scan(2))
    assert states(advised)["dvt"] == "imaging-pending"
    (found,) = advised.cards
    assert found.id == "assessment-incomplete"
    assert "leg-vein result" in found.detail


def test_leg_pain_with_a_history_item_offers_the_missing_signs() -> None:
    """Row D7a: the draft names the signs to look for, so that the answer can be recorded."""
    found = card(advice(LEG_PAIN, problem("Z86.718", day_ago(900))), "dvt-weak-risk")
    (suggestion,) = found.suggestions
    asked = cast("list[Json]", suggestion.resource["input"])
    assert unknown_items(found) == len(asked) == 5


def test_a_repeat_scan_is_wanted_on_day_6_to_8_after_the_first() -> None:
    """NICE NG158: 6 to 8 days after the negative scan, as dates of the draft."""
    first = report(NEGATIVE, when=ago(hours=30))
    found = card(
        advice(noted("calf_pain", effectiveDateTime=ago(days=3)), first, lab(4000)),
        "dvt-scan-repeat",
    )
    (suggestion,) = found.suggestions
    scanned = AS_OF - timedelta(hours=30)
    expected = {
        "start": (scanned + timedelta(days=6)).date().isoformat(),
        "end": (scanned + timedelta(days=8)).date().isoformat(),
    }
    assert suggestion.resource["occurrencePeriod"] == expected


def test_a_note_with_a_number_brings_its_evidence() -> None:
    """What a note claims is found in the card's evidence list only while the note shows."""
    later = procedure(concept(snomed("11466000", "Cesarean section")), day_ago(60))
    noted_card = card(advice(CALF_PAIN, later, **YOUNG), "dvt-undetermined")
    plain = card(advice(CALF_PAIN, **YOUNG), "dvt-undetermined")
    assert "60 days after delivery" in noted_card.detail
    assert "EV-27" in noted_card.detail
    assert "EV-27" not in plain.detail


def test_an_embolism_is_considered_whatever_the_leg_complaint() -> None:
    """Row E6 opens on swelling as well as on pain: the summary says complaint."""
    both = told("leg_swelling", side="B")
    heart = observation(
        "vital-signs",
        concept(coding(LOINC, "8867-4")),
        effectiveDateTime=ago(hours=1),
        valueQuantity=quantity(110, "/min", "/min"),
    )
    found = card(advice(both, DYSPNEA, heart), "pe-consider")
    assert found.summary.startswith("Leg complaint with new dyspnea and HR 110")
