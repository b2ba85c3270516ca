"""The instant of every vignette, and times told backwards from it."""

from datetime import UTC, datetime, timedelta

AS_OF = datetime(2026, 11, 20, 15, tzinfo=UTC)
DAYS_PER_YEAR = 365.25


def ago(*, days: float = 0, hours: float = 0) -> str:
    """FHIR instant so long before the assessment; a negative number lies ahead."""
    return (AS_OF - timedelta(days=days, hours=hours)).isoformat()


def day_ago(days: float) -> str:
    """FHIR date so many days before the assessment."""
    return (AS_OF - timedelta(days=days)).date().isoformat()


def years_ago(years: float) -> str:
    """FHIR date so many years before the assessment."""
    return day_ago(years * DAYS_PER_YEAR)


def birth_date(age: int) -> str:
    """Birth date of somebody who turned `age` last spring."""
    return f"{AS_OF.year - age}-04-17"
