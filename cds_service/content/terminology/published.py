"""The FHIR R4 resources that others load: our CodeSystem, and a value set for all that codes feed.

One Bundle of type transaction, so that one POST brings everything to a terminology server.
"""

import json
from pathlib import Path
from typing import Any, TypeAlias

from cds_service.clinical.fact import Strength
from cds_service.content.codes import OWN
from cds_service.content.files import ContentReader
from cds_service.content.library import Library
from cds_service.content.models.codes import FindingModel
from cds_service.content.models.published import CodeSystemWords, PublishedFile
from cds_service.content.terminology.composed import Composer, ValueSetKey

BUILT = "terminology-bundle.json"
VALUE_SETS = "https://legpain-cds.github.io/fhir/ValueSet/"
_SOURCE = "published.toml"

Json: TypeAlias = dict[str, Any]


def build_bundle(library: Library, folder: Path) -> str:
    """The Bundle as JSON text. Raises ContentError when the words for it are not there."""
    reader = ContentReader(folder)
    words = reader.model(folder / "_codes" / _SOURCE, PublishedFile)
    reader.stop_if_broken()
    if words is None:
        message = "unreachable: a missing model is a reported problem"
        raise AssertionError(message)
    composer = Composer(library)
    resources = [_code_system(library, words)]
    resources += [
        _value_set(key, library.display(key.token), composer.compose(key), words)
        for key in composer.value_sets()
    ]
    bundle = {
        "resourceType": "Bundle",
        "id": "leg-pain-terminology",
        "type": "transaction",
        "entry": [_entry(resource) for resource in resources],
    }
    return json.dumps(bundle, indent=1, ensure_ascii=False) + "\n"


def _entry(resource: Json) -> Json:
    place = f"{resource['resourceType']}/{resource['id']}"
    return {
        "fullUrl": resource["url"],
        "resource": resource,
        "request": {"method": "PUT", "url": place},
    }


def _head(kind: str, url: str, title: str, words: PublishedFile) -> Json:
    name = url.rpartition("/")[2]
    return {
        "resourceType": kind,
        "id": name,
        "url": url,
        "version": words.version,
        "name": "".join(part.capitalize() for part in name.split("-")),
        "title": title,
        "status": "draft",
        "date": words.date.isoformat(),
        "publisher": words.publisher,
    }


def _code_system(library: Library, words: PublishedFile) -> Json:
    said, findings = words.code_system, library.findings.finding
    return _head("CodeSystem", library.codes.address(OWN), said.title, words) | {
        "description": said.description,
        "copyright": said.copyright,
        "caseSensitive": True,
        "content": "complete",
        "count": len(findings),
        "concept": [
            {
                "code": name,
                "display": finding.display,
                "definition": _definition(name, finding, said, library),
            }
            for name, finding in findings.items()
        ],
    }


def _definition(name: str, finding: FindingModel, said: CodeSystemWords, library: Library) -> str:
    """What it means, in which unit it is measured, what it implies and how long it counts."""
    unit = library.units.get(name)
    measured = unit is not None and unit.canonical != "1"
    implied = ", ".join(library.display(other) for other in finding.implies)
    days = finding.window_days
    return " ".join(
        sentence
        for sentence in (
            finding.definition or f"{finding.display[0].upper()}{finding.display[1:]}.",
            said.measured.format(unit=unit.canonical) if unit and measured else "",
            said.implies.format(findings=implied) if implied else "",
            said.window.format(days=days) if days else said.lifelong,
        )
        if sentence
    )


def _value_set(
    key: ValueSetKey, display: str, composed: tuple[Json, tuple[str, ...]], words: PublishedFile
) -> Json:
    said, weak = words.value_set, key.strength is Strength.WEAK
    compose, systems = composed
    title = (said.weak_title if weak else said.title).format(display=display)
    told = said.weak_description if weak else said.description
    resource = _head("ValueSet", f"{VALUE_SETS}{key.id}", title, words)
    resource["description"] = told.format(token=key.token)
    notices = [words.copyright[name] for name in systems if name in words.copyright]
    if notices:
        resource["copyright"] = "\n".join(notices)
    return resource | {"compose": compose}
