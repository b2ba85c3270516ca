"""The code table: read, checked, published as FHIR, and grown by a server's expansions."""
