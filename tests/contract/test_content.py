"""The clinical content: what ships is sound, and every slip is refused in a sentence."""

import re
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cds_service.app import build_service
from cds_service.cli import main
from cds_service.content.fill import Template
from cds_service.content.library import SERVICE, Library
from cds_service.content.load import content_folder, load_library
from cds_service.content.models.card import CardFile, Wording
from cds_service.content.models.topic import SourceAttributes
from cds_service.errors import ContentError
from cds_service.settings import Settings

LIBRARY = load_library()
CARDS = sorted(LIBRARY.cards)
MOST = 139
# Phrases that no card may use (vascular.md, section 6).
BANNED = ("dvt excluded", "no dvt", "low risk, no action", "normal d-dimer", "all clear")
LINE = re.compile(r"(?<=: )line \d+: ")
Slip = Callable[[Path], None]


def in_file(name: str, old: str, new: str) -> Slip:
    """Replace the first occurrence in one file."""

    def change(root: Path) -> None:
        path = root / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} no longer holds {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    return change


def encoded(name: str, old: str, new: str, encoding: str) -> Slip:
    """Replace the first occurrence, and save the file in another encoding."""

    def change(root: Path) -> None:
        in_file(name, old, new)(root)
        path = root / name
        path.write_text(path.read_text(encoding="utf-8"), encoding=encoding)

    return change


def appended(name: str, text: str) -> Slip:
    """Add text at the end of one file."""

    def change(root: Path) -> None:
        with (root / name).open("a", encoding="utf-8") as file:
            file.write(text)

    return change


def without(name: str) -> Slip:
    """Remove one file."""
    return lambda root: (root / name).unlink()


def renamed(name: str, new: str) -> Slip:
    """Rename one file."""

    def change(root: Path) -> None:
        (root / name).rename(root / new)

    return change


NEW_ROW = """
[[row]]
id = "S9"
table = "SIJ"
situation = "nobody knows"
state = "sij-unknown"
"""
SECOND_VITALS = """
[windows.vital_signs]
hours = 12
meaning = "a second opinion"
allowed = [6, 48]
status = "policy"
evidence = []
"""
UNUSED_EVIDENCE = """
[EV-99]
citation = "Somebody, 2026"
claim = "Nothing."
year = 2026
kind = "study"
confirmed = "seen"
"""
SUMMARY = 'summary = "DVT likely ({{leg}})'
WELLS = "[thresholds.calf_difference]\nvalue = 3.0"

SLIPS = [
    pytest.param(
        in_file("dvt/topic.toml", 'meaning = "DVT likely', 'meening = "DVT likely'),
        "cards/dvt/topic.toml: thresholds.wells_likely.meening: this key is not known",
        id="unknown key",
    ),
    pytest.param(
        in_file("dvt/topic.toml", WELLS, WELLS.replace("3.0", "30.0")),
        "cards/dvt/topic.toml: thresholds.calf_difference: 30 is outside the allowed range 3 to 3",
        id="threshold out of range",
    ),
    pytest.param(
        in_file("dvt/topic.toml", "hours = 72", "hours = 720"),
        "cards/dvt/topic.toml: windows.exam_sign: 720 is outside the allowed range 36 to 144",
        id="window out of range",
    ),
    pytest.param(
        in_file("dvt/topic.toml", WELLS, WELLS.replace("3.0", '"three"')),
        "cards/dvt/topic.toml: thresholds.calf_difference.value: write a number without quotes",
        id="text instead of a number",
    ),
    pytest.param(
        in_file("dvt/topic.toml", 'title = "Suspected', "title = 7 # Suspected"),
        "cards/dvt/topic.toml: title: put the value in quotes",
        id="number instead of text",
    ),
    pytest.param(
        in_file("dvt/topic.toml", "next_review = 2027-11-23", 'next_review = "soon"'),
        "cards/dvt/topic.toml: next_review: write a date",
        id="text instead of a date",
    ),
    pytest.param(
        in_file("dvt/topic.toml", "owner =", "# owner ="),
        "cards/dvt/topic.toml: owner: this key is required",
        id="missing key",
    ),
    pytest.param(
        in_file("dvt/topic.toml", 'evidence = ["EV-01"]', 'evidence = ["EV-77"]'),
        "cards/dvt/topic.toml: thresholds.wells_likely: evidence EV-77 is not in evidence.toml",
        id="missing evidence of a threshold",
    ),
    pytest.param(
        in_file("dvt/topic.toml", 'evidence = ["EV-01"]', "evidence = []"),
        "cards/dvt/topic.toml: thresholds.wells_likely: a guideline value needs at least one",
        id="guideline value without evidence",
    ),
    pytest.param(
        in_file("dvt/dvt-likely.md", '"EV-08"', '"EV-78"'),
        "cards/dvt/dvt-likely.md: evidence EV-78: not in dvt/evidence.toml",
        id="missing evidence of a card",
    ),
    pytest.param(
        appended("dvt/evidence.toml", UNUSED_EVIDENCE),
        "cards/dvt/topic.toml: evidence EV-99 is defined in evidence.toml but used nowhere",
        id="unused evidence",
    ),
    pytest.param(
        in_file("dvt/dvt-likely.md", SUMMARY, 'summary = "DVT likely ({{side}})'),
        "cards/dvt/dvt-likely.md: placeholder side: dvt does not supply it",
        id="placeholder of another topic",
    ),
    pytest.param(
        in_file("dvt/dvt-likely.md", SUMMARY, 'summary = "DVT likely ({{limb}})'),
        "cards/dvt/dvt-likely.md: placeholder limb: not declared in _common/placeholders.toml",
        id="undeclared placeholder",
    ),
    pytest.param(
        in_file("_common/placeholders.toml", 'leg = "leg, side not recorded"', ""),
        "cards/dvt/dvt-likely.md: placeholder leg: not declared in _common/placeholders.toml",
        id="placeholder no longer declared",
    ),
    pytest.param(
        in_file("dvt/dvt-likely.md", SUMMARY, f"{SUMMARY}{'x' * 60}"),
        "cards/dvt/dvt-likely.md: summary: ",
        id="summary too long when filled",
    ),
    pytest.param(
        without("dvt/dvt-likely.md"),
        "cards/dvt/topic.toml: row D14: card dvt-likely has no file dvt-likely.md",
        id="missing card file",
    ),
    pytest.param(
        without("dvt/topic.toml"),
        "cards/dvt/topic.toml: the file is missing",
        id="missing topic file",
    ),
    pytest.param(
        without("_common/sources.toml"),
        "cards/_common/sources.toml: the file is missing",
        id="missing common file",
    ),
    pytest.param(
        without("_codes/terminology.csv"),
        "cards/_codes/terminology.csv: the file is missing",
        id="missing code table",
    ),
    pytest.param(
        appended("sij/topic.toml", NEW_ROW),
        "cards/sij/topic.toml: row S9: the service has no condition for it; ask an engineer",
        id="row without condition",
    ),
    pytest.param(
        in_file("sij/topic.toml", 'id = "S7"', 'id = "S17"'),
        "cards/sij/topic.toml: row S7: missing; the service has a condition for it",
        id="condition without row",
    ),
    pytest.param(
        in_file("sij/topic.toml", 'id = "S7"', 'id = "S6"'),
        "cards/sij/topic.toml: row S6: the id is used twice",
        id="row id used twice",
    ),
    pytest.param(
        in_file("leg_weakness/topic.toml", 'told_by = "handled_by"', 'told_by = "handlers"'),
        "cards/leg_weakness/topic.toml: row M1: told_by handlers is no group of this topic",
        id="told by an unknown group",
    ),
    pytest.param(
        in_file("sij/topic.toml", 'variant = "cannot-reach"', 'variant = "no-reach"'),
        "cards/sij/topic.toml: row S4-cannot-reach: card sij-two-of-four has no variant no-reach",
        id="unknown variant",
    ),
    pytest.param(
        in_file(
            "sij/topic.toml", 'card = "sij-mixed"\nindicator = "info"\n', 'card = "sij-mixed"\n'
        ),
        "cards/sij/topic.toml: row.8: row S6: card, indicator and tier belong together",
        id="card without indicator",
    ),
    pytest.param(
        in_file("dvt/dvt-likely.md", 'order = "us_leg_veins"', 'order = "us_arm_veins"'),
        "cards/dvt/dvt-likely.md: suggestion proximal-scan: order us_arm_veins is not in",
        id="unknown order",
    ),
    pytest.param(
        in_file("dvt/dvt-likely.md", 'source = "nice-ng158"', 'source = "nice-ng999"'),
        "cards/dvt/dvt-likely.md: source nice-ng999: not in _common/sources.toml",
        id="unknown source",
    ),
    pytest.param(
        in_file("dvt/dvt-likely.md", 'selection = "any"', ""),
        "cards/dvt/dvt-likely.md: the file: suggestions and selection belong together",
        id="suggestions without selection",
    ),
    pytest.param(
        in_file("dvt/topic.toml", "[thresholds.wells_likely]", "[thresholds.wells_likely"),
        "cards/dvt/topic.toml: not valid TOML: ",
        id="broken TOML",
    ),
    pytest.param(
        in_file("dvt/dvt-likely.md", "+++", "---"),
        "cards/dvt/dvt-likely.md: the front block must stand between two lines of +++",
        id="broken fence",
    ),
    pytest.param(
        in_file("dvt/dvt-likely.md", "summary =", "summary"),
        "cards/dvt/dvt-likely.md: the front block is not valid TOML: ",
        id="broken front block",
    ),
    pytest.param(
        in_file("_codes/findings.toml", 'fdr_spa = ["axspa_known"]', 'fdr_spa = ["axspa"]'),
        "cards/_codes/findings.toml: relatives.diseases: axspa is no finding",
        id="disease of a relative that is no finding",
    ),
    pytest.param(
        in_file("_common/triage.toml", '"dvt-likely", ', ""),
        "cards/_common/triage.toml: order.urgent: card dvt-likely has no place; add it",
        id="card missing in the order",
    ),
    pytest.param(
        in_file("_common/triage.toml", '"dvt-likely", ', '"dvt-likely", "dvt-certain", '),
        "cards/_common/triage.toml: order.urgent: no row shows card dvt-certain in this tier",
        id="order names no card",
    ),
    pytest.param(
        in_file("_common/triage.toml", '"dvt-likely", ', '"dvt-likely", "dvt-likely", '),
        "cards/_common/triage.toml: order: listed twice: dvt-likely",
        id="card twice in the order",
    ),
    pytest.param(
        in_file("_common/triage.toml", 'states = ["cauda-equina-ask"', 'states = ["ask"'),
        "cards/_common/triage.toml: defer cauda-equina-open: there is no row with the state ask",
        id="deferral by an unknown state",
    ),
    pytest.param(
        in_file("dvt/topic.toml", "[units]", f"{SECOND_VITALS}\n[units]"),
        "cards/dvt/topic.toml: windows.vital_signs: already set in _common/windows.toml",
        id="window set twice",
    ),
    pytest.param(
        in_file("dvt/notes.toml", "cancer-hint =", "cancer-tip ="),
        "cards/dvt/notes.toml: notes.cancer-hint: missing; the service may need this sentence",
        id="missing note",
    ),
    pytest.param(
        in_file("dvt/notes.toml", "[notes]\n", '[notes]\nsurplus = "Nobody says this."\n'),
        "cards/dvt/notes.toml: notes.surplus: the service never uses this sentence; remove it",
        id="unused note",
    ),
    pytest.param(
        in_file("dvt/notes.toml", "[evidence]\n", '[evidence]\nno-such-note = ["EV-01"]\n'),
        "cards/dvt/notes.toml: evidence.no-such-note: there is no such note",
        id="evidence of a note that is not there",
    ),
    pytest.param(
        in_file("dvt/notes.toml", 'cancer-hint = ["EV-01"]', 'cancer-hint = ["EV-99"]'),
        "cards/dvt/notes.toml: evidence.cancer-hint: EV-99 is not in evidence.toml",
        id="note with evidence that is not there",
    ),
    pytest.param(
        renamed("dvt/dvt-likely.md", "dvt/dvt-probable.md"),
        "cards/dvt/dvt-probable.md: no decision row shows this card",
        id="card that no row shows",
    ),
    pytest.param(
        in_file("_common/orders.toml", 'resource = "Task"', 'resource = "MedicationRequest"'),
        "cards/_common/orders.toml: task_wells_items.resource: ",
        id="order of a forbidden type",
    ),
    pytest.param(
        in_file(
            "_common/orders.toml",
            'system = "http://loinc.org", code = "39432-0"',
            'code = "39432-0"',
        ),
        "cards/_common/orders.toml: us_leg_veins.codings.0.system: this key is required",
        id="coding without system",
    ),
    pytest.param(
        in_file(
            "_common/orders.toml",
            'system = "http://loinc.org", code = "39432-0"',
            'system = "urn:example", code = " "',
        ),
        "cards/dvt/dvt-likely.md: suggestion proximal-scan is not valid FHIR",
        id="suggestion that is not valid FHIR",
    ),
    pytest.param(
        in_file("dvt/topic.toml", "[thresholds.calf_difference]", "[thresholds.calf_diference]"),
        "cards/dvt/topic.toml: thresholds.calf_difference",
        id="threshold that the rules need",
    ),
    pytest.param(
        in_file("_common/orders.toml", 'code = "39432-0"', 'code = "39432-1"'),
        "cards/_common/orders.toml: us_leg_veins: 39432-1: no valid LOINC code, its check digit",
        id="mistyped code of an order",
    ),
    pytest.param(
        in_file("sij/topic.toml", 'indicator = "info"', 'indicator = "urgent"'),
        "cards/sij/topic.toml: row.2.indicator: must be 'info', 'warning' or 'critical'",
        id="wrong indicator",
    ),
    pytest.param(
        in_file("_codes/terminology.csv", "202964000", "202964001"),
        "cards/_codes/terminology.csv: line ",
        id="unknown code",
    ),
    pytest.param(
        in_file("hip/hip.md", "Groin pain together", "<b>Groin</b> pain together"),
        "cards/hip/hip.md: body: HTML is not shown by every EHR",
        id="HTML in a card",
    ),
    pytest.param(
        in_file("hip/hip.md", "Groin pain together", "![hip](hip.png) pain together"),
        "cards/hip/hip.md: body: images are not shown by every EHR",
        id="image in a card",
    ),
    pytest.param(
        in_file("hip/hip.md", "Groin pain together", "| a | b |\n|---|---|\nGroin"),
        "cards/hip/hip.md: body: tables are not shown by every EHR",
        id="table in a card",
    ),
    pytest.param(
        in_file("hip/hip.md", "Groin pain together", "[Groin](https://example.org) pain"),
        "cards/hip/hip.md: body: cards link to their evidence page only",
        id="link in a card",
    ),
    pytest.param(
        in_file("hip/hip.md", "Groin pain together", "Paracetamol 1000 mg. Groin pain together"),
        "cards/hip/hip.md: body: a dose is never named here; leave it to the prescriber",
        id="dose in a card",
    ),
    pytest.param(
        in_file("dvt/dvt-unlikely.md", 'short = "', 'short = "no DVT, '),
        "cards/dvt/dvt-unlikely.md: short: contains 'no dvt': what is not recorded is unknown",
        id="banned words",
    ),
    pytest.param(
        in_file("sij/notes.toml", "{{date}}", "{{day}}"),
        "cards/sij/notes.toml: notes.old-tests: placeholder day: nothing fills it here",
        id="placeholder of a note that nothing fills",
    ),
    pytest.param(
        in_file("_common/sentences.toml", "{{query}}: not", "{{queries}}: not"),
        "cards/_common/sentences.toml: footer.unread: placeholder queries: nothing fills it",
        id="placeholder of a sentence that nothing fills",
    ),
    pytest.param(
        in_file("hip/hip.md", 'label = "Record', 'label = "{{side}} Record'),
        "cards/hip/hip.md: suggestion hip-examination: placeholder side: nothing fills it here",
        id="placeholder in a suggestion",
    ),
    pytest.param(
        in_file("hip/topic.toml", 'title = "', 'title = "Hip"\ntitle = "'),
        "cards/hip/topic.toml: not valid TOML: Cannot overwrite a value",
        id="key written twice",
    ),
    pytest.param(
        encoded("hip/hip.md", "Groin pain together", "Groin pain \u2013 together", "cp1252"),
        "cards/hip/hip.md: not in UTF-8; save it anew as UTF-8",
        id="not in UTF-8",
    ),
    pytest.param(
        in_file("_common/placeholders.toml", 'leg = "leg, side not recorded"', "leg = 3"),
        "cards/_common/placeholders.toml: leg: put the value in quotes",
        id="placeholder without a longest value",
    ),
    pytest.param(
        in_file("hip/topic.toml", "next_review = 2027-11-24", "next_review = 2025-11-24"),
        "cards/hip/topic.toml: next_review: lies before the review of 2026-11-24",
        id="next review before the review",
    ),
    pytest.param(
        in_file("dvt/topic.toml", "[windows.exam_sign]", "[windows.exam_sings]"),
        "cards/dvt/topic.toml: windows.exam_sign",
        id="window that the rules need",
    ),
    pytest.param(
        in_file("sij/topic.toml", "\nw5 = ", "\nw6 = "),
        "cards/sij/topic.toml: groups.w5",
        id="group that the rules need",
    ),
    pytest.param(
        in_file("sij/topic.toml", '"sij_faber"]', '"sij_fabre"]'),
        "cards/sij/topic.toml: groups.",
        id="group that names an unknown finding",
    ),
]


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the shipped content that may be spoiled."""
    return Path(shutil.copytree(content_folder(), tmp_path / "cards"))


def problems(root: Path) -> tuple[str, ...]:
    """What a start with this content says before it refuses."""
    with pytest.raises(ContentError) as refused:
        build_service(Settings(profile="demo", database_url="sqlite://", cards=root))
    return refused.value.problems


@pytest.mark.parametrize(("slip", "sentence"), SLIPS)
def test_a_slip_is_refused_in_a_sentence(copied: Path, slip: Slip, sentence: str) -> None:
    """The start names file, key and what is wrong; nothing is served."""
    slip(copied)
    told = problems(copied)
    assert any(LINE.sub("", problem).startswith(sentence) for problem in told), "\n".join(told)
    assert all(problem.startswith("cards/") and "\n" not in problem for problem in told)


@pytest.mark.parametrize(("slip", "sentence"), SLIPS)
def test_assess_refuses_spoiled_content_before_doing_anything(
    copied: Path,
    slip: Slip,
    sentence: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The command ends with the sentences on standard error and no card."""
    slip(copied)
    monkeypatch.setenv("LEGPAIN_CARDS", str(copied))
    monkeypatch.setattr(sys, "argv", ["legpain-cds", "assess", str(copied)])
    with pytest.raises(SystemExit) as ended:
        main()
    captured = capsys.readouterr()
    assert ended.value.code == 2
    assert captured.out == ""
    assert sentence.partition(": ")[0] in captured.err
    assert "Traceback" not in captured.err


def test_all_slips_are_told_at_once(copied: Path) -> None:
    """One start shows everything that is wrong."""
    in_file("dvt/topic.toml", 'meaning = "DVT likely', 'meening = "DVT likely')(copied)
    in_file("sij/topic.toml", "owner =", "# owner =")(copied)
    assert {problem.partition(":")[0] for problem in problems(copied)} == {
        "cards/dvt/topic.toml",
        "cards/sij/topic.toml",
    }


def test_the_version_changes_with_any_file(copied: Path) -> None:
    """Cards tell which content they were written from."""
    assert load_library(copied).version == LIBRARY.version
    appended("dvt/HISTORY.md", "\nA word.\n")(copied)
    assert load_library(copied).version != LIBRARY.version


def texts(card: CardFile) -> Iterator[CardFile | Wording]:
    """A card's own words and all that may replace them."""
    yield card
    yield from (wording for wording in (card.us, *card.variant.values()) if wording)


@pytest.mark.parametrize("card", CARDS)
def test_a_summary_has_fewer_than_140_characters_whatever_it_is_filled_with(card: str) -> None:
    """CARD-1, with the longest declared value of every placeholder."""
    for wording in texts(LIBRARY.cards[card]):
        filled = Template.compile(wording.summary or "").fill(LIBRARY.placeholders)
        assert len(filled) <= MOST


@pytest.mark.parametrize("card", CARDS)
def test_no_card_uses_a_banned_phrase(card: str) -> None:
    """Absence is never concluded, and nobody is told to relax."""
    for wording in texts(LIBRARY.cards[card]):
        said = f"{wording.summary} {wording.body}".lower()
        assert not [phrase for phrase in BANNED if phrase in said.replace("not an all-clear", "")]


def test_no_shared_sentence_uses_a_banned_phrase() -> None:
    """Notes and shared sentences keep the same rule."""
    said = [note for notes in LIBRARY.notes.values() for note in notes.values()]
    said += [str(value) for value in _leaves(LIBRARY.sentences)]
    assert not [text for text in said if any(phrase in text.lower() for phrase in BANNED)]


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _leaves(item)
    else:
        yield value


@pytest.mark.parametrize("card", CARDS)
def test_every_card_cites_evidence(card: str) -> None:
    """At least one citation behind each wording; messages of the service itself excepted."""
    if LIBRARY.topic_of_card[card] == SERVICE:
        return
    for wording in texts(LIBRARY.cards[card]):
        assert wording.evidence is None or wording.evidence
    assert LIBRARY.cards[card].evidence


@pytest.mark.parametrize("card", CARDS)
def test_every_card_names_a_public_source(card: str) -> None:
    """The source has a label and an address that opens in a browser."""
    for wording in texts(LIBRARY.cards[card]):
        if wording.source:
            source = LIBRARY.sources[wording.source]
            assert source.label
            assert source.url.startswith(("https://", "{{public_url}}", "{{ public_url }}"))


@pytest.mark.parametrize("topic", sorted(LIBRARY.topics))
def test_every_topic_states_where_it_comes_from(topic: str) -> None:
    """All source attributes are given, the folder is the id, the review lies after the release."""
    file = LIBRARY.topics[topic]
    given = file.source_attributes.model_dump()
    assert set(given) == set(SourceAttributes.model_fields)
    assert all(str(value).strip() for value in given.values())
    assert file.id == topic
    assert file.released <= file.reviewed < file.next_review


def test_there_is_no_program_among_the_content() -> None:
    """Clinicians read all of cards/ without reading Python; JSON is FHIR."""
    kinds = {path.suffix for path in content_folder().rglob("*") if path.is_file()}
    assert kinds <= {".toml", ".md", ".csv", ".json"}


ROWS = [
    pytest.param(topic, row, id=f"{topic}-{row.id}")
    for topic, file in sorted(LIBRARY.topics.items())
    for row in file.row
    if row.card
]
DVT_CRITICAL = {"dvt-likely", "dvt-likely-pending-alt", "dvt-d-dimer-positive"}


@pytest.mark.parametrize(("topic", "row"), ROWS)
def test_tier_and_indicator_follow_the_design(topic: str, row: object) -> None:
    """Critical is emergency except three DVT cards; warnings are urgent; DVT info is urgent."""
    card, indicator, tier = (getattr(row, name) for name in ("card", "indicator", "tier"))
    if indicator == "critical":
        assert tier == ("urgent" if card in DVT_CRITICAL else "emergency")
    elif indicator == "warning":
        assert tier == "urgent"
    elif topic != "dvt":
        assert tier == "routine"


def test_the_three_dvt_cards_are_critical() -> None:
    """Design decision 2: the next step is a scan within four hours."""
    indicators = {row.card: row.indicator for row in LIBRARY.topics["dvt"].row}
    assert {indicators[card] for card in DVT_CRITICAL} == {"critical"}


def test_every_suggestion_is_a_draft_request_or_task() -> None:
    """Nothing is prescribed: orders are ServiceRequests or Tasks."""
    assert {order.resource for order in LIBRARY.orders.values()} == {"ServiceRequest", "Task"}


PRESELECTED_WARNINGS = {"dvt-pregnancy"}


@pytest.mark.parametrize("card", sorted(LIBRARY.cards))
def test_at_most_one_suggestion_is_recommended_and_only_where_it_is_urgent(card: str) -> None:
    """Design: nothing is preselected but one step of a critical card and of the pregnancy card."""
    indicators = {
        row.indicator for file in LIBRARY.topics.values() for row in file.row if row.card == card
    }
    recommended = [s.id for s in LIBRARY.cards[card].suggestion if s.recommended]
    assert len(recommended) <= 1
    if recommended and card not in PRESELECTED_WARNINGS:
        assert indicators == {"critical"}


@pytest.mark.parametrize(
    "code",
    [
        "alternative-diagnosis",
        "other-leg",
        "anticoagulated-or-goals-of-care",
        "not-my-patient",
        "wrong-data",
        "explained",
    ],
)
def test_the_override_reasons_of_the_design_exist(code: str) -> None:
    """One list of reasons; codes never change meaning."""
    assert code in {reason.code for reason in LIBRARY.reasons.reason}


@pytest.mark.parametrize(
    ("code", "topics"),
    [
        pytest.param("alternative-diagnosis", {"dvt"}, id="alternative diagnosis"),
        pytest.param("other-leg", {"dvt"}, id="other leg"),
        pytest.param("anticoagulated-or-goals-of-care", {"dvt"}, id="goals of care"),
        pytest.param(
            "unable-to-examine",
            {"cauda_equina", "spinal_metastasis", "leg_weakness", "radiculopathy", "sij"},
            id="unable to examine",
        ),
        pytest.param("already-done", set(), id="already done"),
        pytest.param("wrong-data", set(), id="wrong data"),
    ],
)
def test_a_reason_is_offered_where_it_can_be_true(code: str, topics: set[str]) -> None:
    """Who cannot examine says so wherever an examination is asked for; the rest fits any card."""
    (reason,) = (r for r in LIBRARY.reasons.reason if r.code == code)
    assert topics <= set(reason.topics)
    assert bool(topics) is bool(reason.topics)


def test_declared_longest_values_are_the_longest() -> None:
    """The first deciding item of a summary never outgrows what its length was checked with."""
    groups = LIBRARY.rulebook.topics["dvt"].groups
    longest = max(len(LIBRARY.display(item)) for item in groups["deciding_order"])
    alternative = len(LIBRARY.display("alternative_diagnosis_as_likely"))
    assert max(longest, alternative) <= len(LIBRARY.placeholders["first_item"])


@pytest.mark.parametrize("topic", sorted(LIBRARY.topics))
def test_every_topic_keeps_its_history(topic: str) -> None:
    """What changed, when and why stands beside each clinical topic."""
    if LIBRARY.topics[topic].row and any(row.card for row in LIBRARY.topics[topic].row):
        clinical = topic != SERVICE
        assert not clinical or (content_folder() / topic / "HISTORY.md").is_file()


def test_the_library_is_the_shipped_folder(library_of_default: Library) -> None:
    """Without a setting the content beside the package is used."""
    assert library_of_default.version == LIBRARY.version


@pytest.fixture
def library_of_default() -> Library:
    """What a process without settings loads."""
    return build_service(Settings(profile="demo", database_url="sqlite://")).library
