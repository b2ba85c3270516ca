"""`legpain-cds terminology`: value sets published as FHIR, and grown by a terminology server."""
