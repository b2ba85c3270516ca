"""Text of the record made safe for cards."""

import html
import unicodedata

import pytest

from cds_service.writing.markdown import plain, quoted, unlinked

LONGEST = 80


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("Apixaban 5 mg", "Apixaban 5 mg", id="plain"),
        pytest.param("  many \t blanks\n\nand lines  ", "many blanks and lines", id="white space"),
        pytest.param("a\N{NO-BREAK SPACE}b\N{IDEOGRAPHIC SPACE}c", "a b c", id="exotic blanks"),
        pytest.param("a\x00b\x1bc\x7fd", "abcd", id="control characters"),
        pytest.param("a\N{RIGHT-TO-LEFT OVERRIDE}b", "ab", id="direction override"),
        pytest.param("a\N{ZERO WIDTH SPACE}b\N{ZERO WIDTH JOINER}c", "abc", id="zero width"),
        pytest.param("a\N{WORD JOINER}b\ufeffc", "abc", id="word joiner and byte order mark"),
        pytest.param("a\ue000b", "ab", id="private use"),
        pytest.param("a\ud800b", "ab", id="lone surrogate"),
        pytest.param("Æther 膝 μg", "Æther 膝 μg", id="letters of any script"),
        pytest.param("", "", id="empty"),
    ],
)
def test_record_text_becomes_one_visible_line(text: str, expected: str) -> None:
    """Control, direction and zero-width characters go; white space collapses."""
    assert plain(text) == expected


def test_long_record_text_is_cut_with_an_ellipsis() -> None:
    """At most 80 characters; the cut is visible."""
    assert plain("x" * LONGEST) == "x" * LONGEST
    cut = plain("x" * (LONGEST + 1))
    assert len(cut) == LONGEST
    assert cut.endswith("…")


def test_quoted_text_stands_in_quotation_marks() -> None:
    """The reader sees that these are words of the record."""
    assert quoted("Apixaban") == "“Apixaban”"
    assert quoted("") == "“”"


@pytest.mark.parametrize("character", list("\\`*_{}[]()#+-.!|~:^=$%"))
def test_every_active_character_is_escaped(character: str) -> None:
    """Each character with a meaning in Markdown stands behind a backslash."""
    assert quoted(f"1{character}2") == f"“1\\{character}2”"


@pytest.mark.parametrize(
    ("character", "reference"),
    [("<", "&lt;"), (">", "&gt;"), ("&", "&amp;"), ('"', "&quot;"), ("'", "&#x27;")],
)
def test_what_html_reads_is_a_character_reference(character: str, reference: str) -> None:
    """A backslash means nothing to a client that takes the text for HTML; a reference does."""
    assert quoted(f"1{character}2") == f"“1{reference}2”"


@pytest.mark.parametrize("text", ["<b>", "</p", "<!--", "<?php", "&lt;b", "&#60;b"])
def test_a_tag_is_parted_too(text: str) -> None:
    """Read back as text and rendered as HTML once more, it still begins no tag."""
    assert html.unescape(quoted(text)).replace("\\", "").startswith(f"“{text[0]}\N{WORD JOINER}")


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example/x",
        "HTTP://evil.example",
        "ftp://evil.example",
        "mailto:someone@example.org",
        "www.evil.example",
        "WwW.evil.example",
        "someone@example.org",
        "xmpp:someone@example.org",
        "javascript:x",
        "//localhost/x",
        "evil.com/x",
    ],
)
def test_addresses_are_broken_by_a_word_joiner(text: str) -> None:
    """GFM links addresses after unescaping, so the address itself must not survive."""
    unescaped = quoted(text).replace("\\", "")
    assert "\N{WORD JOINER}" in unescaped
    for start in (
        "https://",
        "http://",
        "ftp://",
        "mailto:s",
        "xmpp:s",
        "javascript:x",
        "www.",
        "e@e",
        "//",
        "l.c",
    ):
        assert start not in unescaped.lower()


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("https://x", "https:\N{WORD JOINER}/\N{WORD JOINER}/x"),
        ("www.x", "www\N{WORD JOINER}.\N{WORD JOINER}x"),
        ("a@b", "a\N{WORD JOINER}@"),
        ("//x", "/\N{WORD JOINER}/x"),
        ("x.com", "x.\N{WORD JOINER}com"),
    ],
)
def test_the_joiner_stands_where_the_link_would_begin(text: str, broken: str) -> None:
    """After the scheme's colon, www, the first of two slashes, a dot; and before the at sign."""
    assert broken in quoted(text).replace("\\", "")


def test_only_our_own_word_joiner_is_invisible() -> None:
    """After stripping, the word joiner is the only format character left."""
    text = "www.x \N{RIGHT-TO-LEFT MARK}\N{ZERO WIDTH NON-JOINER} y@z"
    invisible = {char for char in quoted(text) if unicodedata.category(char) in ("Cf", "Cc")}
    assert invisible == {"\N{WORD JOINER}"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("apixaban 5 mg", "apixaban 5 mg"),
        ("apixaban 2.5 mg", "apixaban 2.5 mg"),
        ("see https://evil.example", "see https: / /evil. example"),
        ("WWW.evil.example", "WWW . evil. example"),
        ("a@evil.example", "a@ evil. example"),
        ("<b>x</b>", "< b>x< /b>"),
        ("&lt;b", "& lt;b"),
    ],
)
def test_a_summary_holds_no_link_and_no_tag(text: str, expected: str) -> None:
    """A summary is plain text, but a client may still link addresses in it, or render HTML."""
    assert unlinked(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5\" or 5'", "5” or 5’"),
        ("*a* _b_ ~~c~~ `d`", "a b c d"),
        ("apixaban [Eliquis](x)", "apixaban [Eliquis] (x)"),
    ],
)
def test_a_summary_holds_no_markup(text: str, expected: str) -> None:
    """It may be rendered as Markdown, or stand in an attribute between quotation marks."""
    assert unlinked(text) == expected


def test_numbers_stay_whole() -> None:
    """A decimal point, a fraction and a limit are nothing that a client would link."""
    assert quoted("<2.5 mg/mL 1:4") == "“&lt;2\\.5 mg/mL 1\\:4”"
