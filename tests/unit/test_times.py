"""FHIR dates read as moments."""

from datetime import UTC, datetime

import pytest

from cds_service.fhir.times import read_moment


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        pytest.param("2024", (2024, 1, 1), (2024, 12, 31), id="year"),
        pytest.param("2024-02", (2024, 2, 1), (2024, 2, 29), id="leap month"),
        pytest.param("2026-02", (2026, 2, 1), (2026, 2, 28), id="month"),
        pytest.param("2026-11-20", (2026, 11, 20), (2026, 11, 20), id="day"),
        pytest.param(" 2026-11-20 ", (2026, 11, 20), (2026, 11, 20), id="stray blanks"),
    ],
)
def test_a_partial_date_spans_all_it_can_mean(
    text: str, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    """A year, month or day covers its first to its last instant in UTC."""
    moment = read_moment(text)
    assert moment is not None
    assert moment.first == datetime(*first, tzinfo=UTC)
    assert moment.last == datetime(*last, 23, 59, 59, 999_999, tzinfo=UTC)
    assert not moment.exact


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("2026-11-20T14:00:00Z", id="UTC"),
        pytest.param("2026-11-20T09:00:00-05:00", id="offset"),
        pytest.param("2026-11-20T14:00:00.000+00:00", id="fraction"),
        pytest.param("2026-11-20T23:45:00+09:45", id="odd offset"),
    ],
)
def test_an_instant_is_exact(text: str) -> None:
    """Every spelling of an instant is the same point in time."""
    moment = read_moment(text)
    assert moment is not None
    assert moment.exact
    assert moment.first == datetime(2026, 11, 20, 14, tzinfo=UTC)


def test_a_time_without_offset_may_be_any_places_time() -> None:
    """FHIR demands an offset; without one the time spans all zones of the earth."""
    moment = read_moment("2026-11-20T14:00:00")
    assert moment is not None
    assert not moment.exact
    assert moment.first == datetime(2026, 11, 20, 0, tzinfo=UTC)
    assert moment.last == datetime(2026, 11, 21, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "yesterday",
        "20",
        "20261120",
        "2026-13",
        "2026-02-30",
        "2026-11-31T10:00:00Z",
        "2026-11-20T25:00:00Z",
        "0000",
        "0000-00-00",
        "2026/11",
        "20 Nov 2026",
        "2026-W47-5",
        "٢٠٢٦-١١",  # noqa: RUF001 - digits that are not FHIR's
        "9" * 400,
        "2026-11-20T14:00:00Z\N{NULL}",
        "0001-01-01",
        "1799-12-31",
        "9999-12-31T23:59:59Z",
    ],
)
def test_what_is_no_fhir_date_is_unknown(text: str) -> None:
    """Anything else, and any absurd year, is no date at all and never an error."""
    assert read_moment(text) is None
