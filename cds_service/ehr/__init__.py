"""The EHR's side of CDS Hooks: charts, the prefetch from a FHIR server, calls to any service."""
