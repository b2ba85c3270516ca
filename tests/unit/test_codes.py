"""What a code means."""

import pytest

from cds_service.clinical.fact import Strength
from cds_service.clinical.side import Side
from cds_service.content.codes import CodeBook, Reads, Systems
from cds_service.content.terminology.table import CodeRow
from tests.unit.record import library

CM = "http://hl7.org/fhir/sid/icd-10-cm"
WHO = "http://hl7.org/fhir/sid/icd-10"
SNOMED = "http://snomed.info/sct"
LOINC = "http://loinc.org"
OWN = "https://legpain-cds.github.io/fhir/CodeSystem/leg-pain-findings"


def ids(system: str, code: str) -> set[str]:
    """The findings a code feeds in the shipped tables."""
    meaning = library().codes.meaning(system, code)
    return set(meaning.ids) if meaning else set()


def side(system: str, code: str) -> Side:
    """The side a code names."""
    meaning = library().codes.meaning(system, code)
    assert meaning is not None
    return meaning.side


@pytest.mark.parametrize(
    "system",
    [
        pytest.param(CM, id="address"),
        pytest.param("urn:oid:2.16.840.1.113883.6.90", id="OID"),
        pytest.param(f" {CM} ", id="stray blanks"),
    ],
)
@pytest.mark.parametrize("code", ["M79.605", "m79.605", "M79605", "m79605", " M79.605 "])
def test_spellings_of_the_same_icd_code(system: str, code: str) -> None:
    """With or without dot, in either case, by address or OID: the same leg pain."""
    assert "leg_pain" in ids(system, code)
    assert side(system, code) is Side.LEFT


def test_who_codes_without_dot_are_read() -> None:
    """British lists write I801 for I80.1, which the WHO table calls deep vein thrombosis."""
    assert ids(WHO, "I801") == ids(WHO, "I80.1")
    assert "current_dvt" in ids(WHO, "I801")


def test_the_same_code_of_two_systems_means_two_things() -> None:
    """I80.3 is deep vein thrombosis in the WHO book and a superficial matter in ICD-10-CM."""
    assert "current_dvt" in ids(WHO, "I80.3")
    assert not {"current_dvt", "previous_dvt"} & ids(CM, "I80.3")


@pytest.mark.parametrize(
    ("system", "code"),
    [
        pytest.param("http://snomed.info/id", "449813001", id="foreign address"),
        pytest.param("", "449813001", id="no system"),
        pytest.param(SNOMED, "", id="no code"),
        pytest.param(SNOMED, "999999999", id="unknown code"),
        pytest.param(CM, "449813001", id="code of another system"),
        pytest.param(OWN, "SLR", id="own codes are spelled exactly"),
        pytest.param(OWN, "invented_finding", id="invented own code"),
        pytest.param(SNOMED, "44981300", id="part of a SNOMED code"),
    ],
)
def test_what_is_not_ours_says_nothing(system: str, code: str) -> None:
    """No guess is made from a code or system that the tables do not hold."""
    assert library().codes.meaning(system, code) is None


@pytest.mark.parametrize("finding", ["slr", "sij_faber", "entire_leg_swollen", "pvr_ml"])
def test_every_finding_id_is_a_code_of_our_own_system(finding: str) -> None:
    """An own code feeds exactly its finding, strongly."""
    meaning = library().codes.meaning(OWN, finding)
    assert meaning is not None
    assert meaning.findings == ((finding, Strength.STRONG),)


def book(*rows: tuple[str, str, str, str, str]) -> CodeBook:
    """A code book of rows (code, display, match, strength, sets) in one dotted system."""
    return CodeBook(
        [CodeRow("icd", c, d, m, s, tuple(x.split())) for c, d, m, s, x in rows],
        Systems({"urn:icd": "icd", "urn:own": "own"}, frozenset({"icd"})),
        {},
        Reads(own=frozenset({"leg_pain"}), readers=frozenset({"vital_sbp"})),
    )


def meant(codes: CodeBook, code: str) -> dict[str, Strength]:
    """Findings and strengths of a code."""
    meaning = codes.meaning("urn:icd", code)
    return dict(meaning.findings) if meaning else {}


def test_the_longest_matching_code_wins() -> None:
    """Skin cancer under Z85.828 is not swallowed by the prefix Z85."""
    codes = book(
        ("Z85", "history of cancer", "prefix", "strong", "cancer_history"),
        ("Z85.828", "other skin cancer", "prefix", "strong", "nmsc_history"),
    )
    assert set(meant(codes, "Z85.3")) == {"cancer_history"}
    assert set(meant(codes, "Z85.828")) == {"nmsc_history"}
    assert set(meant(codes, "Z85.8281")) == {"nmsc_history"}


def test_only_prefix_rows_match_longer_codes() -> None:
    """An exact row speaks of its own code alone."""
    codes = book(("M54.5", "low back pain", "exact", "strong", "low_back_pain"))
    assert set(meant(codes, "M54.5")) == {"low_back_pain"}
    assert meant(codes, "M54.50") == {}


def test_a_prefix_never_matches_a_shorter_or_neighboring_code() -> None:
    """M54 is not found through M54.4, nor M5 through M54."""
    codes = book(("M54.4", "lumbago with sciatica", "prefix", "strong", "radicular_pain"))
    assert meant(codes, "M54") == {}
    assert meant(codes, "M54.3") == {}
    assert meant(codes, "M5") == {}


def test_a_code_on_several_rows_feeds_the_union() -> None:
    """Ruling 61: findings add up, and one strong row makes the finding strong."""
    codes = book(
        ("M54.4", "lumbago with sciatica", "exact", "weak", "leg_pain"),
        ("M54.4", "lumbago with sciatica", "exact", "strong", "leg_pain low_back_pain"),
    )
    assert meant(codes, "M54.4") == {
        "leg_pain": Strength.STRONG,
        "low_back_pain": Strength.STRONG,
    }


def test_context_rows_feed_nothing_and_remove_nothing() -> None:
    """Ruling 61: a `-` or context row neither sets a finding nor takes one away."""
    codes = book(
        ("R15", "fecal incontinence", "exact", "context", "bowel_dysfunction"),
        ("R15", "fecal incontinence", "exact", "weak", "leg_pain"),
        ("R15", "fecal incontinence", "exact", "context", ""),
    )
    assert meant(codes, "R15") == {"leg_pain": Strength.WEAK}


def test_a_longer_row_that_feeds_nothing_stops_the_prefix() -> None:
    """A code listed as meaningless is not read through its parent."""
    codes = book(
        ("M79", "soft tissue", "prefix", "strong", "leg_pain"),
        ("M79.18", "myalgia, other site", "exact", "context", ""),
    )
    assert meant(codes, "M79.18") == {}
    assert set(meant(codes, "M79.6")) == {"leg_pain"}


def test_a_reader_that_no_rule_uses_is_not_read() -> None:
    """A code that feeds only unused readers says nothing; a used one is read even as context."""
    codes = book(
        ("X1", "weight", "exact", "strong", "reader:body_weight"),
        ("X2", "pressure", "exact", "context", "reader:vital_sbp"),
    )
    assert codes.meaning("urn:icd", "X1") is None
    assert set(meant(codes, "X2")) == {"reader:vital_sbp"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("M79.604", Side.RIGHT),
        ("M79.605", Side.LEFT),
        ("M79.606", Side.UNSPECIFIED),
        ("I82.411", Side.RIGHT),
        ("I82.412", Side.LEFT),
        ("I82.413", Side.BOTH),
        ("I82.419", Side.UNSPECIFIED),
        ("M54.31", Side.RIGHT),
        ("M54.32", Side.LEFT),
        ("M54.16", Side.UNSPECIFIED),
        ("R22.43", Side.BOTH),
        ("L03.115", Side.RIGHT),
        ("L03.116", Side.LEFT),
    ],
)
def test_the_side_of_an_icd_10_cm_code(code: str, expected: Side) -> None:
    """Right, left, bilateral and unspecified are told by the last character's meaning."""
    assert side(CM, code) is expected


@pytest.mark.parametrize(
    ("code", "basis"),
    [("48065-7", True), ("48067-3", True), ("48066-5", True), ("48058-2", True)],
)
def test_every_d_dimer_code_of_the_document_is_read(code: str, *, basis: bool) -> None:
    """Ruling 33: FEU codes 48065-7 and 48067-3, DDU codes 48066-5 and 48058-2."""
    assert ("reader:d_dimer" in ids(LOINC, code)) is basis


def test_what_a_code_denies() -> None:
    """`Not pregnant` denies pregnancy; `never injected` denies injecting."""
    not_pregnant = library().codes.meaning(SNOMED, "60001007")
    never = library().codes.meaning(SNOMED, "413096007")
    assert not_pregnant is not None
    assert never is not None
    assert not_pregnant.denied == {"pregnant"}
    assert never.denied == {"ivdu"}


def test_known_systems_are_told_from_foreign_ones() -> None:
    """A local code system is not one of ours."""
    codes = library().codes
    assert codes.known(SNOMED)
    assert codes.system("urn:oid:2.16.840.1.113883.6.96") == "snomed"
    assert not codes.known("urn:oid:1.2.3")
    assert codes.system("urn:oid:1.2.3") is None
