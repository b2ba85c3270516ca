"""Reads content files into their models; every slip is a sentence with file and key."""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from cds_service.content.lines import line_of
from cds_service.errors import ContentError

Model = TypeVar("Model", bound=BaseModel)

_FENCE = "+++"
_FENCES = 2
_ENCODING = "utf-8-sig"  # some editors begin a file with a byte order mark
_WITH_LINES = (".toml", ".md")
_AT_LINE = re.compile(r" \(at line (?P<line>\d+), column \d+\)$")
_REMEDIES = {
    "extra_forbidden": "this key is not known here; check its spelling",
    "missing": "this key is required",
    "string_type": "put the value in quotes",
    "float_type": "write a number without quotes",
    "int_type": "write a whole number without quotes",
    "bool_type": "write true or false without quotes",
    "tuple_type": "write a list",
    "model_type": "write a table of keys and values",
    "date_type": "write a date such as 2026-11-23 without quotes",
}


class ContentReader:
    """Collects the problems of all files, so that one start shows them all.

    `place` is put before the names of files in what is reported.
    """

    def __init__(self, root: Path, place: str = "cards/") -> None:
        self.root = root
        self.place = place
        self.problems: list[str] = []

    def report(self, path: Path | str, sentence: str, line: int | None = None) -> None:
        """Note a problem; `path` relative to the content folder.

        Without a line, it is that of what the sentence names before its colon, if that is found.
        """
        name = path.relative_to(self.root) if isinstance(path, Path) else Path(path)
        line = line or self._line(self.root / name, sentence.partition(": ")[0])
        at = f"line {line}: " if line else ""
        self.problems.append(f"{self.place}{name.as_posix()}: {at}{sentence}")

    def _line(self, path: Path, where: str) -> int | None:
        if path.suffix not in _WITH_LINES or not path.is_file():
            return None
        return line_of(path.read_text(encoding=_ENCODING, errors="replace"), where)

    def text(self, path: Path) -> str | None:
        """The text of a file, None after reporting why it cannot be read."""
        try:
            return path.read_text(encoding=_ENCODING)
        except FileNotFoundError:
            self.report(path, "the file is missing")
        except OSError as error:
            self.report(path, f"cannot be read ({error.strerror}); make it readable")
        except UnicodeDecodeError:
            self.report(path, "not in UTF-8; save it anew as UTF-8")
        return None

    def stop_if_broken(self) -> None:
        """Raise ContentError with every sentence so far."""
        if self.problems:
            raise ContentError(tuple(self.problems))

    def toml(self, path: Path) -> dict[str, Any]:
        """The parsed file, empty when it is missing or not TOML."""
        text = self.text(path)
        return {} if text is None else self._parsed(path, text) or {}

    def _parsed(self, path: Path, text: str, above: int = 0) -> dict[str, Any] | None:
        """TOML that stands below `above` lines of the file, None after reporting a slip."""
        try:
            return tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            found = _AT_LINE.search(str(error))
            line = int(found["line"]) + above if found else text.count("\n") + 1 + above
            what = "the front block is not valid TOML" if above else "not valid TOML"
            told = _AT_LINE.sub("", str(error)).removesuffix(" (at end of document)")
            self.report(path, f"{what}: {told}", line)
        except RecursionError:
            self.report(path, "not valid TOML: too deeply nested")
        return None

    def model(self, path: Path, kind: type[Model]) -> Model | None:
        """The file as a model, None after reporting what is wrong."""
        broken = len(self.problems)
        data = self.toml(path)
        if len(self.problems) > broken:
            return None
        return self.validate(path, kind, data)

    def table(self, path: Path, kind: type[Model]) -> dict[str, Model]:
        """A file of named entries, each validated by itself."""
        entries = {
            key: self.validate(path, kind, value, key) for key, value in self.toml(path).items()
        }
        return {key: entry for key, entry in entries.items() if entry is not None}

    def marked(self, path: Path, kind: type[Model], **known: str) -> Model | None:
        """A text: TOML between +++ lines, then the body in Markdown.

        `known` is what the file's place already tells, as the id of a card.
        """
        text = self.text(path)
        if text is None:
            return None
        lines = text.split("\n")
        fences = [number for number, line in enumerate(lines) if line == _FENCE]
        if fences[:1] != [0] or len(fences) != _FENCES:
            self.report(path, "the front block must stand between two lines of +++", 1)
            return None
        front, body = "\n".join(lines[1 : fences[1]]), "\n".join(lines[fences[1] + 1 :])
        data = self._parsed(path, front, above=1)
        if data is None:
            return None
        return self.validate(path, kind, {**data, **known, "body": body.strip()})

    def validate(
        self, path: Path, kind: type[Model], data: object, prefix: str = ""
    ) -> Model | None:
        """Validate parsed data; problems are reported with the key and a remedy."""
        try:
            return kind.model_validate(data)
        except ValidationError as error:
            for place, remedy in slips(error):
                where = ".".join(str(part) for part in (prefix, *place) if part != "")
                self.report(path, f"{where or 'the file'}: {remedy}")
        return None


def slips(error: ValidationError) -> Iterator[tuple[tuple[int | str, ...], str]]:
    """Where each slip of a file is, and what to do about it."""
    for slip in error.errors(include_url=False, include_context=False):
        said = slip["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
        told = _REMEDIES.get(slip["type"]) or said
        yield slip["loc"], told
