"""Complaints: which codes name them, and what carries them in a chart."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from tests.spec.answers import answer
from tests.spec.fhir_json import (
    ENCOUNTER,
    ICPC2,
    Json,
    coding,
    concept,
    condition,
    icd,
    observation,
    own,
    snomed,
)
from tests.spec.moments import ago
from tests.spec.signs import site
from tests.spec.variety import Variety

ENCOUNTER_REASON = "encounter-reason"
HISTORY_TAKEN = ago(hours=2.5)
_CARRIERS = ("problem", "visit-diagnosis", "observation")


@dataclass(frozen=True, slots=True)
class Term:
    """Standard codes of a complaint: ICD-10-CM by side, SNOMED CT and ICPC-2 without side."""

    icd: Mapping[str | None, Json] = field(default_factory=dict)
    snomed: Json | None = None
    icpc: Json | None = None


TERMS: Mapping[str, Term] = {
    "calf_pain": Term(
        {
            "R": icd("M79.661", "Pain in right lower leg"),
            "L": icd("M79.662", "Pain in left lower leg"),
        },
        snomed("300954003", "Pain in calf (finding)"),
    ),
    "leg_swelling": Term(snomed=snomed("449614009", "Swelling of lower limb (finding)")),
    "calf_swelling": Term(snomed=snomed("449615005", "Swelling of lower leg (finding)")),
    "leg_pain": Term(
        {"R": icd("M79.604", "Pain in right leg"), "L": icd("M79.605", "Pain in left leg")},
        snomed("10601006", "Pain in lower limb (finding)"),
        coding(ICPC2, "L14", "Leg/thigh symptom/complaint"),
    ),
    "radicular_pain": Term(
        {"R": icd("M54.31", "Sciatica, right side"), "L": icd("M54.32", "Sciatica, left side")},
        snomed("23056005", "Sciatica (disorder)"),
    ),
    "exertional_calf_pain": Term(snomed=snomed("63491006", "Intermittent claudication (finding)")),
    "low_back_pain": Term(
        {None: icd("M54.50", "Low back pain, unspecified")},
        snomed("279039007", "Low back pain (finding)"),
        coding(ICPC2, "L03", "Low back symptom/complaint"),
    ),
    "buttock_pain": Term(snomed=snomed("279043006", "Pain in buttock (finding)")),
    "posterior_pelvic_pain": Term(
        {None: icd("M53.3", "Sacrococcygeal disorders, not elsewhere classified")},
        snomed("202487003", "Sacroiliac joint pain (finding)"),
    ),
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint, its side, when it began and when it came on the problem list (FHIR times)."""

    finding: str
    side: str | None
    onset: str
    recorded: str
    text: str = ""


def carried_by(complaint: Complaint, variety: Variety, *, reason: bool = False) -> str:
    """What carries the complaint; the encounter's reason only where one code says it all."""
    coded = complaint.side in TERMS.get(complaint.finding, Term()).icd
    options = (*_CARRIERS, ENCOUNTER_REASON) if reason and coded else _CARRIERS
    return variety.choose(f"{complaint.finding} carrier", options)


def reason_code(complaint: Complaint) -> Json:
    """The complaint as Encounter.reasonCode."""
    return concept(TERMS[complaint.finding].icd[complaint.side])


def charted_complaint(complaint: Complaint, variety: Variety) -> Json:
    """The complaint as a Condition, or as an Observation that spans its duration."""
    codings = _codings(complaint, variety)
    code = concept(*codings, text=complaint.text)
    place = None if _says_side(complaint, codings) else site(complaint.finding, complaint.side)
    carrier = carried_by(complaint, variety)
    if carrier == "observation":
        return observation(
            "survey",
            code,
            effectivePeriod={"start": complaint.onset, "end": HISTORY_TAKEN},
            bodySite=place,
            encounter={"reference": f"Encounter/{ENCOUNTER}"},
            **answer(complaint.finding, present=True, variety=variety),
        )
    visit = carrier == "visit-diagnosis"
    return condition(
        code,
        visit=visit,
        bodySite=[place] if place else None,
        onsetDateTime=complaint.onset,
        recordedDate=HISTORY_TAKEN if visit else complaint.recorded,
    )


def _codings(complaint: Complaint, variety: Variety) -> tuple[Json, ...]:
    """One system, two side by side, or the project's own beside a standard one."""
    term = TERMS.get(complaint.finding, Term())
    sided = term.icd.get(complaint.side)
    ways: list[tuple[Json, ...]] = [(own(complaint.finding),)]
    ways += [(code,) for code in (sided, term.snomed, term.icpc) if code]
    ways += [(term.snomed, sided)] if term.snomed and sided else []
    ways += [(own(complaint.finding), term.snomed)] if term.snomed else []
    return variety.choose(f"{complaint.finding} code", ways)


def _says_side(complaint: Complaint, codings: tuple[Json, ...]) -> bool:
    """A sided code by itself says the side; every other code needs a body site for it."""
    return codings == (TERMS.get(complaint.finding, Term()).icd.get(complaint.side),)
