"""Logs that carry no patient data."""
