"""The ways an Observation says that a finding is present or absent."""

from enum import StrEnum

from tests.spec.fhir_json import HL7, LOCAL, Json, coding, concept, snomed
from tests.spec.variety import Variety


class Form(StrEnum):
    """A carrier of the answer inside an Observation or one of its components."""

    BOOLEAN = "valueBoolean"
    CONCEPT = "valueCodeableConcept"
    CONCEPT_BESIDE_LOCAL = "valueCodeableConcept with a local coding first"
    INTERPRETATION = "interpretation"
    WORD = "valueString"


_PRESENT = (
    snomed("52101004", "Present (qualifier value)"),
    snomed("10828004", "Positive (qualifier value)"),
    snomed("373066001", "Yes (qualifier value)"),
)
_ABSENT = (
    snomed("2667000", "Absent (qualifier value)"),
    snomed("260385009", "Negative (qualifier value)"),
    snomed("373067005", "No (qualifier value)"),
    snomed("410516002", "Known absent (qualifier value)"),
)
_LITERAL = {("msk-v11", "sij_faber"): Form.BOOLEAN}
_WORDS_PRESENT = ("positive", "present", "yes", "+")
_WORDS_ABSENT = ("negative", "absent", "no", "−")


def answer(finding: str, *, present: bool, variety: Variety) -> Json:
    """The members that carry the answer, in the form this chart uses for the finding."""
    chosen = variety.choose(f"{finding} form", tuple(Form))
    form = _LITERAL.get((variety.vignette, finding), chosen)
    return answer_in(form, finding, present=present, variety=variety)


def answer_in(form: Form, finding: str, *, present: bool, variety: Variety) -> Json:
    """The members that carry the answer in a given form."""
    word = variety.choose(f"{finding} word", _WORDS_PRESENT if present else _WORDS_ABSENT)
    value = variety.choose(f"{finding} value", _PRESENT if present else _ABSENT)
    local = coding(LOCAL, "Y" if present else "N", "Yes" if present else "No")
    members: dict[Form, Json] = {
        Form.BOOLEAN: {"valueBoolean": present},
        Form.CONCEPT: {"valueCodeableConcept": concept(value)},
        Form.CONCEPT_BESIDE_LOCAL: {"valueCodeableConcept": concept(local, value)},
        Form.INTERPRETATION: {"interpretation": [_interpretation(present=present)]},
        Form.WORD: {"valueString": word},
    }
    return members[form]


def _interpretation(*, present: bool) -> Json:
    code, display = ("POS", "Positive") if present else ("NEG", "Negative")
    return concept(coding(f"{HL7}/v3-ObservationInterpretation", code, display))
