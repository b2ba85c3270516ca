"""D-dimer, vascular.md §1.5, rulings 33 and 51: each numbered line of the document in order."""

from typing import Literal, TypeAlias

from tests.reference.model import Chart, DDimer
from tests.reference.recorded import day_back

Class: TypeAlias = Literal[
    "none", "pending", "stale", "not_valid", "uninterpretable", "negative", "positive"
]
# Line 3 and ruling 33: the basis that the code says.
BASIS = {"48065-7": "FEU", "48067-3": "FEU", "48066-5": "DDU", "48058-2": "DDU", "7799-0": ""}
# Line 4: factors to ug/L.
TO_UG_PER_L = {"ng/mL": 1, "ug/L": 1, "ug/mL": 1000, "mcg/mL": 1000, "mg/L": 1000}


def classify(result: DDimer, chart: Chart, onset_day: int | None) -> Class:
    """One result."""
    if result.pending:  # line 1; a result that has not come after a day is not awaited
        return "pending" if result.hours <= 24 else "stale"
    before_onset = onset_day is not None and day_back(result.hours) > onset_day
    if result.hours > 72 or before_onset:  # line 2
        return "stale"
    if chart.anticoagulant is not None and chart.anticoagulant > result.hours:
        return "not_valid"
    plain, _, said = result.unit.partition(" ")
    basis = BASIS[result.code] or said
    if plain not in TO_UG_PER_L or not basis or (said and said != basis):
        return "uninterpretable"
    value = result.value * TO_UG_PER_L[plain]
    threshold = 500.0
    if basis == "DDU":  # line 5
        value *= 2
    elif chart.age is not None and chart.age >= 50:  # line 6
        threshold = chart.age * 10.0
    if result.bound == "<":  # line 7
        return "negative" if value <= threshold else "uninterpretable"
    if result.bound == ">":
        return "positive" if value >= threshold else "uninterpretable"
    return "negative" if value < threshold else "positive"


def d_dimer(chart: Chart, onset_day: int | None) -> Class:
    """Line 9: an earlier positive is not cancelled by a later negative; else the newest counts."""
    found = sorted(chart.d_dimers, key=lambda result: result.hours)
    classes = [classify(result, chart, onset_day) for result in found]
    if "positive" in classes or "negative" in classes:
        return "positive" if "positive" in classes else "negative"
    ordered = chart.d_dimer_ordered
    unusable = bool(classes) and classes[0] in ("uninterpretable", "not_valid", "stale")
    newer = ordered is not None and (not found or (unusable and ordered < found[0].hours))
    return "pending" if newer else (classes[0] if classes else "none")
