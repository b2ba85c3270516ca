"""The clinical domain: facts become findings, findings become assessments, triage orders them.

Nothing here knows HTTP, FHIR JSON or card wording; every number comes from the rulebook.
"""
