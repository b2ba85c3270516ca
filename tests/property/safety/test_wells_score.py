"""Property 2: a positive Wells item never lowers the score, an alternative never raises it."""

from hypothesis import given
from hypothesis import strategies as st

from cds_service.clinical.assessment import Interval
from cds_service.clinical.fact import Status
from cds_service.clinical.finding import Finding
from cds_service.clinical.venous.wells import ALTERNATIVE, Wells
from tests.property.charts import MANY, Chart, advised, panel
from tests.property.entries import told
from tests.property.pools import UNSIDED, WELLS
from tests.spec.moments import ago
from tests.unit.record import numbered

PRESENT, ABSENT, UNKNOWN = Status.PRESENT, Status.ABSENT, Status.UNKNOWN
ANSWERED = ago(hours=0.5)

statuses = st.sampled_from(list(Status))
nine = st.lists(statuses, min_size=9, max_size=9)
examined = panel((*WELLS, ALTERNATIVE), "L").map(
    lambda found: numbered(told("calf_pain", side="L"), *found)
)


def scored(items: list[Status], alternative: Status) -> tuple[int, int]:
    """The interval of nine items and the alternative."""
    recorded = {n: Finding(n, s) for n, s in zip(WELLS, items, strict=True)}
    interval = Wells(recorded, Finding(ALTERNATIVE, alternative), 2, 2).interval
    return interval.lower, interval.upper


@MANY
@given(items=nine, place=st.integers(0, 8), other=statuses)
def test_a_positive_item_never_lowers_the_score(
    items: list[Status], place: int, other: Status
) -> None:
    """Property 2: both ends grow or stay when an item is there, shrink or stay when it is not."""
    before = scored(items, other)
    more = scored([*items[:place], PRESENT, *items[place + 1 :]], other)
    less = scored([*items[:place], ABSENT, *items[place + 1 :]], other)
    assert less[0] <= before[0] <= more[0]
    assert less[1] <= before[1] <= more[1]


@MANY
@given(items=nine, other=statuses)
def test_an_alternative_diagnosis_never_raises_the_score(
    items: list[Status], other: Status
) -> None:
    """Property 2: recording it present raises neither end; recording it absent lowers neither."""
    before = scored(items, other)
    there, gone = scored(items, PRESENT), scored(items, ABSENT)
    assert there[0] <= before[0] <= gone[0]
    assert there[1] <= before[1] <= gone[1]


def score(chart: Chart) -> Interval:
    """The interval of the left leg."""
    found = (placed.assessment for placed in advised(chart).placed)
    return next(a.score for a in found if a.topic == "dvt" and a.score)


def without(finding: str, chart: Chart) -> Chart:
    """The chart without any entry of a finding."""
    return [entry for entry in chart if told(finding)["code"] != entry["code"]]


@MANY
@given(chart=examined, item=st.sampled_from(WELLS))
def test_a_positive_item_in_the_record_never_lowers_the_score(chart: Chart, item: str) -> None:
    """Property 2: recorded at the same visit, whatever was said of the item before."""
    sign = told(item, side=None if item in UNSIDED else "L") | {"id": "item"}
    before, after = score(chart), score([*without(item, chart), *numbered(sign)])
    assert before.lower <= after.lower
    assert before.upper <= after.upper


@MANY
@given(chart=examined)
def test_an_alternative_in_the_record_never_raises_the_score(chart: Chart) -> None:
    """Property 2: a practitioner's answer that another diagnosis is at least as likely."""
    answer = told(ALTERNATIVE, ANSWERED, side="L") | {"id": "answer"}
    before, after = score(chart), score([*without(ALTERNATIVE, chart), *numbered(answer)])
    assert after.lower <= before.lower
    assert after.upper <= before.upper
