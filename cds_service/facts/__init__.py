"""FHIR resources become facts: typed, dated, sided and sourced; retracted entries are dropped."""
