"""What clinicians type: `content check`, `content render` and `content try`."""

import json
import re
import shutil
from html import escape
from pathlib import Path

import pytest

from cds_service.content.book.book import content_pages
from cds_service.content.book.printable import printable
from cds_service.content.lines import line_of
from cds_service.content.load import content_folder, load_library
from cds_service.ehr.stories import stories_folder
from cds_service.errors import ContentError
from tests.contract.command import Run
from tests.contract.test_content import in_file

LIBRARY = load_library()


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the shipped content, in use."""
    root = Path(shutil.copytree(content_folder(), tmp_path / "cards"))
    monkeypatch.setenv("LEGPAIN_CARDS", str(root))
    return root


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A site's folder, in use."""
    root = tmp_path / "site"
    (root / "cards" / "sij").mkdir(parents=True)
    (root / "cards" / "hip").mkdir()
    monkeypatch.setenv("LEGPAIN_SITE", str(root))
    return root


# ── check ────────────────────────────────────────────────────────────────────

PLACES = [
    pytest.param("dvt/topic.toml", ("days = 14\n", "days = 999\n"), "s.trigger]", id="window"),
    pytest.param("dvt/topic.toml", ("owner =", "ownr ="), "ownr =", id="unknown key"),
    pytest.param("dvt/topic.toml", ("= 500", '= "500"'), '= "500"', id="type"),
    pytest.param("sij/topic.toml", ('"S7"', '"S17"'), '"S17"', id="row without condition"),
    pytest.param("hip/topic.toml", ("= 2027", "2027"), "next_review 2027", id="broken TOML"),
    pytest.param("hip/hip.md", ("[[sugg", "[[[sugg"), "[[[sugg", id="broken front block"),
    pytest.param("hip/hip.md", ("({{side}})", "({{sides}})"), "({{sides}})", id="placeholder"),
    pytest.param("hip/hip.md", ('"EM-57"', '"EM-99"'), '"EM-99"', id="evidence of a card"),
    pytest.param("hip/hip.md", ("task_hip_ex", "task_ex"), 'id = "hip-ex', id="order"),
    pytest.param("_common/triage.toml", ('"dvt-likely", ', ""), "urgent = [", id="card order"),
    pytest.param("sij/notes.toml", ("old-tests", "old_tests"), "old_tests =", id="note"),
    pytest.param("_common/sentences.toml", ("{{query}}: n", "{{q}}: n"), "unread =", id="sentence"),
]


@pytest.mark.parametrize(("name", "change", "shown"), PLACES)
def test_a_slip_is_told_with_the_line_where_it_stands(
    copied: Path, name: str, change: tuple[str, str], shown: str
) -> None:
    """The line is that of the text that has to be mended, as an editor counts it."""
    in_file(name, *change)(copied)
    lines = (copied / name).read_text(encoding="utf-8").splitlines()
    wanted = next(number for number, line in enumerate(lines, start=1) if shown in line)
    with pytest.raises(ContentError) as refused:
        load_library(copied)
    assert any(p.startswith(f"cards/{name}: line {wanted}: ") for p in refused.value.problems)


@pytest.mark.parametrize(
    ("where", "line"),
    [
        pytest.param("a", 1, id="key"),
        pytest.param("t.b", 4, id="key of a table"),
        pytest.param("t.missing", 3, id="missing key: its table"),
        pytest.param("row.1.x", 9, id="second of a list of tables"),
        pytest.param("row B", 8, id="by id"),
        pytest.param("quoted.reader:x", 11, id="quoted key"),
        pytest.param("nothing", None, id="not there"),
        pytest.param("placeholder leg", 12, id="placeholder"),
    ],
)
def test_lines_are_found_by_key_and_by_id(where: str, line: int | None) -> None:
    """Keys inside a long text are no keys."""
    text = (
        'a = """\nb = 1 """\n[t]\nb = 2\n[[row]]\nid = "A"\n[[row]]\nid = "B"\nx = 1\n'
        '[quoted]\n"reader:x" = 1\ny = "{{ leg }}"\n'
    )
    assert line_of(text, where) == line


def test_content_check_uses_the_folders_in_use(run: Run, copied: Path, site: Path) -> None:
    """LEGPAIN_CARDS and LEGPAIN_SITE count as they do for the service."""
    in_file("hip/topic.toml", "owner =", "ownr =")(copied)
    assert "cards/hip/topic.toml: line " in run("content", "check").err
    in_file("hip/topic.toml", "ownr =", "owner =")(copied)
    (site / "cards" / "sij" / "topic.toml").write_text('off = ["sij-continue"]\n')
    ended = run("content", "check")
    assert ended.code == 0
    assert "Switched off: sij-continue." in ended.out


def test_files_that_are_built_must_be_up_to_date(run: Run, copied: Path) -> None:
    """What was built from other files is compared with them."""
    in_file("_codes/findings.toml", 'display = "', 'display = "Now ')(copied)
    ended = run("content", "check")
    assert ended.code == 2
    assert "out of date; run legpain-cds content questionnaire" in ended.err
    assert "out of date; run legpain-cds terminology build" in ended.err


def test_a_topic_due_for_review_fails_only_where_it_is_asked(run: Run, copied: Path) -> None:
    """The nightly run asks, the build does not."""
    in_file("hip/topic.toml", "next_review = 2027-11-24", "next_review = 2026-11-25")(copied)
    assert run("content", "check", "--on", "2026-11-25").code == 0
    ended = run("content", "check", "--due", "--on", "2026-11-25")
    assert ended.code == 1
    assert "hip: due for review since 2026-11-25" in ended.out
    assert "sij: due" not in ended.out
    ended = run("content", "check", "--due", "--on", "2026-11-24")
    assert ended.code == 0
    assert "No topic is due for review on 2026-11-24" in ended.out


def test_the_day_of_a_review_is_a_day(run: Run) -> None:
    """Anything else is told in a sentence."""
    ended = run("content", "check", "--due", "--on", "soon")
    assert ended.code == 2
    assert "--on soon: give a day such as 2026-11-23" in ended.err


# ── render ───────────────────────────────────────────────────────────────────


def test_the_book_shows_what_was_changed(
    run: Run, copied: Path, site: Path, tmp_path: Path
) -> None:
    """A clinician reads the own wording and what the site switched off, for every topic."""
    in_file("hip/hip.md", "Groin pain together", "Pain in the groin together")(copied)
    (site / "cards" / "sij" / "topic.toml").write_text('off = ["sij-continue"]\n')
    book = tmp_path / "book"
    assert run("content", "render", "--to", book).code == 0
    assert "Pain in the groin together" in (book / "hip.md").read_text(encoding="utf-8")
    assert "switched off here: info: [sij-continue]" in (book / "sij.md").read_text("utf-8")
    index = (book / "index.md").read_text(encoding="utf-8")
    assert "- sij-continue" in index
    assert all(f"({name})" in index for name in content_pages(LIBRARY) if name != "index.md")
    assert "Worked patients" not in index


def test_no_link_of_the_book_leads_nowhere() -> None:
    """Without tests there is no coverage page, and nothing points to one."""
    assert not [page for page in content_pages(LIBRARY).values() if "coverage.md" in page]


def test_the_printable_book_holds_every_page_and_its_links() -> None:
    """All topics in one HTML page; each link leads to a place on it, and text stays text."""
    spoiled = content_pages(LIBRARY) | {
        "hip.md": "# Hip\n\n<script>alert(1)</script> [DVT](dvt.md)"
    }
    page = printable(spoiled, LIBRARY.version)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    places = set(re.findall(r' id="([^"]+)"', page))
    within = set(re.findall(r'href="#([^"]+)"', page))
    assert {"index", "dvt", "sij", "dvt-decision-table"} <= places
    assert "dvt" in within
    assert within <= places
    for file in LIBRARY.topics.values():
        assert escape(file.purpose, quote=False) in page or file.id == "hip"


def test_the_book_is_written_anew_but_nothing_else_is_lost(run: Run, tmp_path: Path) -> None:
    """A folder with other files is refused and stays as it is."""
    assert run("content", "render", "--to", tmp_path / "book").code == 0
    assert run("content", "render", "--to", tmp_path / "book").code == 0
    (tmp_path / "book" / "thesis.md").write_text("mine")
    ended = run("content", "render", "--to", tmp_path / "book")
    assert ended.code == 2
    assert "holds thesis.md, which is no page; name an empty folder" in ended.err
    ended = run("content", "render", "--to", tmp_path / "book" / "hip.md")
    assert ended.code == 2
    assert "cannot be written" in ended.err


# ── try ──────────────────────────────────────────────────────────────────────


def test_a_patient_is_tried_with_reasons(run: Run) -> None:
    """The row in words, the card, what was found with its source, and what would change it."""
    ended = run("content", "try", "sij-continue")
    assert ended.code == 0
    situation = next(r.situation for r in LIBRARY.topics["sij"].row if r.id == "S8")
    assert f"Row S8: {situation} (state sij-continue)" in ended.out
    assert "Result: sij-continue (info)" in ended.out
    assert (
        "Found: thigh thrust positive · left · 10 Mar 2026 (observation) [Observation/" in ended.out
    )
    # thigh thrust is positive, distraction negative: one more of the best four makes two of four
    assert "Unknown: sacral thrust: not recorded if present: sij-two-of-four (info) [row S4]" in (
        ended.out
    )
    assert "Unknown, no change by itself: Gaenslen, FABER" in ended.out


def test_a_withheld_card_is_told_with_its_reason(run: Run) -> None:
    """SIJ waits for the leg veins, in the words of the content."""
    ended = run("content", "try", "dvt-before-sij", "--topic", "sij")
    assert ended.code == 0
    assert "withheld: Deferred until DVT is excluded: SIJ provocation tests." in ended.out
    assert "dvt: " not in ended.out


def test_a_patient_for_whom_nothing_opens_is_told_why(run: Run) -> None:
    """The gate's own row explains the silence."""
    ended = run("content", "try", "unrelated-chart")
    assert ended.code == 0
    assert "No topic opened. What was concluded: · gate: gate-silent" in ended.out


def test_a_trial_as_json(run: Run) -> None:
    """For programs: the same, one document per patient."""
    ended = run("content", "try", "sij-continue", "--json")
    (line,) = ended.lines
    told = json.loads(line)
    (topic,) = told["topics"]
    assert (topic["topic"], topic["row"], topic["card"]) == ("sij", "S8", "sij-continue")
    changes = {change["finding"]: change for change in topic["unknown"]}
    assert changes["sij_sacral_thrust"]["ifPresent"] == "sij-two-of-four (info) [row S4]"
    assert changes["sij_sacral_thrust"]["ifAbsent"] is None
    assert changes["sij_faber"]["ifPresent"] is None
    assert told["contentVersion"] == LIBRARY.version
    assert "differences" not in told


def test_a_change_is_compared_with_what_ships(run: Run, site: Path) -> None:
    """Both outcomes stand side by side, with the words of the card."""
    (site / "cards" / "sij" / "topic.toml").write_text('off = ["sij-continue"]\n')
    ended = run("content", "try", "sij-continue")
    assert "sij: with your change: no card: sij-continue is switched off here [row S8]" in ended.out
    assert "shipped: sij-continue (info) [row S8] SIJ tests (left): 1 positive" in ended.out
    ended = run("content", "try", "sij-continue", "--json")
    (difference,) = json.loads(ended.lines[0])["differences"]
    assert difference["topic"] == "sij"
    assert difference["now"] == ["no card: sij-continue is switched off here [row S8]"]
    ended = run("content", "try", "cauda-equina-suspected")
    assert "Your change makes no difference to this patient's cards." in ended.out


def test_other_words_are_shown_beside_the_shipped_ones(run: Run, site: Path) -> None:
    """Only the lines that differ, also where the card stays the same."""
    card = LIBRARY.cards["hip"]
    body = card.body.replace("Groin pain together with", "Pain in the groin with")
    (site / "cards" / "hip" / "hip.md").write_text(f"+++\n+++\n{body}", encoding="utf-8")
    ended = run("content", "try", "hip", "--json")
    (difference,) = json.loads(ended.lines[0])["differences"]
    (now,), (shipped,) = difference["now"], difference["shipped"]
    assert now.startswith("Pain in the groin with a painful")
    assert shipped.startswith("Groin pain together with a painful")


def test_a_file_may_be_tried_on_any_day(run: Run) -> None:
    """A hook request of one's own, looked at from another day."""
    request = stories_folder() / "dvt-likely" / "request.json"
    ended = run("content", "try", request, "--as-of", "2030-01-01")
    assert "as of 01 Jan 2030" in ended.out
    assert "dvt-likely (critical)" not in ended.out


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        pytest.param(("dvt-likly",), "did you mean dvt-likely", id="misspelled patient"),
        pytest.param(
            ("dvt-likely", "--topic", "svj"), "--topic svj: there is no such topic", id="topic"
        ),
    ],
)
def test_what_does_not_exist_is_told(run: Run, asked: tuple[str, ...], sentence: str) -> None:
    """With names that come near."""
    ended = run("content", "try", *asked)
    assert ended.code == 2
    assert sentence in ended.err


def test_a_patient_without_an_answer_fails(run: Run) -> None:
    """A lay user gets no cards; the command says so with exit status 1."""
    ended = run("content", "try", "lay-user")
    assert ended.code == 1
    assert "the user is a patient or relative: no cards" in ended.out
