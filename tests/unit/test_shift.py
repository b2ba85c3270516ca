"""Moving fixtures in time."""

import pytest

from cds_service.ehr.shift import shift_dates


@pytest.mark.parametrize(
    ("text", "days", "moved"),
    [
        pytest.param("2026-03-10", 260, "2026-11-25", id="date"),
        pytest.param("2024-02-28", 1, "2024-02-29", id="leap day"),
        pytest.param("2026-01-01", -1, "2025-12-31", id="backwards over a year"),
        pytest.param("2026-03-10T08:30:00Z", 1, "2026-03-11T08:30:00Z", id="instant in UTC"),
        pytest.param(
            "2026-03-31T23:59:59.120-05:00",
            1,
            "2026-04-01T23:59:59.120-05:00",
            id="fraction and offset",
        ),
        pytest.param("2026-03-10T08:30", 1, "2026-03-11T08:30", id="no seconds, no offset"),
        pytest.param("1958-07-02", 0, "1958-07-02", id="no days"),
    ],
)
def test_a_date_moves_by_whole_days(text: str, days: int, moved: str) -> None:
    """Only the day changes: precision, fraction, time of day and offset stay."""
    assert shift_dates(text, days) == moved


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("1958", id="year"),
        pytest.param("2026-03", id="month"),
        pytest.param("2026-02-30", id="no such day"),
        pytest.param("2026-13-01", id="no such month"),
        pytest.param("9999-12-31", id="end of the calendar"),
        pytest.param("seen 2026-03-10", id="a date inside words"),
        pytest.param("2026-03-10 08:30:00Z", id="blank instead of T"),
        pytest.param("48065-7", id="LOINC code"),
        pytest.param("20260310", id="digits only"),
        pytest.param("", id="empty"),
    ],
)
def test_what_is_not_a_full_date_stays(text: str) -> None:
    """Partial dates, impossible dates, codes and prose are never touched."""
    assert shift_dates(text, 260) == text


def test_a_whole_document_moves_and_the_original_stays() -> None:
    """Dates at any depth move alike, birthDate included; ids, numbers and nulls do not."""
    document = {
        "birthDate": "1958-07-02",
        "deceasedBoolean": False,
        "entry": [
            {"id": "2026-03-10", "effectivePeriod": {"start": "2026-03-01T10:00:00Z"}},
            {"value": 38.5, "note": None, "issued": "2026-03-10T09:00:00.000+01:00"},
        ],
    }
    moved = shift_dates(document, 10)
    assert moved == {
        "birthDate": "1958-07-12",
        "deceasedBoolean": False,
        "entry": [
            {"id": "2026-03-10", "effectivePeriod": {"start": "2026-03-11T10:00:00Z"}},
            {"value": 38.5, "note": None, "issued": "2026-03-20T09:00:00.000+01:00"},
        ],
    }
    assert document["birthDate"] == "1958-07-02"


def test_shifting_back_restores_the_document() -> None:
    """Forth and back over leap days and years gives the same document."""
    document = {"onsetDateTime": "2024-02-29", "recordedDate": "2026-12-31T23:30:00-08:00"}
    assert shift_dates(shift_dates(document, 1000), -1000) == document
