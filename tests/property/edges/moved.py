"""The shipped content with one number changed, as a clinician changes it: in the file."""

import re
import shutil
from pathlib import Path

from cds_service.content.library import Library
from cds_service.content.load import content_folder, load_library


class MovedContent:
    """A copy of `cards/` in which one number at a time is moved."""

    def __init__(self, root: Path) -> None:
        self._root = root / "cards"
        shutil.copytree(content_folder(), self._root)

    def library(self, name: str, entry: str, key: str, value: float) -> Library:
        """The content with `key = value` under `[entry]` of one file, which is then restored."""
        file = self._root / name
        shipped = file.read_text(encoding="utf-8")
        line = re.compile(rf"(^\[{re.escape(entry)}\]\n(?:[^\[\n].*\n)*?{key} = )\S+", re.MULTILINE)
        changed, count = line.subn(rf"\g<1>{value:g}", shipped)
        assert count == 1, f"{name}: [{entry}] has no {key} of its own"
        file.write_text(changed, encoding="utf-8")
        try:
            return load_library(self._root)
        finally:
            file.write_text(shipped, encoding="utf-8")
