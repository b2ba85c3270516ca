"""Loads a site's folder; whatever is wrong in it is told at once, before the service starts.

A sentence names the file, the row (group and element as counted from one, and the code) and the
remedy. `docs/site-mapping.md` explains the format.
"""

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec

from cds_service.content.check_digits import slip_of
from cds_service.content.codes import OWN
from cds_service.content.library import Library
from cds_service.content.site.concept_map import CONCEPT_MAP, ELEMENT, Element, Group
from cds_service.content.site.targets import TargetReader
from cds_service.content.site.translations import SiteMap, Translation
from cds_service.errors import SiteError

MAPS = "concept-maps"
_USED = ("draft", "active")


def load_site(folder: Path | None, library: Library) -> SiteMap:
    """The translations of every `concept-maps/*.json`, none without a folder.

    Raises SiteError with one sentence per problem.
    """
    if folder is None:
        return SiteMap()
    if not folder.is_dir():
        raise SiteError(
            (f"LEGPAIN_SITE: {folder} is not a folder; create it or unset LEGPAIN_SITE",)
        )
    reader = _Maps(library)
    digest = hashlib.sha256()
    for path in sorted((folder / MAPS).glob("*.json")):
        digest.update(path.name.encode() + b"\0" + reader.read(path))
    if reader.problems:
        raise SiteError(tuple(reader.problems))
    version = digest.hexdigest()[:12] if reader.rows else ""
    return SiteMap({key: row.translations for key, row in reader.rows.items()}, version)


def with_site(library: Library, site: SiteMap) -> Library:
    """The library, its version naming the site's maps too: they decide what a record says."""
    if not site.version:
        return library
    return replace(library, version=f"{library.version}+{site.version}")


@dataclass(frozen=True, slots=True)
class _Row:
    place: str
    translations: tuple[Translation, ...]


class _Maps:
    """Collects the rows and the problems of all files."""

    def __init__(self, library: Library) -> None:
        self.rows: dict[tuple[str, str], _Row] = {}
        self.problems: list[str] = []
        self._codes = library.codes
        self._targets = TargetReader(library)

    def read(self, path: Path) -> bytes:
        """Read one file; its bytes, so that they count for the version."""
        place = f"{MAPS}/{path.name}"
        try:
            body = path.read_bytes()
            found = CONCEPT_MAP.decode(body)
        except OSError as error:
            self._report(place, f"cannot be read ({error.strerror}); make it readable")
            return b""
        except msgspec.DecodeError as error:
            self._report(place, f"not a FHIR ConceptMap in JSON ({error}); mend or remove the file")
            return b""
        if found.resource_type != "ConceptMap":
            named = found.resource_type or "nothing"
            self._report(place, f"resourceType is {named}; only a ConceptMap belongs here")
        elif found.status not in _USED:
            named = found.status or "missing"
            self._report(place, f"status is {named}; make it active, or remove the file")
        elif not found.group:
            self._report(place, "no group; add the rows, or remove the file")
        else:
            for number, group in enumerate(found.group, start=1):
                self._group(f"{place}, group {number}", group)
        return body

    def _report(self, place: str, sentence: str) -> None:
        self.problems.append(f"{place}: {sentence}")

    def _group(self, place: str, group: Group) -> None:
        source = _unversioned(group.source)
        if not source or self._codes.system(source) == OWN:
            self._report(place, "source must be the address of your own code system; write it")
        target = _unversioned(group.target)
        if self._codes.system(target) != OWN:
            named = target or "missing"
            self._report(place, f"target is {named}; write {self._targets.own_address}")
        for number, raw in enumerate(group.element, start=1):
            try:
                element = ELEMENT.decode(raw)
            except msgspec.DecodeError as error:
                self._report(f"{place}, element {number}", f"not as FHIR writes it ({error})")
                continue
            code = element.code.strip() or "without code"
            self._element(f"{place}, element {number} ({code})", source, element)

    def _element(self, place: str, source: str, element: Element) -> None:
        if not element.code.strip():
            self._report(place, "code is missing; write the local code or remove the row")
            return
        if element.no_map and not element.target:
            return
        key = self._codes.key(source, element.code)
        held = self.rows.get(key)
        if held is not None:
            self._report(
                place, f"already mapped in {held.place}; keep one row, with one target per answer"
            )
            return
        if slip := slip_of(*key):
            self._report(place, slip)
        translations, slips = self._targets.read(source, element)
        for slip in slips:
            self._report(place, slip)
        self.rows[key] = _Row(place, translations)


def _unversioned(address: str) -> str:
    return address.partition("|")[0].strip()
