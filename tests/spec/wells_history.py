"""The history items of Wells: an answer to the question, or what a chart holds instead of one."""

from collections.abc import Callable, Mapping, Sequence

from tests.spec.fhir_json import (
    RXNORM,
    Json,
    coding,
    concept,
    condition,
    icd,
    procedure,
    resource,
    snomed,
)
from tests.spec.moments import ago, day_ago, years_ago
from tests.spec.signs import Sign, charted, observed
from tests.spec.variety import Variety

HISTORY = {
    "cancer": "active_cancer",
    "paralysis_plaster": "paralysis_or_leg_immobilization",
    "bed_surgery": "bedridden_or_major_surgery",
    "prior_dvt": "previous_dvt",
}
_ASKED = ago(hours=2)
_COLON_CANCER = snomed("363406005", "Malignant tumor of colon")
_SIGMOID_CANCER = icd("C18.7", "Malignant neoplasm of sigmoid colon")
DVT = snomed("404223003", "Deep venous thrombosis of lower extremity (disorder)")
DVT_LEFT = icd(
    "I82.402", "Acute embolism and thrombosis of unspecified deep veins of left lower extremity"
)


def history(present: Sequence[str], absent: Sequence[str], variety: Variety) -> list[Json]:
    """History items told present, and those asked for and denied today."""
    denied = [Sign(HISTORY[item], present=False) for item in absent if item in HISTORY]
    told = [item for item in present if item in HISTORY]
    carried = [entry for item in told for entry in _present(item, variety)]
    return carried + charted(denied, "survey", _ASKED, variety)


def _present(item: str, variety: Variety) -> list[Json]:
    carrier = variety.choose(item, (None, *_CARRIERS.get(item, ())))
    if carrier:
        return carrier(variety)
    return [observed(Sign(HISTORY[item], present=True), "survey", _ASKED, variety)]


def _recent_cancer(variety: Variety) -> list[Json]:
    """Colon cancer found three months ago."""
    code = concept(variety.choose("cancer code", (_COLON_CANCER, _SIGMOID_CANCER)))
    return [condition(code, onsetDateTime=day_ago(90), recordedDate=day_ago(88))]


def _treated_cancer(_: Variety) -> list[Json]:
    """Colon cancer known for two years and under chemotherapy."""
    disease = concept(_COLON_CANCER, _SIGMOID_CANCER)
    return [
        condition(disease, onsetDateTime=years_ago(2), recordedDate=years_ago(2)),
        procedure(concept(snomed("367336001", "Chemotherapy (procedure)")), day_ago(30)),
        resource(
            "MedicationRequest",
            status="active",
            intent="order",
            medicationCodeableConcept=concept(coding(RXNORM, "194000", "capecitabine")),
            authoredOn=day_ago(40),
        ),
    ]


def _operation(variety: Variety) -> list[Json]:
    """Major surgery three weeks ago."""
    operations = (
        snomed("609588000", "Total knee replacement (procedure)"),
        snomed("52734007", "Total replacement of hip (procedure)"),
        snomed("86481000", "Laparotomy (procedure)"),
    )
    return [procedure(concept(variety.choose("operation", operations)), day_ago(21))]


def resolved_dvt(code: Json, *, onset: str, end: str, site: Json | None = None) -> Json:
    """A DVT that is over, left on the problem list as resolved."""
    return condition(
        concept(code),
        clinical="resolved",
        bodySite=[site] if site else None,
        onsetDateTime=onset,
        abatementDateTime=end,
        recordedDate=onset,
    )


def _old_dvt(variety: Variety) -> list[Json]:
    code = variety.choose("old DVT code", (DVT, DVT_LEFT))
    return [resolved_dvt(code, onset=years_ago(9), end=years_ago(8.5))]


def _dvt_history(_: Variety) -> list[Json]:
    """History of DVT as a status code."""
    history_code = icd("Z86.718", "Personal history of other venous thrombosis and embolism")
    codes = snomed("161508001", "History of deep vein thrombosis (situation)"), history_code
    return [condition(concept(*codes), recordedDate=years_ago(3))]


_CARRIERS: Mapping[str, tuple[Callable[[Variety], list[Json]], ...]] = {
    "cancer": (_recent_cancer, _treated_cancer),
    "bed_surgery": (_operation,),
    "prior_dvt": (_old_dvt, _dvt_history),
}
