"""Judges any CDS service from outside, as an EHR with a FHIR server of its own."""
