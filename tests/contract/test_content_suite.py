"""The content's own promises: reviewed and dated, readable, evidenced, with codes that hold."""

import re
import shutil
from pathlib import Path

import pytest

from cds_service.content.check_digits import slip_of
from cds_service.content.check_words import card_texts
from cds_service.content.history import history_slips
from cds_service.content.library import SERVICE
from cds_service.content.load import content_folder, load_library
from cds_service.content.pages import HISTORY
from cds_service.content.site.overlay import with_overlay

LIBRARY = load_library()
BANNED = {"dvt excluded", "no dvt", "low risk, no action", "normal d-dimer", "all clear"}
# What guidance on plain writing for professionals asks for: mostly short, never endless.
MOST_WORDS, MOST_ON_AVERAGE = 40, 20


def test_the_banned_words_stay_banned() -> None:
    """The list is content, but these may not leave it."""
    assert {phrase.words for phrase in LIBRARY.banned} >= BANNED
    assert all(phrase.because for phrase in LIBRARY.banned)


@pytest.mark.parametrize("card", sorted(LIBRARY.cards))
def test_a_card_is_written_in_short_sentences(card: str) -> None:
    """A busy reader takes in one sentence at a glance."""
    for where, text in card_texts(LIBRARY.cards[card]):
        if where.endswith("body"):
            plain = re.sub(r"[*_`]|^- ", "", text, flags=re.MULTILINE)
            lengths = [len(s.split()) for s in re.split(r"(?<=[.!?;:])\s+|\n+", plain) if s]
            assert max(lengths) <= MOST_WORDS
            assert sum(lengths) / len(lengths) <= MOST_ON_AVERAGE


def test_every_evidence_key_is_used_and_every_used_key_exists() -> None:
    """Across topics, notes, claims, treatments and disagreements, in both directions."""
    defined = {key for entries in LIBRARY.evidence.values() for key in entries}
    defined |= set(LIBRARY.literature.evidence)
    used: set[str] = set()
    for name, topic in LIBRARY.topics.items():
        used |= {key for number in topic.thresholds.values() for key in number.evidence}
        used |= {key for window in topic.windows.values() for key in window.evidence}
        for keys in LIBRARY.note_evidence[name].values():
            used |= set(keys)
        used |= set(LIBRARY.literature.cited(name))
    for card in LIBRARY.cards.values():
        used |= set(card.evidence)
        for wording in (card.us, *card.variant.values()):
            used |= set((wording.evidence if wording else None) or ())
    for window in LIBRARY.shared_windows.values():
        used |= set(window.evidence)
    assert used == defined


def test_codes_of_drafts_hold_their_check_digits() -> None:
    """A mistyped order code would order something else, or nothing."""
    for order in LIBRARY.orders.values():
        for coding in order.codings:
            system = LIBRARY.codes.system(coding.system)
            assert system, coding.system
            assert slip_of(system, coding.code) == ""


def test_every_topic_tells_its_history() -> None:
    """Version and last review of each topic with cards have their line, the newest last."""
    assert history_slips(LIBRARY, content_folder()) == ()


@pytest.fixture
def hip(tmp_path: Path) -> Path:
    """The history of one topic in a copy of the content."""
    root = Path(shutil.copytree(content_folder(), tmp_path / "cards"))
    return root / "hip" / HISTORY


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("", "no line for version 0.1.0; write each change as", id="no line"),
        pytest.param(
            "- 0.1.0, 2026-11-01: Begun.\n", "no line since the review of 2026-11-24", id="review"
        ),
        pytest.param(
            "- 0.1.0, 2026-11-24: Begun.\nChanged.\n", "line 2: not a line of a history", id="form"
        ),
        pytest.param(
            "- 0.1.0, 2026-11-24: Begun.\n- 0.1.0, 2026-13-01: x\n",
            "line 2: not a line of a history",
            id="no such day",
        ),
        pytest.param(
            "- 0.1.0, 2026-11-25: Begun.\n- 0.1.0, 2026-11-24: x\n",
            "line 2: lies before the line above",
            id="order",
        ),
    ],
)
def test_a_history_that_tells_too_little_is_named(hip: Path, text: str, sentence: str) -> None:
    """A moved review date needs its line, and so does a new version."""
    hip.write_text(text, encoding="utf-8")
    told = history_slips(LIBRARY, hip.parents[1])
    assert any(slip.startswith(f"cards/hip/HISTORY.md: {sentence}") for slip in told), told


def test_a_lost_history_is_named(hip: Path) -> None:
    """A topic with cards has one."""
    hip.unlink()
    assert history_slips(LIBRARY, hip.parents[1]) == ("cards/hip/HISTORY.md: the file is missing",)


def test_a_topic_of_a_site_keeps_the_shipped_history(tmp_path: Path) -> None:
    """A site's own review date is the site's own affair and asks for no line in cards/."""
    (tmp_path / "cards" / "hip").mkdir(parents=True)
    (tmp_path / "cards" / "hip" / "topic.toml").write_text("reviewed = 2027-01-01\n")
    assert with_overlay(LIBRARY, tmp_path).topics["hip"].reviewed.year == 2027
    assert history_slips(LIBRARY, content_folder()) == ()


def test_every_topic_with_cards_has_an_owner_who_is_named_or_missing_in_words() -> None:
    """Nobody reads an empty owner as a consent."""
    for name, topic in LIBRARY.topics.items():
        if name != SERVICE and not topic.signed_off:
            assert "unassigned" in topic.owner
