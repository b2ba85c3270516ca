"""DVT: vascular.md §1 and table D (§2.3); thresholds here, windows in `dvt_windows`."""

from tests.property.edges.limits import Level
from tests.property.edges.probe import (
    Probes,
    Threshold,
    concludes,
    noted_value,
    notes,
    state,
)
from tests.property.edges.probes.dvt_windows import (
    FEU,
    LIKELY,
    PAIN,
    POSITIVE,
    TOPIC,
    UNDETERMINED,
    UNLIKELY,
    WINDOWS,
    calves,
    with_item,
)
from tests.property.entries import absent, measured, person, told, wells
from tests.spec.case_chart import WELLS_HISTORY, WELLS_SIGNS
from tests.spec.fhir_json import Json
from tests.spec.moments import birth_date

NEGATIVE = "unlikely-ddimer-neg"
DDU = "48066-5"


def scored(points: int, *, alternative: bool) -> list[Json]:
    """Calf pain with every item known, so many of them present."""
    return [PAIN, *wells(*WELLS_SIGNS[:points], alternative=alternative)]


def tested(age: int, loinc: str, value: float) -> list[Json]:
    """Every item absent and a D-dimer: only the result decides."""
    return [person(birth_date(age)), PAIN, *wells(), measured(loinc, value)]


def inflamed(level: Level) -> list[Json]:
    """Cellulitis of the leg, the history items absent, and so many signs."""
    signs = (told(sign, side="L") for sign in WELLS_SIGNS[: level.count])
    return [PAIN, told("cellulitis_same_leg", side="L"), *absent(*WELLS_HISTORY), *signs]


PROBES = Probes(
    thresholds=(
        Threshold(
            "wells_likely",
            lambda level: scored(level.count, alternative=False),
            state(TOPIC),
            (UNLIKELY, LIKELY, LIKELY),
        ),
        # From two points: so many more, once an alternative is at least as likely.
        Threshold(
            "wells_alternative_points",
            lambda level: scored(2 + level.count, alternative=True),
            state(TOPIC),
            (UNLIKELY, LIKELY, LIKELY),
        ),
        Threshold(
            "calf_difference",
            lambda level: with_item("calf_swelling_3cm", *calves(36 + level.number, 36)),
            state(TOPIC),
            (UNLIKELY, LIKELY, LIKELY),
            step=0.1,
        ),
        Threshold(
            "paresis_mrc",
            lambda level: with_item(
                "paralysis_or_leg_immobilization", measured("mrc", level.number, side="L")
            ),
            state(TOPIC),
            (LIKELY, LIKELY, UNDETERMINED),
            recordable=(0, 5),
        ),
        Threshold(
            "d_dimer",
            lambda level: tested(40, FEU, level.number),
            state(TOPIC),
            (NEGATIVE, POSITIVE, POSITIVE),
        ),
        # Just above age times ten: negative as long as the threshold is not adjusted.
        Threshold(
            "d_dimer_age",
            lambda level: tested(level.count, FEU, 10 * level.count + 5),
            state(TOPIC),
            (NEGATIVE, POSITIVE, POSITIVE),
        ),
        Threshold(
            "d_dimer_per_year",
            lambda level: tested(60, FEU, 60 * level.limit + level.place.value),
            state(TOPIC),
            (NEGATIVE, POSITIVE, POSITIVE),
        ),
        Threshold(
            "ddu_factor",
            lambda level: tested(40, DDU, 500 / level.limit + level.place.value),
            state(TOPIC),
            (NEGATIVE, POSITIVE, POSITIVE),
        ),
        Threshold(
            "adult_age",
            lambda level: [person(level.born), PAIN],
            state(TOPIC),
            ("paediatric", UNDETERMINED, UNDETERMINED),
        ),
        Threshold(
            "cellulitis_points",
            inflamed,
            concludes(TOPIC, "cellulitis-overlap"),
            (True, True, False),
            recordable=(0, len(WELLS_SIGNS)),
        ),
        Threshold(
            "heart_rate",
            lambda level: [PAIN, measured("8867-4", level.number)],
            notes(TOPIC, "heart-rate"),
            (False, False, True),
        ),
        # The left leg is one point of LEFt, the calf another.
        Threshold(
            "left_calf_difference",
            lambda level: [PAIN, told("pregnant"), *calves(36 + level.number, 36)],
            noted_value(TOPIC, "left-score", "k"),
            (1, 2, 2),
            step=0.1,
        ),
    ),
    windows=WINDOWS,
)
