"""Acting as the EHR: a real FHIR server, the prefetch it is asked for, a CDS service."""
