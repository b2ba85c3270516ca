"""FHIR references in all their spellings: relative, absolute, versioned."""

from cds_service.fhir.resources import Reference


def local(reference: Reference | str | None) -> str:
    """`Condition/c1` of a relative, absolute or versioned reference; empty when there is none."""
    text = reference.reference if isinstance(reference, Reference) else reference or ""
    return "/".join(text.partition("/_history/")[0].split("/")[-2:])
