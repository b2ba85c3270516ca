"""The codes a labeled case names, as FHIR codings."""

from collections.abc import Mapping

from tests.spec.fhir_json import (
    ATC,
    HL7,
    ICD10CM,
    ICPC2,
    LOCAL,
    LOINC,
    RXNORM,
    SNOMED,
    Json,
    coding,
    own,
)

# Ends a code that no table of ours knows, or knows only by its beginning.
UNKNOWN = "!"
SYSTEMS: Mapping[str, str] = {
    "snomed": SNOMED,
    "icd10cm": ICD10CM,
    "icd10": "http://hl7.org/fhir/sid/icd-10",
    "icpc2": ICPC2,
    "loinc": LOINC,
    "rxnorm": RXNORM,
    "atc": ATC,
    "actcode": f"{HL7}/v3-ActCode",
    "local": LOCAL,
}
SITES: Mapping[str, str] = {
    "leg": "61685007",
    "lower-leg": "30021000",
    "calf": "53840002",
    "thigh": "68367000",
    "knee": "72696002",
    "foot": "56459004",
    "buttock": "46862004",
    "sij": "39723000",
    "hip": "24136001",
    "groin": "26893007",
    "low-back": "52612000",
    "arm": "53120007",
    "perineum": "38864007",
}
_VITAL = {"8480-6", "85354-9", "8867-4", "9279-1", "59408-5", "2708-6", "8310-5", "8331-1"}
_ASKED = {"82810-3", "11778-8", "11779-6", "11780-4"}


def codings(codes: str) -> list[Json]:
    """Codings side by side: `system|code`, or an id of our own."""
    return [read_code(code) for code in codes.split()]


def read_code(code: str) -> Json:
    """One coding: `system|code`, or an id of our own."""
    system, bar, value = code.removesuffix(UNKNOWN).partition("|")
    return coding(SYSTEMS[system], value) if bar else own(code)


def category_of(codes: str) -> str:
    """The category of an Observation by its first code."""
    system, bar, code = codes.split(maxsplit=1)[0].partition("|")
    if not bar or system != "loinc":
        return "exam"
    return "vital-signs" if code in _VITAL else "survey" if code in _ASKED else "laboratory"
