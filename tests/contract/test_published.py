"""The FHIR Bundle of our CodeSystem and value sets: current, valid, and what the service does."""

import csv
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from cds_service.clinical.fact import Strength
from cds_service.content.load import content_folder, load_library
from cds_service.content.terminology.published import BUILT, VALUE_SETS, build_bundle
from tests.contract.command import Run
from tests.contract.test_terminology import ADDRESSES, cm

FILE = content_folder() / "_codes" / BUILT
BUNDLE: Any = json.loads(FILE.read_text(encoding="utf-8"))
RESOURCES = [entry["resource"] for entry in BUNDLE["entry"]]
(CODE_SYSTEM,) = (found for found in RESOURCES if found["resourceType"] == "CodeSystem")
SETS = {found["id"]: found for found in RESOURCES if found["resourceType"] == "ValueSet"}
LIBRARY = load_library()
FINDINGS = LIBRARY.findings.finding
OWN = "https://legpain-cds.github.io/fhir/CodeSystem/leg-pain-findings"
SNOMED, CM = ADDRESSES["snomed"], ADDRESSES["icd10cm"]
with (content_folder() / "_codes" / "terminology.csv").open(encoding="utf-8") as file:
    ROWS = list(csv.DictReader(file))


def test_the_bundle_is_up_to_date() -> None:
    """If this fails run `legpain-cds terminology build`."""
    assert FILE.read_text(encoding="utf-8") == build_bundle(LIBRARY, content_folder())


def test_the_bundle_is_valid_fhir() -> None:
    """Bundle and every resource validate as FHIR R4B; one POST would load them all."""
    get_fhir_model_class("Bundle").model_validate(BUNDLE)
    assert BUNDLE["type"] == "transaction"
    for entry in BUNDLE["entry"]:
        found = entry["resource"]
        get_fhir_model_class(found["resourceType"]).model_validate(found)
        assert entry["fullUrl"] == found["url"]
        place = f"{found['resourceType']}/{found['id']}"
        assert entry["request"] == {"method": "PUT", "url": place}
        assert len(found["id"]) <= 64
    places = [entry["request"]["url"] for entry in BUNDLE["entry"]]
    assert len(places) == len(set(places))


def test_the_code_system_holds_every_finding() -> None:
    """Each finding id with its display and a definition; the address is the fixed one."""
    assert CODE_SYSTEM["url"] == OWN
    assert [concept["code"] for concept in CODE_SYSTEM["concept"]] == list(FINDINGS)
    assert CODE_SYSTEM["count"] == len(FINDINGS)
    for concept in CODE_SYSTEM["concept"]:
        assert concept["display"] == FINDINGS[concept["code"]].display
        assert concept["definition"].endswith(".")


@pytest.mark.parametrize(
    ("code", "definition"),
    [
        (
            "calf_circumference",
            "Circumference of one calf. Measured in cm. Counts for 3 days",
        ),
        ("osteoporosis", "Osteoporosis. Counts whatever its age."),
        (
            "calf_tenderness",
            "Tenderness of the calf, the popliteal fossa or along the femoral vein.",
        ),
        (
            "saddle_sensory_change",
            "Changed sensation around the anus, of the perineum or the genitals, felt or tested.",
        ),
    ],
)
def test_a_definition_tells_unit_and_window(code: str, definition: str) -> None:
    """What an integrator must know of a finding beside its name."""
    found = {concept["code"]: concept["definition"] for concept in CODE_SYSTEM["concept"]}
    assert found[code].startswith(definition)
    assert "Implies: localized tenderness along the deep veins." in found["calf_tenderness"]


def test_every_finding_has_a_value_set_with_its_own_code() -> None:
    """Named after the finding; the own code comes first."""
    for name in FINDINGS:
        found = SETS[name.replace("_", "-")]
        assert found["url"] == f"{VALUE_SETS}{name.replace('_', '-')}"
        assert found["compose"]["include"][0] == {"system": OWN, "concept": [{"code": name}]}


def parts(found: Any, kind: str, system: str) -> Iterator[Any]:
    """Includes or excludes of one system."""
    yield from (part for part in found["compose"].get(kind, ()) if part["system"] == system)


def listed(found: Any, kind: str, system: str) -> set[str]:
    """Enumerated codes of one system."""
    named = (part.get("concept", ()) for part in parts(found, kind, system))
    return {concept["code"] for concepts in named for concept in concepts}


def filtered(found: Any, kind: str, system: str) -> dict[str, list[str]]:
    """Roots of filters, with the operators of each."""
    filters = [part["filter"] for part in parts(found, kind, system) if "filter" in part]
    return {one[0]["value"]: [condition["op"] for condition in one] for one in filters}


def test_descendants_are_a_filter_and_members_a_list() -> None:
    """`is-a` for the root of cancer, exact codes for its enumerated members."""
    found = SETS["active-cancer"]
    assert filtered(found, "include", SNOMED)["363346000"] == ["is-a"]
    assert "254837009" in listed(found, "include", SNOMED)
    assert filtered(found, "include", CM)["C50"] == ["is-a"]
    assert "C44" not in filtered(found, "include", CM)


def test_what_a_root_leaves_out_is_excluded_with_its_descendants() -> None:
    """Skin cancer that is no melanoma, and what is in situ (rulings 14 and 24)."""
    excluded = filtered(SETS["active-cancer"], "exclude", SNOMED)
    assert excluded.keys() >= {"254701007", "254651007", "109355002", "189758001"}


def test_what_has_a_row_of_its_own_below_a_prefix_is_excluded() -> None:
    """Z85.828 is skin cancer and wins over Z85 (ruling 61)."""
    found = SETS["cancer-history"]
    assert "Z85" in filtered(found, "include", CM)
    assert "Z85.828" in listed(found, "exclude", CM)
    assert "Z85.828" in listed(SETS["nmsc-history"], "include", CM)


def test_injuries_are_limited_to_their_first_treatment() -> None:
    """Ruling 39: 7th character A, B, C or none, as a regular expression beside the filter."""
    found = SETS["limb-fracture"]
    assert filtered(found, "include", CM)["S82"] == ["is-a", "regex"]


def test_unspecific_codes_stand_apart() -> None:
    """M79.89 counts in company only; it is in no set that an integrator would use alone."""
    assert "M79.89" in listed(SETS["leg-swelling-weak"], "include", CM)
    assert "M79.89" not in listed(SETS["leg-swelling"], "include", CM)
    assert "only in company" in SETS["leg-swelling-weak"]["description"]


def test_codes_of_the_us_extension_name_their_edition() -> None:
    """An International server is not asked for them unawares."""
    found = list(parts(SETS["cancer-history"], "include", SNOMED))
    (extension,) = (part for part in found if "version" in part)
    assert extension["version"] == "http://snomed.info/sct/731000124108"
    codes = {concept["code"] for concept in extension["concept"]}
    assert codes == {"550991000124107", "551001000124108"}


def test_older_forms_may_be_inactive() -> None:
    """Value sets keep codes that an edition has retired, since records still hold them."""
    assert {found["compose"]["inactive"] for found in SETS.values()} == {True}
    assert "266267005" in listed(SETS["current-dvt"], "include", SNOMED)


def test_displays_are_given_where_the_terms_allow() -> None:
    """GPS, LOINC, ICD-10-CM and RxNorm; ids alone for the rest of SNOMED CT, WHO, ATC, ICPC-2."""
    shown = {
        (part["system"], concept["code"])
        for found in SETS.values()
        for part in found["compose"]["include"]
        for concept in part.get("concept", ())
        if "display" in concept
    }
    free = {SNOMED, CM, ADDRESSES["loinc"], "http://www.nlm.nih.gov/research/umls/rxnorm"}
    assert {system for system, _ in shown} == free
    gps = {row["code"] for row in ROWS if "SNOMED GPS" in row["confirmed_by"]}
    assert {code for system, code in shown if system == SNOMED} <= gps


def test_every_set_carries_the_notices_of_its_systems() -> None:
    """SNOMED CT and LOINC ask for theirs."""
    for found in SETS.values():
        systems = {part["system"] for part in found["compose"]["include"]}
        assert (SNOMED in systems) is ("SNOMED International" in found.get("copyright", ""))
        assert (ADDRESSES["loinc"] in systems) is ("LOINC" in found.get("copyright", ""))


def covers(found: Any, kind: str, code: str) -> bool:
    """Whether the ICD-10-CM part of a value set reaches a code, as a server would read it."""
    if code in listed(found, kind, CM):
        return True
    return any(
        code.startswith(root) and ("regex" not in ops or code[7:8] in ("", "A", "B", "C"))
        for root, ops in filtered(found, kind, CM).items()
    )


def test_the_sets_say_what_the_service_does() -> None:
    """Every billable ICD-10-CM code near our rows is in exactly the sets that it feeds."""
    roots = {row["code"][:3] for row in ROWS if row["system"] == "icd10cm"}
    codes = [
        code
        for root in sorted(roots)
        if cm.is_valid_item(root)
        for code in cm.get_descendants(root)
        if cm.is_leaf(code)
    ]
    assert len(codes) > 5_000
    sets = {name: found for name, found in SETS.items() if any(parts(found, "include", CM))}
    wrong = []
    for code in codes[::5]:
        meaning = LIBRARY.codes.meaning(CM, code)
        fed = {(f, s) for f, s in meaning.findings} if meaning else set()
        ids = {
            f.replace(":", "-").replace("_", "-") + ("-weak" if s is Strength.WEAK else "")
            for f, s in fed
        }
        found = {
            name
            for name, one in sets.items()
            if covers(one, "include", code) and not covers(one, "exclude", code)
        }
        if {name for name in found if not name.startswith(("site-", "qualifier-"))} != ids:
            wrong.append((code, sorted(found ^ ids)))
    assert wrong == []


def test_the_bundle_is_built_and_checked(run: Run, tmp_path: Path) -> None:
    """For CI: nothing is written with --check, and status 2 tells that the file is out of date."""
    folder = tmp_path / "cards"
    shutil.copytree(content_folder(), folder)
    built = folder / "_codes" / BUILT
    assert run("terminology", "build", folder, "--check").code == 0
    built.write_text("{}", encoding="utf-8")
    ended = run("terminology", "build", folder, "--check")
    assert ended.code == 2
    assert "out of date; run legpain-cds terminology build" in ended.err
    assert built.read_text(encoding="utf-8") == "{}"
    assert run("terminology", "build", folder).code == 0
    assert built.read_bytes() == FILE.read_bytes()


def test_words_that_are_missing_are_told(run: Run, tmp_path: Path) -> None:
    """The words of the resources are content too."""
    folder = tmp_path / "cards"
    shutil.copytree(content_folder(), folder)
    words = folder / "_codes" / "published.toml"
    text = words.read_text(encoding="utf-8")
    words.write_text(text.replace("publisher =", "publishers ="), encoding="utf-8")
    ended = run("terminology", "build", folder)
    assert ended.code == 2
    assert "cards/_codes/published.toml: publisher: this key is required" in ended.err
