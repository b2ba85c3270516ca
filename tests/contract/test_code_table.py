"""A slip in the code table stops the start, with a sentence that names line, row and remedy."""

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from cds_service.content.load import content_folder, load_library
from cds_service.errors import ContentError
from tests.contract.command import Run

Row: TypeAlias = dict[str, str]
Slip: TypeAlias = Callable[[list[Row]], None]
TABLE = Path("_codes") / "terminology.csv"


def rows_of(path: Path) -> list[Row]:
    """The rows of a table."""
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


SHIPPED = rows_of(content_folder() / TABLE)


def at(code: str, role: str = "value") -> int:
    """Place of the only row of a code and role."""
    (place,) = (n for n, row in enumerate(SHIPPED) if (row["code"], row["role"]) == (code, role))
    return place


def place(code: str) -> str:
    """How a sentence names the row."""
    row = SHIPPED[at(code)]
    return f"line {at(code) + 2} ({row['finding_id']} {row['system']} {row['code']})"


def set_to(code: str, column: str, value: str, role: str = "value") -> Slip:
    """Another value in one cell."""

    def change(rows: list[Row]) -> None:
        rows[at(code, role)][column] = value

    return change


def added(code: str, **cells: str) -> Slip:
    """A copy of a row, at the end, with other cells."""

    def change(rows: list[Row]) -> None:
        rows.append(rows[at(code)] | cells)

    return change


LAST = len(SHIPPED) + 2
DVT, BREAST, CALF, ANKLE = "404223003", "254837009", "300954003", "26237000"

SLIPS = [
    pytest.param(
        set_to(DVT, "code", "404223004"),
        f"line {at(DVT) + 2} (dvt-leg snomed 404223004): no SNOMED CT concept, shape or check digit"
        " fails; copy the code anew",
        id="SNOMED check digit",
    ),
    pytest.param(
        set_to(DVT, "code", "4.04223E+08"), "no SNOMED CT concept, shape", id="spreadsheet"
    ),
    pytest.param(
        set_to(DVT, "code", "37436014"),
        "no SNOMED CT concept, shape or check digit fails",
        id="description id",
    ),
    pytest.param(
        set_to("48065-7", "code", "48065-8", role="code"),
        "loinc 48065-8): no LOINC code, shape or check digit fails; copy the code anew",
        id="LOINC check digit",
    ),
    pytest.param(
        set_to("M54.16", "code", "M5416"),
        "icd10cm M5416): the code has not the shape of its system; copy it anew, with its dot",
        id="ICD without its dot",
    ),
    pytest.param(set_to("B01AA03", "code", "B01AA3"), "has not the shape", id="ATC shape"),
    pytest.param(set_to("K93", "code", "Q93"), "has not the shape", id="ICPC shape"),
    pytest.param(set_to("11289", "code", "11289a"), "has not the shape", id="RxNorm shape"),
    pytest.param(
        set_to(BREAST, "system", "sct"),
        "system sct is not in systems.toml; correct or add it",
        id="unknown system",
    ),
    pytest.param(
        set_to(BREAST, "match", "children"),
        f"{place(BREAST)}: match children is not known; use exact, descendants, prefix, initial",
        id="unknown match",
    ),
    pytest.param(
        set_to(BREAST, "match", "prefix"),
        f"{place(BREAST)}: match prefix is only for icd10cm, icd10, atc; use exact",
        id="prefix on SNOMED",
    ),
    pytest.param(
        set_to("M54.16", "match", "descendants"),
        f"{place('M54.16')}: match descendants is only for snomed; use exact",
        id="descendants on ICD",
    ),
    pytest.param(
        set_to(BREAST, "role", "finding"),
        f"{place(BREAST)}: role finding is not known; use code, value, bodySite, order",
        id="unknown role",
    ),
    pytest.param(
        set_to(BREAST, "strength", "sure"),
        f"{place(BREAST)}: strength sure is not known; use strong, weak, context",
        id="unknown strength",
    ),
    pytest.param(
        set_to(BREAST, "strength", ""),
        f"{place(BREAST)}: strength missing is not known",
        id="missing strength",
    ),
    pytest.param(
        set_to(BREAST, "status", "retired"),
        f"{place(BREAST)}: status retired is not known; use nothing, historical",
        id="unknown status",
    ),
    pytest.param(
        set_to(BREAST, "display", " "), f"{place(BREAST)}: display is empty; write it", id="display"
    ),
    pytest.param(
        set_to(BREAST, "confirmed_by", ""),
        f"{place(BREAST)}: confirmed_by is empty; write it",
        id="missing source",
    ),
    pytest.param(
        set_to(BREAST, "finding_id", ""), "finding_id is empty; write it", id="missing group"
    ),
    pytest.param(
        set_to(BREAST, "sets", "active_cancers"),
        f"{place(BREAST)}: sets names active_cancers, which is not in findings.toml",
        id="unknown finding",
    ),
    pytest.param(
        set_to(BREAST, "sets", "readers:cancer"), "sets names readers:cancer", id="unknown kind"
    ),
    pytest.param(
        set_to(BREAST, "sets", "active_cancer active_cancer"),
        f"{place(BREAST)}: sets names active_cancer twice; keep it once",
        id="finding twice",
    ),
    pytest.param(
        set_to(BREAST, "sets", ""),
        f"{place(BREAST)}: sets is empty; write what the row feeds, or -",
        id="empty sets",
    ),
    pytest.param(
        set_to(BREAST, "sets", "- active_cancer"),
        f"{place(BREAST)}: sets mixes - with findings; keep one or the other",
        id="mixed sets",
    ),
    pytest.param(
        set_to(BREAST, "sets", "-"),
        f"{place(BREAST)}: a strong row feeds nothing; make it context, or write what it feeds",
        id="strong row without findings",
    ),
    pytest.param(
        set_to(BREAST, "edition", "us"),
        f"{place(BREAST)}: edition is us, but SNOMED International issued or publishes the code; "
        "write international",
        id="international code called US",
    ),
    pytest.param(
        set_to("550991000124107", "edition", "international"),
        "edition is international, but namespace 1000124 is the US extension; write us",
        id="US code called international",
    ),
    pytest.param(
        set_to("132281000119108", "edition", ""),
        "edition is missing, but only some editions know namespace 1000119; write some",
        id="missing edition",
    ),
    pytest.param(
        set_to("M54.16", "edition", "us"),
        f"{place('M54.16')}: edition is only for snomed; leave it empty",
        id="edition of another system",
    ),
    pytest.param(
        set_to(BREAST, "minus", "254701007"),
        f"{place(BREAST)}: minus is only for descendants; leave it empty",
        id="minus on an exact row",
    ),
    pytest.param(
        set_to(DVT, "minus", "73211009"),
        f"{place(DVT)}: minus names 73211009, which has no row of its own; add one",
        id="minus without a row",
    ),
    pytest.param(
        added(BREAST),
        f"line {LAST} (cancer-active snomed {BREAST}): stands already in line {at(BREAST) + 2}",
        id="duplicate row",
    ),
    pytest.param(
        added(BREAST, finding_id="other", strength="weak"),
        f"line {LAST} (other snomed {BREAST}): weak here, strong in line {at(BREAST) + 2}; "
        "decide for one",
        id="two strengths",
    ),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the content."""
    copied = tmp_path / "cards"
    shutil.copytree(content_folder(), copied)
    return copied


def write(folder: Path, rows: list[Row], columns: list[str]) -> None:
    """Save the table with these columns."""
    with (folder / TABLE).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def refused(folder: Path) -> tuple[str, ...]:
    """The sentences with which the content is refused."""
    with pytest.raises(ContentError) as error:
        load_library(folder)
    return error.value.problems


@pytest.mark.parametrize(("slip", "sentence"), SLIPS)
def test_a_slip_in_a_row_is_told(folder: Path, slip: Slip, sentence: str) -> None:
    """One slip, one sentence, with the line as a text editor counts it."""
    rows = rows_of(folder / TABLE)
    slip(rows)
    write(folder, rows, list(SHIPPED[0]))
    problems = [problem for problem in refused(folder) if sentence in problem]
    assert len(problems) == 1, refused(folder)
    assert problems[0].startswith("cards/_codes/terminology.csv: line ")


def test_all_slips_are_told_at_once(folder: Path) -> None:
    """Nobody has to start the service ten times to find ten slips."""
    rows = rows_of(folder / TABLE)
    set_to(BREAST, "display", "")(rows)
    set_to(CALF, "role", "x")(rows)
    set_to(ANKLE, "strength", "x")(rows)
    write(folder, rows, list(SHIPPED[0]))
    assert len(refused(folder)) == 3


@pytest.mark.parametrize("column", ["strength", "sets", "edition", "minus"])
def test_a_missing_column_is_told(folder: Path, column: str) -> None:
    """A table of an earlier version is not read as if the column were empty."""
    columns = [name for name in SHIPPED[0] if name != column]
    write(folder, rows_of(folder / TABLE), columns)
    assert refused(folder) == (f"cards/_codes/terminology.csv: column {column} is missing; add it",)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe\x00", b"PK\x03\x04"])
def test_a_file_that_is_no_table_is_told(folder: Path, body: bytes) -> None:
    """An empty file, another encoding, a spreadsheet saved under the table's name."""
    (folder / TABLE).write_bytes(body)
    assert refused(folder)
    assert all(told.startswith("cards/_codes/terminology.csv: ") for told in refused(folder))


def test_the_build_refuses_what_the_start_refuses(run: Run, folder: Path) -> None:
    """The command makes the same checks and ends with status 2."""
    rows = rows_of(folder / TABLE)
    set_to(DVT, "code", "404223004")(rows)
    write(folder, rows, list(SHIPPED[0]))
    before = (folder / "_codes" / "terminology-bundle.json").read_bytes()
    ended = run("terminology", "build", folder)
    assert ended.code == 2
    assert "(dvt-leg snomed 404223004): no SNOMED CT concept" in ended.err
    assert (folder / "_codes" / "terminology-bundle.json").read_bytes() == before
