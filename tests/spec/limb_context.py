"""A limb in danger, and arterial disease, in the chart of a vascular vignette."""

from collections.abc import Iterator, Mapping

from tests.spec.fhir_json import Json, concept, condition, icd, observation, own, quantity, snomed
from tests.spec.moments import ago, day_ago, years_ago
from tests.spec.signs import Sign, observed, site
from tests.spec.variety import Variety
from tests.spec.vignette import Compartment, VascularVignette
from tests.spec.wells_signs import EXAMINED

_BY_SIDE: Mapping[str, Mapping[str, Json]] = {
    "tibial_fracture": {
        "L": icd("S82.202A", "Unspecified fracture of shaft of left tibia, initial encounter"),
        "R": icd("S82.201A", "Unspecified fracture of shaft of right tibia, initial encounter"),
    },
    "clti": {
        "L": icd("I70.245", "Atherosclerosis of native arteries of left leg with ulceration"),
        "R": icd("I70.235", "Atherosclerosis of native arteries of right leg with ulceration"),
    },
}
_ARTERIAL_DISEASE = (
    icd("I73.9", "Peripheral vascular disease, unspecified"),
    snomed("399957001", "Peripheral arterial occlusive disease (disorder)"),
)
_TOLD_BY_THE_COMPLAINT = "pain"


def limb_context(vignette: VascularVignette) -> list[Json]:
    """Resources for the arterial and compartment parts of the vignette's context."""
    ctx, variety, leg = vignette.ctx, Variety(vignette.id), vignette.leg or "L"
    found = [
        _sign(name, leg, variety, acute=ctx.ali_acute)
        for name in ctx.ali
        if name != _TOLD_BY_THE_COMPLAINT
    ]
    if ctx.acs:
        found += _compartment(ctx.acs, leg, variety)
    if ctx.pad_known:
        code = concept(variety.choose("arterial disease", _ARTERIAL_DISEASE))
        found.append(condition(code, onsetDateTime=years_ago(4), recordedDate=years_ago(4)))
    if ctx.clti:
        code = concept(_BY_SIDE["clti"][leg])
        found.append(condition(code, onsetDateTime=day_ago(30), recordedDate=day_ago(30)))
    if ctx.abi is not None:
        found.append(ankle_index(ctx.abi, leg))
    return found


def ankle_index(value: float, leg: str) -> Json:
    """An ankle-brachial index of three months ago."""
    return observation(
        "exam",
        concept(own("abi")),
        effectiveDateTime=day_ago(90),
        bodySite=site("abi", leg),
        valueQuantity=quantity(value, "1", "1"),
    )


def _sign(name: str, leg: str, variety: Variety, *, acute: bool) -> Json:
    """A sign that began this morning, or one that was only looked at and found."""
    if not acute:
        return observed(Sign(name, present=True, side=leg), "exam", EXAMINED, variety)
    return observation(
        "exam",
        concept(own(name)),
        effectivePeriod={"start": ago(hours=9), "end": EXAMINED},
        bodySite=site(name, leg),
        valueBoolean=True,
    )


def _compartment(limb: Compartment, leg: str, variety: Variety) -> Iterator[Json]:
    """The injury of yesterday as a diagnosis, the cardinal signs as examined."""
    code = concept(_BY_SIDE[limb.cause][leg])
    yield condition(code, visit=True, onsetDateTime=day_ago(1), recordedDate=EXAMINED)
    for name in limb.cardinal:
        yield observed(Sign(name, present=True, side=leg), "exam", EXAMINED, variety)
