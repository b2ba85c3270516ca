"""The clinical book: only passing patients are printed, and every hole is named."""

from dataclasses import replace
from pathlib import Path

import pytest

from cds_service.content.book.findings import readings
from cds_service.content.book.markdown import some, table, text
from cds_service.content.book.topic_page import topic_page
from cds_service.content.load import load_library
from cds_service.ehr.stories import read_stories
from tests.book import patients as worked
from tests.book.book import FOLDER, Book, make_book
from tests.book.coverage import register, rulings
from tests.book.guards import Guard, guards
from tests.book.patients import FailingPatientError, Patient, worked_patients
from tests.book.records import story_record

LIBRARY = load_library()


@pytest.fixture(scope="module", name="patients")
def all_patients() -> tuple[Patient, ...]:
    """Every worked patient, run once."""
    return worked_patients()


@pytest.fixture(scope="module", name="book")
def whole_book() -> Book:
    """The book as `make book` would write it now."""
    return make_book()


def test_every_row_card_ruling_and_claim_is_covered(book: Book) -> None:
    """The coverage register has no hole."""
    assert book.holes == ()


def test_the_printed_book_is_up_to_date(book: Book) -> None:
    """What stands in docs/clinical-book is what content and tests say now; else run `make book`."""
    printed = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    assert printed.keys() == book.pages.keys()
    assert [name for name, page in book.pages.items() if printed[name] != page] == []


def test_a_failing_patient_is_never_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """One patient who gets other cards than demanded stops the whole book and is named."""
    story = next(story for story in read_stories() if story.name == "dvt-likely")
    record = replace(story_record(story), cards=("sij-examine/info",))
    noon = worked._noon(story)  # noqa: SLF001 - the instant of the story
    monkeypatch.setattr(worked, "_all", lambda: iter([(record, story.request, noon)]))
    with pytest.raises(FailingPatientError, match="dvt-likely: cards"):
        worked_patients()


def test_a_patient_told_for_another_reason_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The right card for the wrong reason does not pass either."""
    story = next(story for story in read_stories() if story.name == "dvt-likely")
    record = replace(story_record(story), states=("sij-supported",))
    noon = worked._noon(story)  # noqa: SLF001 - the instant of the story
    monkeypatch.setattr(worked, "_all", lambda: iter([(record, story.request, noon)]))
    with pytest.raises(FailingPatientError, match=r"states \['sij-supported'\] not reached"):
        worked_patients()


def test_every_vignette_and_story_is_worked(patients: tuple[Patient, ...]) -> None:
    """Each is there once, with what its record says and why."""
    ids = [patient.id for patient in patients]
    assert len(ids) == len(set(ids))
    assert {story.name for story in read_stories()} <= set(ids)
    assert all(patient.record.says and patient.record.why for patient in patients)


def test_what_nothing_reaches_is_a_hole() -> None:
    """Without patients and tests every row, card and ruling is named as not covered."""
    holes = register(LIBRARY, (), (), ()).holes
    assert "row dvt.D14: no worked patient reaches it, no test names it" in holes
    assert "card dvt-likely: no worked patient gets it" in holes
    assert all(f"ruling {number}: no test names it" in holes for number in range(1, 62))


def test_a_test_covers_a_row_only_by_a_name_of_its_own() -> None:
    """A state shared by two rows says nothing about either."""
    shared = Guard("tests/x.py::test_x", frozenset(), frozenset({"likely-certain", "age-unknown"}))
    holes = register(LIBRARY, (), (shared,), ()).holes
    assert not any("dvt.D14" in hole for hole in holes)
    assert any("dvt.D3a" in hole for hole in holes)


def test_the_rulings_are_all_told() -> None:
    """The 61 rulings are numbered without a gap, each with its title."""
    assert list(rulings()) == list(range(1, 62))
    assert all(rulings().values())


def test_tests_name_what_they_guard(tmp_path: Path) -> None:
    """Rulings are read from a test's own name, docstring and parameters, strings also elsewhere."""
    folder = tmp_path / "tests"
    folder.mkdir()
    (folder / "test_some.py").write_text(
        '"""Ruling 7 everywhere."""\n'
        'ROWS = ("D14", "D15")\n'
        '@pytest.mark.parametrize("x", [pytest.param(1, id="ruling 21: weak")])\n'
        "def test_ruling_3_and_more(x):\n"
        '    """Rulings 4, 5 and 6: so."""\n'
        "    assert ROWS\n"
        "def helper():\n"
        '    """Ruling 9 is no test."""\n',
        encoding="utf-8",
    )
    (found,) = guards(folder)
    assert found.test == "tests/test_some.py::test_ruling_3_and_more"
    assert found.rulings == {3, 4, 5, 6, 21}
    assert {"D14", "D15"} <= found.strings


def test_findings_know_their_readers() -> None:
    """Groups and rules both count; shared rules count for each topic that uses them."""
    known = {reading.id: reading for reading in readings(LIBRARY)}
    assert "sij" in known["sij_faber"].topics
    assert {"dvt", "pulmonary_embolism"} <= set(known["leg_swelling"].topics)
    assert known["leg_pain"].codes["icd10cm"] > 0


def test_a_topic_page_has_every_chapter(patients: tuple[Patient, ...]) -> None:
    """Criteria, rows, cards, numbers, patients, doubts, disagreements, treatments, claims."""
    page = topic_page(LIBRARY, "sij", [p.worked for p in patients], readings(LIBRARY))
    chapters = [line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")]
    assert chapters == [
        "Criteria",
        "Decision table",
        "Cards",
        "Sentences added when the chart calls for them",
        "Thresholds and windows",
        "Worked patients",
        "Local policy, and what was not verified",
        "Where sources disagree",
        "Treatments, with honest strength",
        "Claims of the source documents",
        "Evidence",
    ]
    assert "### sij-supported" in page
    assert "msk-v12" in page


def test_tables_hold_whatever_stands_in_them() -> None:
    """A border or a tag in a text changes no column; long lists say how long they are."""
    assert text("a | b\n<i>") == "a \\| b &lt;i>"
    assert table(("A",), [("x",)]) == ["| A |", "|---|", "| x |"]
    assert table(("A",), []) == []
    assert some(["a", "b", "c"], 2) == "a, b, and 1 more"
