"""Checks of the code table, made at every start; a sentence names the row and the remedy."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

from cds_service.content.check_digits import loinc_holds, snomed_holds
from cds_service.content.terminology.table import (
    CONTEXT,
    DESCENDANTS,
    INITIAL,
    NOTHING,
    PREFIX,
    READER,
    SNOMED,
    CodeRow,
)

STRENGTHS = ("strong", "weak", CONTEXT)
ROLES = ("code", "value", "bodySite", "order")
STATUSES = ("", "historical")
# How a code matches, and in which systems.
_MATCHES = {
    "exact": None,
    DESCENDANTS: (SNOMED,),
    PREFIX: ("icd10cm", "icd10", "atc"),
    INITIAL: ("icd10cm",),
}
_SHAPES = {
    "icd10cm": re.compile(r"[A-Z][0-9][0-9A-Z](\.[0-9A-Z]{1,4})?"),
    "icd10": re.compile(r"[A-Z][0-9]{2}(\.[0-9]{1,2})?"),
    "rxnorm": re.compile(r"[1-9][0-9]{0,7}"),
    "atc": re.compile(r"[A-Z]([0-9]{2}([A-Z]([A-Z]([0-9]{2})?)?)?)?"),
    "icpc2": re.compile(r"[ABDFHKLNPRSTUWXYZ][0-9]{2}"),
}
_KINDS = (READER, "order", "site", "qualifier", "mimic")
_TOKEN = re.compile(rf"({'|'.join(_KINDS)}):[a-z0-9]+(_[a-z0-9]+)*")
# The last digits of a SNOMED CT identifier: namespace (long form only), partition, check digit.
_CONCEPT = re.compile(r"[0-9]+?(?:(?P<namespace>[0-9]{7})10|00)[0-9]")
_US_EXTENSION = "1000124"
GLOBAL_PATIENT_SET = "SNOMED GPS"


def check_table(
    rows: Sequence[CodeRow], systems: frozenset[str], findings: frozenset[str]
) -> Iterator[str]:
    """Every problem of the table, row by row, then those between rows."""
    for row in rows:
        for sentence in (
            *_code(row, systems),
            *_words(row),
            *_sets(row, findings),
            *_edition(row),
        ):
            yield f"{_place(row)}: {sentence}"
    yield from _between(rows)


def _place(row: CodeRow) -> str:
    return f"line {row.line} ({row.group} {row.system} {row.code})"


def _code(row: CodeRow, systems: frozenset[str]) -> Iterator[str]:
    if row.system not in systems:
        yield f"system {row.system or 'missing'} is not in systems.toml; correct or add it"
    elif row.system == SNOMED and not (_CONCEPT.fullmatch(row.code) and snomed_holds(row.code)):
        yield "no SNOMED CT concept, shape or check digit fails; copy the code anew, as text"
    elif row.system == "loinc" and not loinc_holds(row.code):
        yield "no LOINC code, shape or check digit fails; copy the code anew"
    elif row.system in _SHAPES and not _SHAPES[row.system].fullmatch(row.code):
        yield "the code has not the shape of its system; copy it anew, with its dot"


def _words(row: CodeRow) -> Iterator[str]:
    for name, word, known in (
        ("match", row.match, tuple(_MATCHES)),
        ("role", row.role, ROLES),
        ("strength", row.strength, STRENGTHS),
        ("status", row.status, STATUSES),
    ):
        if word not in known:
            choices = ", ".join(choice or "nothing" for choice in known)
            yield f"{name} {word or 'missing'} is not known; use {choices}"
    systems = _MATCHES.get(row.match)
    if systems is not None and row.system not in systems:
        yield f"match {row.match} is only for {', '.join(systems)}; use exact"
    for name, cell in (
        ("finding_id", row.group),
        ("display", row.display),
        ("confirmed_by", row.confirmed_by),
    ):
        if not cell.strip():
            yield f"{name} is empty; write it"


def _sets(row: CodeRow, findings: frozenset[str]) -> Iterator[str]:
    if not row.sets:
        yield f"sets is empty; write what the row feeds, or {NOTHING}"
    for token, times in Counter(row.sets).items():
        if times > 1:
            yield f"sets names {token} twice; keep it once"
        if token == NOTHING:
            if len(row.sets) > 1:
                yield f"sets mixes {NOTHING} with findings; keep one or the other"
            elif row.strength == "strong":
                yield "a strong row feeds nothing; make it context, or write what it feeds"
        elif token not in findings and not _TOKEN.fullmatch(token):
            yield f"sets names {token}, which is not in findings.toml; correct or add it"


def _edition(row: CodeRow) -> Iterator[str]:
    """What the identifier itself says of the edition; only SNOMED CT has several."""
    concept = _CONCEPT.fullmatch(row.code) if row.system == SNOMED else None
    if concept is None:
        if row.edition and row.system != SNOMED:
            yield "edition is only for snomed; leave it empty"
        return
    namespace = concept["namespace"]
    if namespace is None or GLOBAL_PATIENT_SET in row.confirmed_by:
        edition, why = "international", "SNOMED International issued or publishes the code"
    elif namespace == _US_EXTENSION:
        edition, why = "us", f"namespace {namespace} is the US extension"
    else:
        edition, why = "some", f"only some editions know namespace {namespace}"
    if row.edition != edition:
        yield f"edition is {row.edition or 'missing'}, but {why}; write {edition}"


def _between(rows: Sequence[CodeRow]) -> Iterator[str]:
    seen: dict[tuple[str, str, str, str], CodeRow] = {}
    strengths: dict[tuple[str, str, str], dict[str, CodeRow]] = defaultdict(dict)
    listed = {row.code for row in rows if row.system == SNOMED}
    for row in rows:
        first = seen.setdefault((row.group, row.system, row.code, row.role), row)
        if first is not row:
            yield f"{_place(row)}: stands already in line {first.line}; keep one"
        strengths[row.system, row.code, row.role].setdefault(row.strength, row)
        if row.minus and row.match != DESCENDANTS:
            yield f"{_place(row)}: minus is only for descendants; leave it empty"
        for code in row.minus:
            if code not in listed:
                yield f"{_place(row)}: minus names {code}, which has no row of its own; add one"
    for found in strengths.values():
        if {"strong", "weak"} <= set(found):
            weak, strong = found["weak"], found["strong"]
            yield f"{_place(weak)}: weak here, strong in line {strong.line}; decide for one"
