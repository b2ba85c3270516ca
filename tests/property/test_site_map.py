"""A site's local codes, once mapped, say exactly what our own codes say."""

import copy
import json
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given

from cds_service.content.site.load import load_site
from cds_service.facts.vocabulary import Vocabulary
from cds_service.pipeline import Advice, advise, vocabulary
from tests.property.charts import FEW, MANY, Chart, charts, face, outline, painful
from tests.property.pools import ASKED
from tests.spec.fhir_json import LOCAL, OWN, Json, coding, concept
from tests.spec.site_map import concept_map, row, target
from tests.unit.record import AS_OF, advice, chart, library, writer

SIDES = {"7771000": "left", "24028007": "right", "51440002": "both"}
MEASURED = ("calf_circumference", "pvr_ml", "mrc", "abi", "delta_pressure")
UNITS = {"calf_circumference": "cm", "pvr_ml": "mL", "delta_pressure": "mm[Hg]"}
YES, NO = {"373066001", "10828004"}, {"373067005", "260385009"}


def _rows() -> list[Json]:
    """Every finding under a plain code, and under one code per side with answers of the site."""
    rows = []
    for finding in (*ASKED, *MEASURED):
        unit = {"unit": UNITS[finding]} if finding in UNITS else {}
        rows.append(row(f"plain-{finding}", target(finding)))
        for side in ("", *SIDES.values()):
            sided = {"side": side} if side else {}
            answers = [] if finding in MEASURED else _answers(finding, sided)
            rows.append(row(f"{finding}-{side}", target(finding, **sided, **unit), *answers))
    return rows


def _answers(finding: str, sided: dict[str, str]) -> list[Json]:
    return [
        target(finding, answer="Ja", status="present", **sided),
        target(finding, answer="Nein", status="absent", **sided),
    ]


@cache
def site_words() -> Vocabulary:
    """The vocabulary of a site that maps all findings of the random charts."""
    with TemporaryDirectory() as folder:
        maps = Path(folder) / "concept-maps"
        maps.mkdir()
        (maps / "all.json").write_text(json.dumps(concept_map(_rows())))
        return vocabulary(library(), load_site(Path(folder), library()))


def mapped(resources: Chart) -> Advice:
    """What the service advises at that site."""
    return advise(chart(*resources), site_words(), writer(), AS_OF)


def own_code(entry: Json) -> str | None:
    """The finding of an entry with our code."""
    code: Any = entry.get("code") or {}
    return next((c["code"] for c in code.get("coding", []) if c["system"] == OWN), None)


def plain(entry: Json) -> Json:
    """The entry with the local code alone."""
    finding = own_code(entry)
    if finding is None:
        return entry
    return entry | {"code": concept(coding(LOCAL, f"plain-{finding}"))}


def local(entry: Json) -> Json:
    """The entry as a flowsheet has it: side in the code, local words, numbers without unit."""
    finding = own_code(entry)
    if finding is None:
        return entry
    changed: dict[str, Any] = copy.deepcopy(entry)
    site: Any = changed.pop("bodySite", None)
    sites = site if isinstance(site, list) else [site] if site else []
    named = {c["code"] for place in sites for c in place["coding"]} & SIDES.keys()
    side = SIDES[named.pop()] if named else ""
    changed["code"] = concept(coding(LOCAL, f"{finding}-{side}"))
    if finding in UNITS and "valueQuantity" in changed:
        changed["valueQuantity"] = {"value": changed["valueQuantity"]["value"]}
    word = _word(changed)
    if word and entry["resourceType"] == "Observation":
        for name in ("valueBoolean", "valueCodeableConcept", "valueString"):
            changed.pop(name, None)
        changed["valueString"] = word
    return changed


def _word(entry: Any) -> str | None:
    coded = {c["code"] for c in entry.get("valueCodeableConcept", {}).get("coding", [])}
    if entry.get("valueBoolean") is True or entry.get("valueString") == "positive" or coded & YES:
        return "Ja"
    if entry.get("valueBoolean") is False or entry.get("valueString") == "negative" or coded & NO:
        return "Nein"
    return None


@MANY
@given(chart=painful)
def test_mapped_local_codes_change_nothing(chart: Chart) -> None:
    """Own codes replaced by mapped local codes: the same cards, word for word."""
    assert face(mapped([plain(entry) for entry in chart])) == face(advice(*chart))


@MANY
@given(chart=painful)
def test_local_answers_sides_and_units_change_nothing(chart: Chart) -> None:
    """Nor does it matter that side, answer and unit are the site's."""
    assert face(mapped([local(entry) for entry in chart])) == face(advice(*chart))


@FEW
@given(chart=charts)
def test_unmapped_local_codes_are_never_reassuring(chart: Chart) -> None:
    """Without the map the same chart is one without those entries."""
    unmapped = advice(*[plain(entry) for entry in chart])
    without = advice(*[entry for entry in chart if own_code(entry) is None])
    assert outline(unmapped) == outline(without)


@FEW
@given(chart=charts)
def test_a_map_changes_nothing_for_our_own_codes(chart: Chart) -> None:
    """A site that maps its codes may still send ours."""
    assert face(mapped(chart)) == face(advice(*chart))
