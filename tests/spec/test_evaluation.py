"""`make evaluate`: its two bounds hold, and it can say that they do not."""

import json

import pytest

from tests.evaluate.__main__ import main
from tests.evaluate.cards import ABOUT, section
from tests.evaluate.figures import Evaluation, Rate, evaluate
from tests.evaluate.judgement import Judged, judge, judge_all
from tests.evaluate.labeled import Labeled, labeled_charts
from tests.spec.card_order import EMERGENCIES
from tests.spec.service import in_process

EMERGENCY = "critical:cord-compression"


def chart(
    number: int, *owed: str, near: tuple[str, ...] = (), labeled: tuple[str, ...] = ("",)
) -> Labeled:
    """A chart nobody has to send."""
    return Labeled(f"chart-{number}", "labeled case", {}, owed, frozenset(near), labeled)


def hundred_right_answers() -> list[Judged]:
    """Charts that got what they are owed, every tenth of them an emergency."""
    owed = (EMERGENCY if number % 10 == 0 else "info:sij-examine" for number in range(100))
    return [judge(chart(number, card), [card]) for number, card in enumerate(owed)]


async def test_both_bounds_hold_over_every_labeled_chart() -> None:
    """No emergency is missed, and at most 2 % of the cards shown are not owed."""
    async with in_process() as client:
        evaluation = evaluate(await judge_all(labeled_charts(), client))
    assert evaluation.emergencies.sensitivity.share == 1.0
    assert (evaluation.false_cards.share or 0.0) <= 0.02
    assert evaluation.met
    assert {f.card for f in evaluation.cards if f.sensitivity.of} >= set(EMERGENCIES)
    assert evaluation.charts.total() >= 700


def test_right_answers_meet_the_bounds() -> None:
    """What the planted wrong answers below are planted into is right."""
    evaluation = evaluate(hundred_right_answers())
    assert evaluation.met
    assert (evaluation.misses, evaluation.false_alarms) == ((), ())


@pytest.mark.parametrize("answer", [[], ["warning:cord-compression"], ["critical:dvt-likely"]])
def test_one_missed_emergency_breaks_the_bound(answer: list[str]) -> None:
    """A planted miss fails the evaluation and is named with its chart; so does an indicator."""
    judged = [*hundred_right_answers(), judge(chart(100, EMERGENCY), answer)]
    evaluation = evaluate(judged)
    assert not evaluation.met
    assert evaluation.emergencies.sensitivity == Rate(10, 11)
    assert evaluation.misses == (("chart-100", "cord-compression"),)


@pytest.mark.parametrize(("false", "met"), [(2, True), (3, False)])
def test_more_than_two_false_cards_of_a_hundred_break_the_bound(*, false: int, met: bool) -> None:
    """Planted false alarms fail the evaluation above 2 % of what is shown, and are named."""
    alarms = [judge(chart(n, near=("svt",)), ["info:svt"]) for n in range(false)]
    evaluation = evaluate([*hundred_right_answers()[: 100 - false], *alarms])
    (figures,) = (f for f in evaluation.cards if f.card == "svt")
    assert evaluation.false_cards == Rate(false, 100)
    assert evaluation.met is met
    assert evaluation.false_alarms == tuple((f"chart-{n}", "svt") for n in range(false))
    assert (figures.false, figures.near) == (Rate(false, 100), Rate(false, false))


def test_without_any_emergency_nothing_is_met() -> None:
    """An evaluation that saw no emergency has not shown that none is missed."""
    assert not evaluate([judge(chart(1, "info:sij-examine"), ["info:sij-examine"])]).met


def test_a_label_that_tells_some_cards_judges_only_those() -> None:
    """The vascular patients say nothing of other cards."""
    judged = judge(chart(1, labeled=("dvt-", "svt")), ["info:svt", "info:sij-examine"])
    assert judged.false == ("svt",)
    evaluation = evaluate([judged, judge(chart(2, "info:sij-examine"), [])])
    (figures,) = (f for f in evaluation.cards if f.card == "sij-examine")
    assert (figures.sensitivity.of, figures.false.of) == (1, 0)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (10, 10, 0.7225, 1.0),
    ],
)
def test_the_interval_is_wilsons(hits: int, of: int, low: float, high: float) -> None:
    """The examples of Newcombe, Statistics in Medicine 1998;17:857-72, and all of ten."""
    interval = Rate(hits, of).interval
    assert interval is not None
    assert interval == pytest.approx((low, high), abs=5e-5)


def test_nothing_of_nothing_has_no_share() -> None:
    """A card that no chart is owed has no sensitivity, not one of 0 or 100 %."""
    assert (Rate(0, 0).share, Rate(0, 0).interval) == (None, None)


def broken() -> Evaluation:
    """An evaluation with one missed emergency."""
    return evaluate([*hundred_right_answers(), judge(chart(100, EMERGENCY), [])])


@pytest.mark.parametrize("arguments", [[], ["--json"]])
@pytest.mark.parametrize(
    ("evaluation", "status"), [(evaluate(hundred_right_answers()), 0), (broken(), 1)]
)
def test_the_command_fails_with_the_bounds(
    evaluation: Evaluation,
    status: int,
    arguments: list[str],
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Exit status 1 where a bound is broken, the chart named; the caveat is always printed."""
    assert main(arguments, [lambda: section(evaluation)]) == status
    printed = " ".join(capsys.readouterr().out.split())
    assert ABOUT in printed
    assert ("chart-100" in printed) is bool(status)
    if arguments:
        assert json.loads(printed)["cards"]["met"] is not bool(status)
