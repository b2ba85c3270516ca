"""Assessments and content become cards: values escaped, reasons listed, drafts complete."""
