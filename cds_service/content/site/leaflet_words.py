"""A leaflet in a site's own words, which send a patient to help as early as the shipped ones."""

from collections.abc import Iterator
from pathlib import Path

from cds_service.content.check_leaflets import SAFETY_NET
from cds_service.content.files import ContentReader
from cds_service.content.leaflets import Leaflet, Leaflets, language_of, read_leaflet


def own_leaflet(reader: ContentReader, path: Path, leaflets: Leaflets) -> Iterator[Leaflet]:
    """The leaflet, unless it cannot be read; what it may not leave out is reported."""
    shipped = leaflets.by_topic[path.parent.name].get(language_of(path))
    if shipped is None:
        reader.report(path, f"no leaflet in {language_of(path)} ships; remove it")
    elif own := read_leaflet(reader, path, leaflets.words):
        for name in SAFETY_NET:
            kept = _lines(own, name, leaflets)
            for line in _lines(shipped, name, leaflets):
                if line not in kept:
                    reader.report(path, f"section {name}: {line!r} is missing; write it again")
        yield own


def _lines(leaflet: Leaflet, name: str, leaflets: Leaflets) -> list[str]:
    """What the section tells, line by line, with the shared passages in their places."""
    texts = (leaflets.text(leaflet, s) for s in leaflet.sections if s.id == name)
    return [line.strip() for text in texts for line in text.splitlines() if line.strip()]
