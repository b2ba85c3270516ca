"""`{{ name }}` in content text: compiled once, filled with already formatted and escaped text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

_PLACEHOLDER = re.compile(r"\{\{\s*([a-z][a-z0-9_]*)\s*\}\}")


@dataclass(frozen=True, slots=True)
class Template:
    """Literal pieces and names in turn; `names` are the placeholders used."""

    pieces: tuple[str, ...]
    names: tuple[str, ...]

    @staticmethod
    @lru_cache(maxsize=8192)
    def compile(text: str) -> "Template":
        """Split the text at its placeholders; a text of the content is split only once."""
        parts = _PLACEHOLDER.split(text)
        return Template(pieces=tuple(parts[::2]), names=tuple(parts[1::2]))

    def fill(self, values: Mapping[str, str]) -> str:
        """The text with every placeholder replaced; raises KeyError for a missing value."""
        out = [self.pieces[0]]
        for name, piece in zip(self.names, self.pieces[1:], strict=True):
            out += (values[name], piece)
        return "".join(out)
