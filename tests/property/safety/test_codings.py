"""Property 6: equivalent codes say the same, codes nobody knows say nothing and break nothing."""

import csv
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from cds_service.content.load import content_folder
from tests.property.charts import FEW, MANY, Chart, advised, anyone, face, of_patient, recorded
from tests.property.pools import DIAGNOSES
from tests.spec.fhir_json import ICD10CM, LOCAL, LOINC, RXNORM, SNOMED
from tests.unit.record import library

ADDRESSES = {"snomed": SNOMED, "icd10cm": ICD10CM, "loinc": LOINC, "rxnorm": RXNORM}
Code = tuple[str, str]


@cache
def equivalents() -> Mapping[Code, tuple[Code, ...]]:
    """Every exact code of the table with those of its value set that say the same.

    Codes that a rule of the content names one by one say more than their value set, and so does
    the category of a cancer, by which its onset is told.
    """
    with (content_folder() / "_codes" / "terminology.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["match"] == "exact"]
    classes: dict[tuple[object, ...], list[Code]] = defaultdict(list)
    for row in rows:
        if row["system"] in ADDRESSES:
            code = (ADDRESSES[row["system"]], row["code"])
            classes[row["finding_id"], *_said(row["system"], code)].append(code)
    return {code: tuple(dict.fromkeys(found)) for found in classes.values() for code in found}


def _said(system: str, code: Code) -> tuple[object, ...]:
    """Everything the rules can tell of a code."""
    meaning = library().codes.meaning(*code)
    findings = meaning.findings if meaning else ()
    named = frozenset(
        f"{topic}.{group}"
        for topic, file in library().topics.items()
        for group, members in file.groups.items()
        if group.endswith("_codes") and any(code[1].startswith(member) for member in members)
    )
    cancer = any(finding == "active_cancer" for finding, _ in findings)
    category = code[1] if system == "snomed" else code[1][:3]
    return (
        findings,
        meaning.qualifiers if meaning else (),
        meaning.sites if meaning else (),
        meaning.side if meaning else (),
        named,
        category if cancer else "",
        code[1] if code[1].startswith("Z3A") else "",
    )


def recoded(value: Any, codes: Mapping[Code, Code]) -> Any:
    """The same record with some codes replaced by others."""
    if isinstance(value, dict):
        system, code = codes.get(
            (value.get("system", ""), str(value.get("code", ""))),
            (value.get("system"), value.get("code")),
        )
        told = {"system": system, "code": code} if "system" in value and "code" in value else {}
        return {key: recoded(item, codes) for key, item in value.items()} | told
    return [recoded(item, codes) for item in value] if isinstance(value, list) else value


def codes_of(value: Any) -> set[Code]:
    """Every code of a record."""
    if isinstance(value, dict):
        own = {(value["system"], value["code"])} if {"system", "code"} <= value.keys() else set()
        return own.union(*map(codes_of, value.values()))
    return set().union(*map(codes_of, value)) if isinstance(value, list) else set()


@MANY
@given(chart=anyone, chooser=st.randoms(use_true_random=False))
def test_an_equivalent_code_changes_nothing(chart: Chart, chooser: Any) -> None:
    """Property 6: each code replaced by another of its value set, of the same side and strength."""
    chosen = {
        code: chooser.choice(equivalents()[code])
        for code in sorted(codes_of(chart))
        if code in equivalents()
    }
    assert face(advised(recoded(chart, chosen))) == face(advised(chart))


def test_the_charts_hold_codes_that_have_an_equivalent() -> None:
    """Property 6: not a vacuous promise; every second diagnosis of the charts can be replaced."""
    known = [equivalents().get((ICD10CM, code), ()) for code in DIAGNOSES]
    assert sum(len(found) > 1 for found in known) >= len(known) // 2


def respelled(value: Any) -> Any:
    """The same record with systems as object identifiers and ICD codes without dot or capitals."""
    if isinstance(value, dict) and {"system", "code"} <= value.keys():
        oid = {SNOMED: "urn:oid:2.16.840.1.113883.6.96", LOINC: "urn:oid:2.16.840.1.113883.6.1"}
        icd = value["system"] == ICD10CM
        code = value["code"].replace(".", "").lower() if icd else value["code"]
        return value | {"system": oid.get(value["system"], value["system"]), "code": code}
    if isinstance(value, dict):
        return {key: respelled(item) for key, item in value.items()}
    return [respelled(item) for item in value] if isinstance(value, list) else value


@FEW
@given(chart=anyone)
def test_another_spelling_of_a_code_changes_nothing(chart: Chart) -> None:
    """Property 6: object identifiers for addresses, ICD codes without their dot."""
    assert face(advised(respelled(chart))) == face(advised(chart))


@FEW
@given(chart=anyone)
def test_a_local_code_beside_a_known_one_changes_nothing(chart: Chart) -> None:
    """Property 6: the site's own coding stands first, ours second."""
    assert face(advised([with_local_code(entry) for entry in chart])) == face(advised(chart))


def with_local_code(entry: Any) -> Any:
    """The same entry with a coding of the site before its own."""
    local = {"system": LOCAL, "code": "X-1", "display": "local"}
    codings = entry["code"]["coding"] if "code" in entry else []
    return entry | {"code": {"coding": [local, *codings]}} if codings else entry


SYSTEMS = st.sampled_from([*ADDRESSES.values(), LOCAL, "", "not a uri"])
UNKNOWN = st.tuples(SYSTEMS, st.text(st.characters(codec="utf-8"), max_size=20))


@MANY
@given(chart=anyone, places=st.sets(st.integers(0, 12), min_size=1), code=UNKNOWN)
def test_a_code_nobody_knows_says_nothing(chart: Chart, places: set[int], code: Code) -> None:
    """Property 6: a problem or observation with an unknown code is the same as none."""
    assume(library().codes.meaning(*code) is None)
    known = recorded(chart)
    person = list(of_patient(chart).values())
    unknown = {"coding": [{"system": code[0], "code": code[1]}]}
    told = [
        entry | {"code": unknown} if n in places and _asks(entry) else entry
        for n, entry in enumerate(known)
    ]
    without = [entry for n, entry in enumerate(known) if not (n in places and _asks(entry))]
    assert face(advised([*person, *told])) == face(advised([*person, *without]))


def _asks(entry: Mapping[str, object]) -> bool:
    return entry["resourceType"] in ("Condition", "Observation")


@MANY
@given(chart=anyone, code=UNKNOWN)
def test_unknown_codes_everywhere_break_nothing(chart: Chart, code: Code) -> None:
    """Property 6: with every code unknown each topic still comes to a conclusion."""
    unknown = dict.fromkeys(codes_of(recorded(chart)), code)
    assert advised(recoded(chart, unknown)).crashes == ()
