"""ConceptMaps as a site writes them, with few words."""

from collections.abc import Sequence

from tests.spec.fhir_json import LOCAL, OWN, Json

PROPERTIES = "https://legpain-cds.github.io/fhir/site-map/"


def target(
    finding: str,
    *,
    answer: str | None = None,
    answer_system: str | None = None,
    method: str | None = None,
    equivalence: str = "equivalent",
    **product: str,
) -> Json:
    """One target; keywords are products such as status, side, unit."""
    depends = [
        {"property": f"{PROPERTIES}{name}", "value": value}
        | ({"system": answer_system} if name == "answer" and answer_system else {})
        for name, value in (("answer", answer), ("method", method))
        if value is not None
    ]
    products = [{"property": PROPERTIES + name, "value": value} for name, value in product.items()]
    given: Json = {"code": finding, "equivalence": equivalence}
    given |= {"dependsOn": depends} if depends else {}
    return given | ({"product": products} if products else {})


def row(code: str, *targets: Json) -> Json:
    """One local code."""
    return {"code": code, "target": list(targets)}


def concept_map(rows: Sequence[Json], *, source: str = LOCAL, to: str = OWN) -> Json:
    """A ConceptMap of one group."""
    return {
        "resourceType": "ConceptMap",
        "status": "active",
        "group": [{"source": source, "target": to, "element": list(rows)}],
    }
