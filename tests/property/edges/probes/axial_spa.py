"""Axial spondyloarthritis: musculoskeletal.md §2.8, AX, with ruling 44."""

from datetime import timedelta

from tests.property.edges.limits import Level
from tests.property.edges.probe import Probes, Threshold, Window, state
from tests.property.entries import person, problem, told
from tests.spec.fhir_json import Json
from tests.spec.moments import AS_OF, day_ago

TOPIC = "axial_spa"
REFER, ASK, HLA_B27 = "axial-spa-refer", "axial-spa-ask", "axial-spa-hla-b27"
SILENT = "axial-spa-silent"
FEATURES = (
    "wakes_second_half_night",
    "improves_with_movement",
    "nsaid_response_48h",
    "arthritis",
    "enthesitis",
)
A_YEAR = 400
LASTING = problem("posterior_pelvic_pain", onset=day_ago(A_YEAR))
YOUNG = told("onset_before_45")


def told_of(*features: str) -> list[Json]:
    """Features on record."""
    return [told(feature) for feature in features]


def born_when_pain_began(level: Level) -> Json:
    """The patient, of the level's age on the day the pain began."""
    began = (AS_OF - timedelta(days=A_YEAR)).date()
    birthday = began - timedelta(days=level.place.value)
    return person(birthday.replace(year=birthday.year - round(level.limit)).isoformat())


PROBES = Probes(
    thresholds=(
        Threshold(
            "onset_age",
            lambda level: [born_when_pain_began(level), LASTING],
            state(TOPIC),
            (SILENT, None, None),
        ),
        Threshold(
            "early_onset_age",
            lambda level: [born_when_pain_began(level), LASTING, *told_of(*FEATURES[:3])],
            state(TOPIC),
            (REFER, HLA_B27, HLA_B27),
        ),
        Threshold(
            "features",
            lambda level: [YOUNG, LASTING, *told_of(*FEATURES[: level.count])],
            state(TOPIC),
            (HLA_B27, REFER, REFER),
        ),
        Threshold(
            "features_with_hla_b27",
            lambda level: [YOUNG, LASTING, *told_of("hla_b27", *FEATURES[: level.count])],
            state(TOPIC),
            (ASK, REFER, REFER),
        ),
    ),
    windows=(
        Window(
            "lasting",
            lambda edge: [YOUNG, told("posterior_pelvic_pain", since=edge.at)],
            state(TOPIC),
            inside=None,
            outside=SILENT,
            inclusive=False,
        ),
    ),
)
