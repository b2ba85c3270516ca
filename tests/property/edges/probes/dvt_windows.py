"""Windows of the DVT table: vascular.md §1.1 with rulings 3, 12, 31, 41 and 42."""

from datetime import timedelta

from tests.property.edges.limits import Dates
from tests.property.edges.probe import Window, notes, row, state
from tests.property.entries import (
    APIXABAN,
    NEGATIVE,
    NOW,
    admitted,
    measured,
    operated,
    ordered,
    problem,
    reported,
    told,
    treated,
    wells,
)
from tests.spec.fhir_json import LOINC, Json, coding, snomed
from tests.spec.moments import day_ago

TOPIC = "dvt"
LIKELY, PENDING, UNLIKELY = "likely-certain", "likely-pending-alt", "unlikely-certain"
UNDETERMINED, SILENT, POSITIVE = "undetermined", "silent-no-trigger", "ddimer-positive"
WAITING, OVERDUE = "imaging-pending", "imaging-overdue"
PARALYSIS, BED_REST = "paralysis_or_leg_immobilization", "bedridden_or_major_surgery"
FEU, VEINS = "48065-7", "39432-0"
SCAN = coding(LOINC, VEINS)
PAIN = told("calf_pain", side="L")
# Begun before any result or order of the allowed windows.
OLD_PAIN = told("calf_pain", since=day_ago(40), side="L")
OLD_SWELLING = told("calf_swelling", since=day_ago(40), side="L")
AN_HOUR = timedelta(hours=1)


def with_item(item: str, *entries: Json) -> list[Json]:
    """One point, the rest absent, and one item left to these entries: likely where it counts."""
    return [PAIN, *wells("previous_dvt", unknown=(item,)), *entries]


def calves(left: float, right: float, at: str = NOW, other: str = NOW) -> list[Json]:
    """Both calves measured, the right one perhaps at another time."""
    return [
        measured("calf_circumference", left, at, side="L"),
        measured("calf_circumference", right, other, side="R"),
    ]


WINDOWS = (
    Window(
        "trigger",
        lambda edge: [told("calf_pain", edge.at, side="L")],
        state(TOPIC),
        inside=UNDETERMINED,
        outside=SILENT,
    ),
    Window(
        "trigger_onset",
        lambda edge: [told("calf_pain", since=edge.at, side="L")],
        state(TOPIC),
        inside=UNDETERMINED,
        outside=SILENT,
    ),
    Window(
        "exam_sign",
        lambda edge: calves(44, 38, edge.at, edge.at),
        state(TOPIC),
        inside=UNDETERMINED,
        outside=SILENT,
    ),
    Window(
        "circumference_pair",
        lambda edge: calves(44, 38, edge.anchor, edge.at),
        state(TOPIC),
        inside=UNDETERMINED,
        outside=SILENT,
        anchor=AN_HOUR,
        dates=Dates.APART,
    ),
    Window(
        "alternative_answer",
        lambda edge: [
            PAIN,
            told("previous_dvt"),
            told(BED_REST),
            told("alternative_diagnosis_as_likely", edge.at, value=False, side="L"),
        ],
        state(TOPIC),
        inside=LIKELY,
        outside=PENDING,
    ),
    Window(
        "cancer",
        lambda edge: with_item("active_cancer", told("active_cancer", edge.at)),
        state(TOPIC),
        inside=LIKELY,
        outside=UNDETERMINED,
    ),
    Window(
        "plaster",
        lambda edge: with_item(PARALYSIS, told(PARALYSIS, edge.at)),
        state(TOPIC),
        inside=LIKELY,
        outside=UNDETERMINED,
    ),
    Window(
        "surgery",
        lambda edge: with_item(
            BED_REST, operated(snomed("609588000", "Total knee replacement"), edge.at)
        ),
        state(TOPIC),
        inside=LIKELY,
        outside=UNDETERMINED,
    ),
    Window(
        "bed_rest",
        lambda edge: with_item(BED_REST, told(BED_REST, edge.at)),
        state(TOPIC),
        inside=LIKELY,
        outside=UNDETERMINED,
    ),
    Window(
        "d_dimer",
        lambda edge: [OLD_PAIN, measured(FEU, 4000, edge.at)],
        state(TOPIC),
        inside=POSITIVE,
        outside=UNDETERMINED,
    ),
    Window(
        "d_dimer_order",
        lambda edge: [OLD_PAIN, *wells(), ordered(coding(LOINC, FEU), edge.at)],
        state(TOPIC),
        inside="ddimer-pending",
        outside=UNLIKELY,
    ),
    Window(
        "scan",
        lambda edge: [OLD_PAIN, reported(VEINS, edge.at)],
        state(TOPIC),
        inside="imaged-unreadable",
        outside=UNDETERMINED,
    ),
    Window(
        "same_study",
        lambda edge: [
            OLD_PAIN,
            reported(VEINS, edge.at, NEGATIVE),
            reported(VEINS, edge.anchor),
        ],
        state(TOPIC),
        inside="neg-scan-needs-ddimer",
        outside="imaged-unreadable",
        anchor=AN_HOUR,
        dates=Dates.APART,
    ),
    # An order of which only the day is known may have waited since the day began.
    Window(
        "scan_wait_likely",
        lambda edge: [OLD_PAIN, *wells("previous_dvt", BED_REST), ordered(SCAN, edge.at)],
        state(TOPIC),
        inside=WAITING,
        outside=OVERDUE,
        dates=Dates.STARTED,
    ),
    Window(
        "scan_wait",
        lambda edge: [OLD_PAIN, ordered(SCAN, edge.at)],
        state(TOPIC),
        inside=WAITING,
        outside=OVERDUE,
        dates=Dates.STARTED,
    ),
    Window(
        "current_dvt",
        lambda edge: [problem("I82.412", onset=edge.at)],
        state(TOPIC),
        inside="known-untreated",
        outside=SILENT,
    ),
    Window(
        "known_dvt_early",
        lambda edge: [problem("I82.412", onset=edge.at), treated(APIXABAN, NOW)],
        row(TOPIC),
        inside="D5c-early",
        outside="D5c",
    ),
    Window(
        "pregnancy_scan",
        lambda edge: [told("pregnant"), OLD_SWELLING, reported(VEINS, edge.at, NEGATIVE)],
        state(TOPIC),
        inside="preg-us-neg",
        outside="preg-workup",
    ),
    # Within the puerperium the pregnancy rows apply, and the line is not needed.
    Window(
        "postpartum_late",
        lambda edge: [PAIN, operated(snomed("177184002", "Normal delivery"), edge.at)],
        notes(TOPIC, "postpartum-late"),
        inside=True,
        outside=False,
        moved=(44, 63),
    ),
    Window(
        "inpatient",
        lambda edge: [PAIN, admitted(edge.at)],
        state(TOPIC),
        inside=UNDETERMINED,
        outside="inpatient",
    ),
    Window(
        "open_encounter",
        lambda edge: [PAIN, admitted(edge.at)],
        state(TOPIC),
        inside="inpatient",
        outside=UNDETERMINED,
    ),
)
