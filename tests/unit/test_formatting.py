"""Values of assessments as text of a card."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from cds_service.clinical.assessment import Names, Quoted
from cds_service.clinical.moment import Moment
from cds_service.clinical.side import Side
from cds_service.content.fill import Template
from cds_service.writing.values import Formatter, number, when
from tests.unit.record import library, on

SUMMARY = Formatter(library(), summary=True)
DETAIL = Formatter(library(), summary=False)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-2, "-2"),
        (9, "9"),
        (720, "720"),
        (720.0, "720"),
        (3.5, "3.5"),
        (3.0, "3"),
        (2.94, "2.9"),
        (999, "999"),
        (1000, "1,000"),
        (4000.0, "4,000"),
        (12345.6, "12,346"),
        (100, "100"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    """One decimal at most, no trailing zeros, thousands with a comma."""
    assert number(value) == text


def instant(hour: int, offset: int = 0) -> Moment:
    """A time of day on 20 November 2026."""
    zone = timezone(timedelta(hours=offset)) if offset else UTC
    at = datetime(2026, 11, 20, hour, 5, tzinfo=zone)
    return Moment(at, at)


@pytest.mark.parametrize(
    ("moment", "with_time", "text"),
    [
        pytest.param(on(date(2026, 11, 3)), False, "3 Nov 2026", id="day"),
        pytest.param(on(date(2026, 11, 3)), True, "3 Nov 2026", id="a day has no time"),
        pytest.param(instant(14), False, "20 Nov 2026", id="instant as a day"),
        pytest.param(instant(14), True, "20 Nov 2026, 14:05 UTC", id="instant in UTC"),
        pytest.param(instant(9, -5), True, "20 Nov 2026, 09:05 -05:00", id="instant with offset"),
        pytest.param(
            Moment(on(date(2026, 11, 1)).first, on(date(2026, 11, 30)).last),
            False,
            "Nov 2026",
            id="month",
        ),
        pytest.param(
            Moment(on(date(2019, 1, 1)).first, on(date(2019, 12, 31)).last),
            False,
            "2019",
            id="year",
        ),
    ],
)
def test_dates_are_as_precise_as_the_record(moment: Moment, *, with_time: bool, text: str) -> None:
    """A month is not given a day, a day not a time."""
    assert when(moment, with_time=with_time) == text


@pytest.mark.parametrize(
    ("name", "side", "text"),
    [
        ("leg", Side.LEFT, "left leg"),
        ("leg", Side.BOTH, "both legs"),
        ("leg", Side.UNSPECIFIED, "leg, side not recorded"),
        ("side", Side.RIGHT, "right"),
        ("side", Side.UNSPECIFIED, "side not recorded"),
    ],
)
def test_sides(name: str, side: Side, text: str) -> None:
    """An unknown side is said to be unknown."""
    assert SUMMARY.text(name, side) == text


TESTS = ("sij_thigh_thrust", "sij_distraction", "sij_compression", "sij_sacral_thrust")


def test_a_summary_names_at_most_three_and_counts_the_rest() -> None:
    """Three names, then `+n`; the detail names all."""
    assert SUMMARY.text("tests", Names(TESTS)) == "thigh thrust, distraction, compression +1"
    assert SUMMARY.text("tests", Names(TESTS[:2])) == "thigh thrust, distraction"
    assert DETAIL.text("tests", Names(TESTS)).count(",") == 3
    assert DETAIL.text("tests", Names(())) == ""


def test_a_summary_never_outgrows_its_longest_value() -> None:
    """Long names give way to `+n`, but one name always stays."""
    long = Names(("entire_leg_swollen", "deep_vein_tenderness", "collateral_superficial_veins"))
    text = SUMMARY.text("missing", long)
    assert text == "entire leg swollen +2"
    assert len(text) <= len(library().placeholders["missing"])


def test_vital_signs_are_named_with_their_value() -> None:
    """`HR 104`, not the name of the reader."""
    vitals = Names(("reader:vital_heart_rate=104", "reader:vital_spo2=93"))
    assert SUMMARY.text("vitals", vitals) == "HR 104, SpO2 93%"


def test_record_text_is_plain_in_summaries_and_escaped_in_details() -> None:
    """A summary is no Markdown and shows no escapes; the detail is."""
    name = Quoted("Api*xaban* 2.5")
    assert SUMMARY.text("anticoagulant", name) == "Api xaban 2.5"
    assert DETAIL.text("anticoagulant", name) == "“Api\\*xaban\\* 2\\.5”"


def test_empty_record_text_has_a_fallback() -> None:
    """A drug without a name is still an anticoagulant on record."""
    assert SUMMARY.text("anticoagulant", Quoted("")) == "anticoagulant on record"


def test_a_problem_is_told_in_words() -> None:
    """The key of a problem is never shown."""
    assert DETAIL.text("problem", "basis-conflict") == "code and unit disagree on FEU or DDU"


def test_a_template_is_filled_once_and_values_are_not_templates() -> None:
    """A value that looks like a placeholder stays what it is."""
    template = Template.compile("{{ a }} and {{b}}")
    assert template.names == ("a", "b")
    assert template.fill({"a": "{{ b }}", "b": "x"}) == "{{ b }} and x"
    with pytest.raises(KeyError):
        template.fill({"a": "x"})


@pytest.mark.parametrize("text", ["{ a }", "{{ A }}", "{{a b}}", "{{ 1a }}", "{{}}"])
def test_only_lower_case_names_are_placeholders(text: str) -> None:
    """Anything else in braces is literal text."""
    template = Template.compile(text)
    assert template.names == ()
    assert template.fill({}) == text
