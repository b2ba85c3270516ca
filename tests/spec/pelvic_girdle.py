"""Pregnancy, delivery and the scored leg raise of the musculoskeletal vignettes."""

from collections.abc import Mapping

from tests.spec.fhir_json import (
    Json,
    concept,
    condition,
    icd,
    observation,
    own,
    procedure,
    quantity,
    snomed,
)
from tests.spec.leg_context import pregnancy, pregnancy_status
from tests.spec.moments import day_ago
from tests.spec.red_flags import Carrier
from tests.spec.variety import Variety
from tests.spec.vignette import MusculoskeletalVignette
from tests.spec.wells_signs import EXAMINED


def pregnant(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
    """Thirty weeks pregnant; in a man's chart a status that stands there, whoever's it was."""
    return [pregnancy_status() if vignette.sex == "M" else pregnancy(Variety(vignette.id))]


def delivery(vignette: MusculoskeletalVignette, _: str | None) -> list[Json]:
    """A birth four months ago, as a procedure or as its outcome on the problem list."""
    born = day_ago(120)
    if Variety(vignette.id).choose("birth", (True, False)):
        return [
            procedure(concept(snomed("177184002", "Normal delivery procedure (procedure)")), born)
        ]
    return [condition(concept(icd("Z37.0", "Single live birth")), recordedDate=born)]


def leg_raise(score: int, variety: Variety) -> Json:
    """The active straight-leg raise of both legs as a sum from 0 to 10."""
    return observation(
        "exam",
        concept(own("aslr"), text="Active straight leg raise, sum of both legs"),
        effectiveDateTime=EXAMINED,
        valueQuantity=quantity(score, None, variety.choose("aslr unit", ("{score}", None))),
    )


CARRIERS: Mapping[str, Carrier] = {"pregnant": pregnant, "postpartum_24m": delivery}
