"""Slips of the pen in content files: what a person, an editor or a disk may do to one of them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hypothesis import strategies as st

from cds_service.content.load import content_folder

Spoil = Callable[[bytes, int], bytes | None]

_NUMBER = re.compile(rb"(?<![\w.-])\d+(?:\.\d+)?(?![\w.-])")
_QUOTED = re.compile(rb'"[^"\n]*"')
_WORD = re.compile(rb"[a-z]{4,}")
_KEY = re.compile(rb"^[a-z_]+ = ", re.MULTILINE)
_READ = {".toml", ".md", ".csv"}
_NEVER_READ = {"README.md", "HISTORY.md", "published.toml", "questionnaire.toml"}


def content_files() -> tuple[str, ...]:
    """The files that a start of the service reads."""
    root = content_folder()
    return tuple(
        sorted(
            path.relative_to(root).as_posix()
            for path in root.glob("*/*")
            if path.suffix in _READ and path.name not in _NEVER_READ
        )
    )


@dataclass(frozen=True, slots=True)
class Mutation:
    """One slip in one file, at one of the places where it is possible."""

    file: str
    kind: str
    place: int

    def spoil(self, root: Path) -> None:
        """Do it to a copy of the content."""
        path = root / self.file
        changed = KINDS[self.kind](path.read_bytes(), self.place)
        if changed is None:
            path.unlink()
        else:
            path.write_bytes(changed)


def mutations() -> st.SearchStrategy[Mutation]:
    """Any slip in any file."""
    places = st.integers(0, 10_000)
    return st.builds(
        Mutation, st.sampled_from(content_files()), st.sampled_from(sorted(KINDS)), places
    )


def _at(pattern: re.Pattern[bytes], new: Callable[[bytes], bytes]) -> Spoil:
    """Replace one of the places that match; the same bytes where there is none."""

    def spoil(body: bytes, place: int) -> bytes:
        found = list(pattern.finditer(body))
        if not found:
            return body
        hit = found[place % len(found)]
        return body[: hit.start()] + new(hit.group()) + body[hit.end() :]

    return spoil


def _in_lines(change: Callable[[list[bytes], int], list[bytes]]) -> Spoil:
    def spoil(body: bytes, place: int) -> bytes:
        lines = body.splitlines(keepends=True)
        return b"".join(change(lines, place % len(lines)))

    return spoil


def _swapped_numbers(body: bytes, place: int) -> bytes:
    found = list(_NUMBER.finditer(body))
    if len(found) < 2:
        return body
    one = place % (len(found) - 1)
    first, second = found[one], found[one + 1]
    between = body[first.end() : second.start()]
    swapped = second.group() + between + first.group()
    return body[: first.start()] + swapped + body[second.end() :]


KINDS: dict[str, Spoil] = {
    "line deleted": _in_lines(lambda lines, n: lines[:n] + lines[n + 1 :]),
    "line doubled": _in_lines(lambda lines, n: [*lines[: n + 1], *lines[n:]]),
    "lines exchanged": _in_lines(
        lambda lines, n: [*lines[:n], *reversed(lines[n : n + 2]), *lines[n + 2 :]]
    ),
    "key deleted": _at(_KEY, lambda _: b"# "),
    "key misspelled": _at(_KEY, lambda key: b"x" + key),
    "letters exchanged": _at(_WORD, lambda word: word[:1] + word[2:3] + word[1:2] + word[3:]),
    "quotes lost": _at(_QUOTED, lambda text: text[1:-1]),
    "text for a number": _at(_NUMBER, lambda number: b'"' + number + b'"'),
    "number for a text": _at(_QUOTED, lambda _: b"7"),
    "list for a text": _at(_QUOTED, lambda text: b"[" + text + b"]"),
    "text emptied": _at(_QUOTED, lambda _: b'""'),
    "text with a placeholder": _at(_QUOTED, lambda text: text[:-1] + b' {{ leg }}"'),
    "text half a placeholder": _at(_QUOTED, lambda text: text[:-1] + b' {{"'),
    "number negative": _at(_NUMBER, lambda number: b"-" + number),
    "number huge": _at(_NUMBER, lambda number: number + b"0" * 12),
    "number not a number": _at(_NUMBER, lambda _: b"nan"),
    "numbers exchanged": _swapped_numbers,
    "file cut": lambda body, place: body[: place % len(body)],
    "file emptied": lambda _body, _place: b"",
    "file lost": lambda _body, _place: None,
    "fence broken": lambda body, _place: body.replace(b"+++", b"---", 1),
    "byte order mark": lambda body, _place: b"\xef\xbb\xbf" + body,
    "Windows line ends": lambda body, _place: body.replace(b"\n", b"\r\n"),
    "old Macintosh line ends": lambda body, _place: body.replace(b"\n", b"\r"),
    "another encoding": lambda body, place: (
        body[: place % len(body)] + b"\xe9" + body[place % len(body) :]
    ),
    "two bytes a letter": lambda body, _place: body.decode("utf-8").encode("utf-16"),
    "a null byte": lambda body, place: (
        body[: place % len(body)] + b"\0" + body[place % len(body) :]
    ),
}
