"""Reads content files into their models; every slip is a sentence with file and key."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from cds_service.errors import ContentError

Model = TypeVar("Model", bound=BaseModel)

_FENCE = "+++"
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

    def report(self, path: Path | str, sentence: str) -> None:
        """Note a problem; `path` relative to the content folder."""
        name = path.relative_to(self.root) if isinstance(path, Path) else path
        self.problems.append(f"{self.place}{name}: {sentence}")

    def stop_if_broken(self) -> None:
        """Raise ContentError with every sentence so far."""
        if self.problems:
            raise ContentError(tuple(self.problems))

    def toml(self, path: Path) -> dict[str, Any]:
        """The parsed file, empty when it is missing or not TOML."""
        try:
            return tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            self.report(path, "the file is missing")
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            self.report(path, f"not valid TOML: {error}")
        return {}

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
        text = path.read_text(encoding="utf-8")
        if not text.startswith(_FENCE + "\n") or text.count(f"\n{_FENCE}\n") != 1:
            self.report(path, "the front block must stand between two lines of +++")
            return None
        front, _, body = text.removeprefix(_FENCE + "\n").partition(f"\n{_FENCE}\n")
        try:
            data = tomllib.loads(front)
        except tomllib.TOMLDecodeError as error:
            self.report(path, f"the front block is not valid TOML: {error}")
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
        told = _REMEDIES.get(slip["type"]) or slip["msg"].removeprefix("Value error, ")
        yield slip["loc"], told
