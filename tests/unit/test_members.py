"""Which row speaks for a code that only a terminology server lists."""

import pytest

from cds_service.clinical.fact import Strength
from cds_service.clinical.side import Side
from cds_service.content.codes import CodeBook, Meaning, Reads, Systems
from cds_service.content.terminology.members import members_of
from cds_service.content.terminology.table import CodeRow

URN = "urn:snomed"
LEG, FOOT, CALF, ANKLE, EDEMA = "100", "110", "120", "130", "140"
CANCER, SKIN, BREAST = "200", "210", "220"
NEW = "999"
DISPLAYS = {LEG: "Pain in lower limb", NEW: "Pain in left heel"}


def row(code: str, sets: str, match: str = "descendants", **more: object) -> CodeRow:
    """A row of the table, strong and with descendants unless told otherwise."""
    given = {"strength": "strong"} | more
    strength = str(given.pop("strength"))
    minus = tuple(str(given.pop("minus", "")).split())
    return CodeRow(
        "snomed", code, DISPLAYS.get(code, ""), match, strength, tuple(sets.split()), minus=minus
    )


def book(*rows: CodeRow, **below: str) -> CodeBook:
    """The code book of these rows; keywords `n100="100 999"` list what lies below a code."""
    known = Reads(own=frozenset(), readers=frozenset({"used"}))
    codes = CodeBook(rows, Systems({URN: "snomed"}, frozenset()), {}, known)
    listed = {
        name.removeprefix("n"): {code: DISPLAYS.get(code, "") for code in codes_below.split()}
        for name, codes_below in below.items()
    }
    return codes.with_members(members_of(codes, listed))


def meant(codes: CodeBook, code: str) -> Meaning | None:
    """The meaning of a SNOMED CT code."""
    return codes.meaning(URN, code)


def ids(codes: CodeBook, code: str = NEW) -> set[str]:
    """The findings a code feeds."""
    meaning = meant(codes, code)
    return set(meaning.ids) if meaning else set()


def test_a_descendant_feeds_what_its_row_feeds() -> None:
    """With the strength of the row, and the side that the server's display names."""
    codes = book(row(LEG, "leg_pain", strength="weak"), n100="100 999")
    meaning = meant(codes, NEW)
    assert meaning is not None
    assert meaning.findings == (("leg_pain", Strength.WEAK),)
    assert meaning.side is Side.LEFT


def test_without_a_server_only_the_row_itself_is_known() -> None:
    """Nothing is guessed from a code that no list holds."""
    codes = book(row(LEG, "leg_pain"))
    assert ids(codes, LEG) == {"leg_pain"}
    assert meant(codes, NEW) is None


def test_a_code_with_a_row_of_its_own_keeps_its_meaning() -> None:
    """Whatever lies above it, and also where it feeds nothing (ruling 23: foot pain)."""
    codes = book(
        row(LEG, "leg_pain"),
        row(NEW, "-", "exact", strength="context"),
        row(CALF, "calf_pain", "exact"),
        n100=f"{LEG} {NEW} {CALF}",
    )
    assert meant(codes, NEW) is None
    assert ids(codes, CALF) == {"calf_pain"}


def test_the_nearest_row_speaks() -> None:
    """As the longest code does in ICD: pain in the left calf is calf pain, not leg pain."""
    codes = book(
        row(LEG, "leg_pain"),
        row(CALF, "calf_pain"),
        n100=f"{LEG} {CALF} {NEW}",
        n120=f"{CALF} {NEW}",
    )
    assert ids(codes) == {"calf_pain"}


def test_below_a_context_row_nothing_is_said() -> None:
    """Pain in the heel lies below foot pain, which is context (ruling 23)."""
    codes = book(
        row(LEG, "leg_pain"),
        row(FOOT, "-", strength="context"),
        n100=f"{LEG} {FOOT} {NEW}",
        n110=f"{FOOT} {NEW}",
    )
    assert meant(codes, NEW) is None


def test_descendants_of_an_exact_row_below_a_root_follow_it() -> None:
    """Edema of the left ankle is as weak as ankle edema (ruling 21)."""
    codes = book(
        row(EDEMA, "leg_swelling"),
        row(ANKLE, "leg_swelling", "exact", strength="weak"),
        n140=f"{EDEMA} {ANKLE} {NEW}",
        n130=f"{ANKLE} {NEW}",
    )
    meaning = meant(codes, NEW)
    assert meaning is not None
    assert meaning.findings == (("leg_swelling", Strength.WEAK),)


def test_rows_that_do_not_lie_below_one_another_speak_together() -> None:
    """Ruling 61: the union; a context row among them removes nothing."""
    codes = book(
        row(LEG, "leg_pain"),
        row(CANCER, "active_cancer"),
        row(FOOT, "-", strength="context"),
        n100=f"{LEG} {NEW}",
        n200=f"{CANCER} {NEW}",
        n110=f"{FOOT} {NEW}",
    )
    assert ids(codes) == {"leg_pain", "active_cancer"}


def test_what_a_row_leaves_out_it_does_not_feed() -> None:
    """Ruling 14: below skin cancer no cancer, but what the row of skin cancer says."""
    codes = book(
        row(CANCER, "active_cancer", minus=SKIN),
        row(SKIN, "nmsc_history"),
        n200=f"{CANCER} {SKIN} {NEW}",
        n210=f"{SKIN} {NEW}",
    )
    assert ids(codes) == {"nmsc_history"}


def test_what_lies_beside_a_row_is_left_out_too() -> None:
    """Chronic thrombosis of a leg vein lies below two roots, neither of which is the other's."""
    codes = book(
        row(LEG, "current_dvt previous_dvt", minus="300"),
        row("300", "previous_dvt", "exact"),
        n100=f"{LEG} {NEW}",
        n300=f"300 {NEW}",
    )
    assert ids(codes) == {"previous_dvt"}


def test_a_row_below_leaves_out_what_its_root_leaves_out() -> None:
    """In situ is no cancer, also below a cancer that has a row of its own."""
    codes = book(
        row(CANCER, "active_cancer", minus=SKIN),
        row(BREAST, "active_cancer cancer_history", "exact"),
        row(SKIN, "-", strength="context"),
        n200=f"{CANCER} {BREAST} {SKIN} {NEW}",
        n220=f"{BREAST} {NEW}",
        n210=f"{SKIN} {NEW}",
    )
    assert meant(codes, NEW) is None


@pytest.mark.parametrize("code", [LEG, NEW])
def test_only_the_row_itself_can_be_denied(code: str) -> None:
    """No pain in the heel does not mean no pain in the leg; no pain in the leg does."""
    codes = book(row(LEG, "leg_pain"), n100=f"{LEG} {NEW}")
    meaning = meant(codes, code)
    assert meaning is not None
    assert ("leg_pain" in meaning.kind_of) is (code == NEW)


def test_a_reader_that_no_rule_uses_is_not_read_below_either() -> None:
    """A code that feeds only unused readers says nothing."""
    codes = book(row(LEG, "reader:unused"), n100=f"{LEG} {NEW}")
    assert meant(codes, NEW) is None


def test_members_of_a_code_without_a_row_say_nothing() -> None:
    """The meaning is that of our rows alone."""
    codes = book(row(LEG, "leg_pain"), n555=f"555 {NEW}")
    assert meant(codes, NEW) is None
