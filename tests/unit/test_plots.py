"""Plots carry the numbers of the studies: what is drawn, and what stands in the table beside it."""

import re
from collections import defaultdict
from xml.etree.ElementTree import XML, Element

import pytest

from cds_service.content.load import load_library
from cds_service.content.models.plot import DotsPlot
from cds_service.pages.plots.draw import figures
from cds_service.pages.plots.figure import Figure
from cds_service.pages.plots.post_test import post_test

LIBRARY = load_library()
WIDE = 5.9  # of one letter, on average, where the canvas is 400 wide
FIGURES = {
    (topic, figure.id): figure
    for topic in LIBRARY.pages.topics
    for figure in figures(LIBRARY, topic)
}
ALL = pytest.mark.parametrize("figure", FIGURES.values(), ids=["/".join(key) for key in FIGURES])


def of(topic: str, plot: str) -> Figure:
    """One plot of the content."""
    return FIGURES[topic, f"plot-{plot}"]


def picture(figure: Figure) -> Element:
    """The parsed picture."""
    return XML(figure.svg)


def words(figure: Figure) -> list[str]:
    """Everything written in a picture."""
    return [text.text or "" for text in picture(figure).iter("text")]


def ticks(figure: Figure, unit: str = "") -> dict[float, float]:
    """Numbers of the horizontal axis and where they stand."""
    return {
        float((text.text or "").removesuffix(unit).replace("−", "-")): float(text.get("x", ""))
        for text in picture(figure).iter("text")
        if text.get("class") == "tick" and text.get("text-anchor") == "middle"
    }


@pytest.mark.parametrize(
    ("before", "positive", "negative"), [(15, 27.3, 5.5), (20, 34.7, 7.6), (30, 47.7, 12.4)]
)
def test_bayes_by_hand(before: float, positive: float, negative: float) -> None:
    """Worked on paper: 20% is odds of 0.25; times 2.13 is 0.5325, which is 34.7%; and so on."""
    assert post_test(before, 2.13) == pytest.approx(positive, abs=0.05)
    assert post_test(before, 0.33) == pytest.approx(negative, abs=0.05)


def test_the_pooled_cluster_tells_the_published_figures() -> None:
    """Saueressig 2021: 2.13 (1.2-3.9) and 0.33 (0.11-0.72); 20% becomes 35% or 8% (7.6%)."""
    figure = of("sij", "clusters")
    assert figure.rows[0][1:3] == ("2.13 (1.2–3.9)", "0.33 (0.11–0.72)")
    assert figure.rows[0][3:] == ("27% / 5.5%", "35% / 7.6%", "48% / 12%")
    assert {"27%", "35%", "48%", "5.5%", "7.6%", "12%"} <= set(words(figure))


def test_the_curve_runs_through_what_is_told() -> None:
    """The marked points lie where the axes say: 20% across, 34.7% up, and so on."""
    points = [
        (float(circle.get("cx", "")), float(circle.get("cy", "")))
        for circle in picture(of("sij", "clusters")).iter("circle")
    ]
    across = ticks(of("sij", "clusters"), "%")
    up = {
        float((text.text or "").removesuffix("%")): float(text.get("y", "")) - 4
        for text in picture(of("sij", "clusters")).iter("text")
        if text.get("class") == "tick" and text.get("text-anchor") == "end"
    }
    told = [(15, 27.3), (15, 5.5), (20, 34.7), (20, 7.6), (30, 47.7), (30, 12.4)]
    expected = [
        (
            across[0] + before / 50 * (across[50] - across[0]),
            up[0] + after / 100 * (up[100] - up[0]),
        )
        for before, after in told
    ]
    assert points == [pytest.approx(point, abs=0.5) for point in expected]


def test_the_score_range_follows_the_rule() -> None:
    """Lower end: points, less 2 unless the question is answered no; upper: with all unknowns."""
    rows = of("dvt", "score-range").rows
    assert [row[1] for row in rows] == [
        "−2 to 9",
        "−1 to 9",
        "0 to 4",
        "2 to 4",
        "2 to 7",
        "−1 to 1",
    ]
    conclusions = [row[2].partition(",")[0].partition(":")[0] for row in rows]
    assert conclusions == ["open", "open", "likely", "likely", "likely", "unlikely"]
    assert "unless" in rows[2][2]


def test_the_threshold_rises_from_fifty_years() -> None:
    """500 below 50 years of age, from there ten times the age."""
    assert of("dvt", "d-dimer-by-age").rows == (
        ("30", "500"),
        ("50", "500"),
        ("60", "600"),
        ("70", "700"),
        ("80", "800"),
        ("90", "900"),
    )


def test_zones_end_at_the_thresholds_of_the_guideline() -> None:
    """0.90 and 1.40 are those of the decision rows; the numbers stand below the bar."""
    assert {"0.9", "0.99", "1.4"} <= set(words(of("peripheral_artery_disease", "index-zones")))


def test_marks_stand_where_the_axis_says() -> None:
    """Straight-leg raise: sensitivity 92% (87-95), drawn between the ends of its interval."""
    figure = of("radiculopathy", "leg-raise")
    axis = ticks(figure, "%")
    per_percent = (axis[100] - axis[0]) / 100
    circle = next(c for c in picture(figure).iter("circle") if c.get("cy") != "9")
    assert float(circle.get("cx", "")) == pytest.approx(axis[0] + 92 * per_percent, abs=0.1)
    line = next(x for x in picture(figure).iter("line") if "interval" in x.get("class", ""))
    ends = [float(line.get(end, "")) for end in ("x1", "x2")]
    assert ends == [pytest.approx(axis[0] + n * per_percent, abs=0.1) for n in (87, 95)]
    assert figure.rows[0] == ("straight-leg raise", "92% (87–95)", "28% (18–40)")


def test_ratios_stand_on_a_logarithmic_scale() -> None:
    """Half and double are equally far from 1."""
    axis = ticks(of("lumbar_stenosis", "features"))
    assert axis[2] - axis[1] == pytest.approx(axis[1] - axis[0.5], abs=0.2)
    assert axis[100] - axis[10] == pytest.approx(axis[10] - axis[1], abs=0.2)


@pytest.mark.parametrize("topic", LIBRARY.pages.topics)
def test_every_number_of_the_content_is_in_the_table(topic: str) -> None:
    """What the content says of a study stands in the table, in the same order."""
    for plot in LIBRARY.pages.topics[topic].plot:
        if isinstance(plot, DotsPlot):
            table = of(topic, plot.id).rows
            for row, told in zip(plot.row, table, strict=True):
                given = [f"{n:g}" for value in row.values for n in value.numbers]
                assert told[0] == row.label
                assert re.findall(r"\d+(?:\.\d+)?", " ".join(told[1:])) == given


@ALL
def test_a_picture_is_told_to_those_who_do_not_see_it(figure: Figure) -> None:
    """It has a role, a title and a description, and no style of its own, which pages forbid."""
    svg = picture(figure)
    title, told = svg.find("title"), svg.find("desc")
    assert svg.get("role") == "img"
    assert title is not None
    assert told is not None
    assert (title.text, told.text) == (figure.title, figure.says)
    assert svg.get("aria-labelledby") == f"{title.get('id')} {told.get('id')}"
    assert not [e for e in svg.iter() if "style" in e.attrib or e.tag in ("style", "script")]


@ALL
def test_nothing_is_drawn_outside_of_the_picture(figure: Figure) -> None:
    """Every point lies on the canvas, and every line of words ends before its edge."""
    svg = picture(figure)
    _, _, width, height = (float(n) for n in svg.get("viewBox", "").split())
    for element in svg.iter():
        for across, names in ((True, ("x", "x1", "x2", "cx")), (False, ("y", "y1", "y2", "cy"))):
            for name in names:
                at = float(element.get(name, "0"))
                assert 0 <= at <= (width if across else height), element.attrib
    for text in svg.iter("text"):
        if text.get("text-anchor") == "start":
            assert float(text.get("x", "")) + WIDE * len(text.text or "") <= width, text.text


@ALL
def test_labels_leave_room_for_their_numbers(figure: Figure) -> None:
    """A label and the number at the end of its line do not touch."""
    lines: dict[str, list[Element]] = defaultdict(list)
    for text in picture(figure).iter("text"):
        if text.get("class") in ("label", "value") and text.get("text-anchor") != "middle":
            lines[text.get("y", "")].append(text)
    for line in lines.values():
        ends = [t for t in line if t.get("text-anchor") == "end"]
        for label in (t for t in line if t.get("text-anchor") == "start"):
            foot = float(label.get("x", "")) + WIDE * len(label.text or "")
            for value in ends:
                assert foot < float(value.get("x", "")) - WIDE * len(value.text or ""), label.text
