"""All checks in the order they are asked, and the 22 situations they answer for."""

from collections.abc import Iterable

from cds_service.commands.conformance.checks import (
    card_actions,
    card_identity,
    card_texts,
    cors,
    damaged,
    dialects,
    discovery,
    discovery_reach,
    every_answer,
    feedback,
    fhir_access,
    fhir_failures,
    fhir_pages,
    forged_tokens,
    json_text,
    operation,
    patients,
    prefetch,
    prefetch_values,
    request_shape,
    tokens,
)
from cds_service.commands.conformance.verdict import Check
from cds_service.errors import ConformanceError

_MODULES = (
    discovery,
    discovery_reach,
    request_shape,
    dialects,
    json_text,
    prefetch,
    prefetch_values,
    patients,
    damaged,
    fhir_access,
    fhir_failures,
    fhir_pages,
    card_texts,
    card_identity,
    card_actions,
    feedback,
    cors,
    tokens,
    forged_tokens,
    operation,
    every_answer,
)
_THEMES = {module.THEME.name: module.THEME for module in _MODULES}
CATALOG: tuple[Check, ...] = tuple(check for theme in _THEMES.values() for check in theme.checks)
SITUATIONS = {
    1: "No prefetch",
    2: "fhirServer out of reach",
    3: "A needed key is missing",
    4: "Keys are null",
    5: "Patient is null",
    6: "A key is an OperationOutcome",
    7: "Wrong hook",
    8: "hookInstance missing or malformed",
    9: "No context",
    10: "Another patient's data",
    11: "Unknown members",
    12: "An extension as specified",
    13: "All entries entered in error",
    14: "Malformed JSON",
    15: "Bogus token",
    16: "A body of 1.6 MB",
    17: "Feedback",
    18: "Preflight asking for Authorization",
    19: "Unknown service",
    20: "Health",
    21: "A crash while evaluating",
    22: "Two services on one hook",
}


def select(only: Iterable[str]) -> tuple[Check, ...]:
    """The checks that a requirement id, a check's name or a situation's number (S7) names.

    Without names, all. Raises ConformanceError for a name that nothing bears.
    """
    wanted = [name.strip() for name in only if name.strip()]
    if not wanted:
        return CATALOG
    for name in wanted:
        if not any(_bears(check, name) for check in CATALOG):
            raise ConformanceError(
                f"--only {name}: no check bears this name; give requirement ids (PREF-19), "
                "situations (S7) or names as the report shows them."
            )
    return tuple(check for check in CATALOG if any(_bears(check, name) for name in wanted))


def _bears(check: Check, name: str) -> bool:
    return name == check.name or name in check.requirements or name == f"S{check.situation}"
