"""A CDS Hooks service over FHIR: what a record says, and does not say, about a painful leg."""

__version__ = "0.1.0"
