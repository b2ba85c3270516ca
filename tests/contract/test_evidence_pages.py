"""Evidence pages: every topic has one, and it shows all that the content holds."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from functools import cache
from html import unescape

import httpx
import pytest

from cds_service.content.fill import Template
from cds_service.content.library import SERVICE
from cds_service.content.load import load_library
from cds_service.content.models.topic import Threshold, Window
from cds_service.ehr.stories import read_stories
from cds_service.pages.assets import load_assets
from cds_service.pages.evidence import EvidencePages
from cds_service.pages.rendering import Rendering

LIBRARY = load_library()
TOPICS = sorted(set(LIBRARY.topics) - {SERVICE})
TODAY = date(2026, 11, 26)
OURS = "http://127.0.0.1:8080"
EACH = pytest.mark.parametrize("topic", TOPICS)
# 45 CFR 170.315(b)(11)(iv)(A)(1) to (13), in the order and words of the rule.
ATTRIBUTES = (
    "Bibliographic citation of the intervention (clinical research or guideline)",
    "Developer of the intervention (translation from clinical research or guideline)",
    "Funding source of the technical implementation for the intervention(s) development",
    "Release and, if applicable, revision date(s) of the intervention or reference source",
    "Use of race as defined in § 170.213",
    "Use of ethnicity as defined in § 170.213",
    "Use of language as defined in § 170.213",
    "Use of sexual orientation as defined in § 170.213",
    "Use of gender identity as defined in § 170.213",
    "Use of sex as defined in § 170.213",
    "Use of date of birth as defined in § 170.213",
    "Use of social determinants of health data as defined in § 170.213",
    "Use of health status assessments data as defined in § 170.213",
)


@cache
def pages(*, demo: bool = False) -> Mapping[str, str]:
    """Every page by its address."""
    rendering = Rendering(LIBRARY, OURS, load_assets(), demo=demo)
    made = EvidencePages(rendering)
    return {
        "/evidence": made.all(TODAY),
        "/evidence/intended-use": rendering.text("intended_use.html", "/evidence/intended-use"),
        **{f"/evidence/{topic}": made.of(topic, TODAY) for topic in TOPICS},
    }


def page(topic: str) -> str:
    """The page of a topic in production."""
    return pages()[f"/evidence/{topic}"]


def plain(markup: str) -> str:
    """What a reader sees, in one line."""
    text = re.sub(r"<(?:style|svg)\b.*?</(?:style|svg)>", " ", markup, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", "", text)).split())


def ids(markup: str) -> list[str]:
    """Everything on a page that a link can lead to."""
    return re.findall(r'\sid="([^"]+)"', markup)


def links(markup: str) -> list[str]:
    """Every address on a page."""
    return [unescape(link) for link in re.findall(r'href="([^"]*)"', markup)]


async def test_every_topic_has_its_page(client: httpx.AsyncClient) -> None:
    """It opens at the topic's word, under the topic's title; any other word is not found."""
    for topic in TOPICS:
        answer = await client.get(f"/evidence/{topic}")
        assert answer.status_code == httpx.codes.OK
        assert f"<h1>{LIBRARY.topics[topic].title}</h1>" in answer.text
    assert (await client.get("/evidence/no_such_topic")).status_code == httpx.codes.NOT_FOUND


async def test_the_index_and_the_landing_page_list_every_topic(client: httpx.AsyncClient) -> None:
    """Nothing of the content is out of reach; the landing page tells the discovery address."""
    for path in ("/integrators", "/evidence"):
        there = set(links((await client.get(path)).text))
        assert {f"/evidence/{topic}" for topic in TOPICS} <= there
    landing = (await client.get("/integrators")).text
    for address in ("/cds-services", "/openapi.json", "/health/ready", "/evidence/intended-use"):
        assert address in links(landing)
        assert (await client.get(address)).status_code == httpx.codes.OK
    assert re.search(r'<code class="copy"[^>]*>http[^<]*/cds-services</code>', landing)


@EACH
def test_every_key_is_defined_used_and_shown(topic: str) -> None:
    """Each piece of evidence of the topic stands in full on its page, with what uses it."""
    text = page(topic)
    shown = set(re.findall(r'<dt id="([A-Z]{2}-\w+)"', text))
    cited = {link.removeprefix("#") for link in links(text) if re.match(r"#E[MV]-", link)}
    assert set(LIBRARY.evidence.get(topic, {})) <= shown
    assert cited == shown
    for key in shown:
        entry = text.split(f'<dt id="{key}"')[1].partition("</dd>")[0]
        assert plain(LIBRARY.entry(key, topic).claim) in plain(entry)
        assert "Used by" in entry


def test_shared_evidence_is_shown_somewhere() -> None:
    """What only claims, treatments and disagreements cite stands on the pages of their topics."""
    everywhere = {key for text in pages().values() for key in ids(text)}
    assert set(LIBRARY.literature.evidence) <= everywhere


@EACH
def test_every_link_within_the_pages_leads_somewhere(topic: str) -> None:
    """An anchor exists on the page it names, and nothing bears an id twice."""
    here, text = f"/evidence/{topic}", page(topic)
    twice = [name for name, times in Counter(ids(text)).items() if times > 1]
    assert twice == []
    for link in links(text):
        path, _, anchor = link.partition("#")
        if link.startswith("#") or path in pages():
            assert not anchor or anchor in ids(pages()[path or here]), link


async def test_every_address_of_ours_opens(client: httpx.AsyncClient) -> None:
    """Pages, files, leaflets and discovery that any of these pages links."""
    every = (link.partition("#")[0] for text in pages().values() for link in links(text))
    found = {link.removeprefix(OURS) for link in every}
    ours = sorted(link for link in found if link.startswith("/"))
    assert {"/", "/evidence", "/leaflets/sij/en"} <= set(ours)
    for link in ours:
        assert (await client.get(link)).status_code == httpx.codes.OK, link
    assert all(link.startswith("https://") for link in found - set(ours) if link)


@EACH
def test_the_decision_table_is_whole(topic: str) -> None:
    """Each row stands in the order of the content: id, situation, urgency, card or silence."""
    text = page(topic)
    table = text.partition('<table class="rows">')[2].partition("</table>")[0]
    told = [plain(row) for row in re.findall(r"<tr id=.*?</tr>", table, re.DOTALL)]
    rows = LIBRARY.topics[topic].row
    assert len(told) == len(rows)
    for row, line in zip(rows, told, strict=True):
        assert line.startswith(f"{row.id} {' '.join(row.situation.split())}")
        shown = f"{row.indicator.capitalize()} {row.card}" if row.indicator else "Nothing"
        assert shown in line


@EACH
def test_every_wording_is_shown_in_full(topic: str) -> None:
    """Summary and text of each card and wording, placeholders in brackets, all that is offered."""
    text = plain(page(topic))
    for card in LIBRARY.cards.values():
        if LIBRARY.topic_of_card[card.id] != topic:
            continue
        for wording in (card, card.us, *card.variant.values()):
            for part in (wording.summary, wording.body) if wording else ():
                for line in (part or "").splitlines():
                    assert bare(line) in bare(text), line
        for suggestion in card.suggestion:
            assert bare(suggestion.label) in bare(text)
            assert bare(suggestion.description) in bare(text)
    assert "{{" not in text
    assert "}}" not in text


def bare(text: str) -> str:
    """Words alone: without Markdown, and with placeholders as the page writes them."""
    template = Template.compile(text)
    filled = template.fill({name: f"[{name.replace('_', ' ')}]" for name in template.names})
    return " ".join(re.sub(r"\*\*|^- ", "", filled.strip()).split())


@EACH
def test_numbers_tell_where_they_come_from(topic: str) -> None:
    """Each threshold and window with its meaning, range, status and evidence."""
    text, file = page(topic), LIBRARY.topics[topic]
    given: list[tuple[str, Threshold | Window]] = [
        (f"threshold-{name}", threshold) for name, threshold in file.thresholds.items()
    ]
    given += [(f"window-{name}", window) for name, window in file.windows.items()]
    for anchor, number in given:
        row = text.split(f'id="{anchor}"')[1].partition("</tr>")[0]
        assert LIBRARY.pages.shared.statuses[number.status] in row
        assert plain(number.meaning) in plain(row)
        assert all(f'href="#{key}"' in row for key in number.evidence)
        low, high = number.allowed
        allowed = "fixed" if low == high else f"a site may set {low:g} to {high:g}"
        assert allowed in plain(row)


def test_a_number_without_a_source_says_so() -> None:
    """The LEFt rule was read in part only: its number is marked, the Wells threshold is not."""
    rows = page("dvt").split("<tr id=")
    marked = {row.partition('"')[2].partition('"')[0] for row in rows if ">Unverified<" in row}
    assert "threshold-left_calf_difference" in marked
    assert "threshold-wells_likely" not in marked


@EACH
def test_the_thirteen_source_attributes_are_named_as_the_rule_names_them(topic: str) -> None:
    """Thirteen, in the order of the rule, none of them empty."""
    part = page(topic).partition('<ol class="attributes">')[2].partition("</ol>")[0]
    found = re.findall(r"<li><b>(.*?)</b>\s*<span>(.*?)</span></li>", part, re.DOTALL)
    assert tuple(plain(name) for name, _ in found) == ATTRIBUTES
    assert all(plain(value) for _, value in found)


@EACH
def test_every_change_is_shown(topic: str) -> None:
    """The history of the topic, the newest line first."""
    part = page(topic).partition('<ul class="history">')[2].partition("</ul>")[0]
    dates = re.findall(r'<time datetime="([^"]+)"', part)
    assert dates == sorted(dates, reverse=True)
    assert len(dates) == len(LIBRARY.pages.history[topic]) >= 1


def test_an_overdue_review_is_marked() -> None:
    """From the day after the next review the page and the index say so."""
    made = EvidencePages(Rendering(LIBRARY, OURS, load_assets()))
    due = LIBRARY.topics["sij"].next_review
    for day, overdue in ((due, False), (due + timedelta(days=1), True)):
        assert (">Overdue<" in made.of("sij", day)) is overdue
        entry = made.all(day).split('href="/evidence/sij"')[1].partition("</li>")[0]
        assert ("Review overdue" in entry) is overdue


def test_every_sample_patient_stands_on_the_pages_of_its_cards() -> None:
    """With name, what is shown and why; the link to open the chart is there in the demo only."""
    for story in read_stories():
        cards = [card["card"] for card in story.expected["cards"]]
        for topic in {LIBRARY.topic_of_card[card] for card in cards} - {SERVICE}:
            text = page(topic)
            patient = story.request["prefetch"]["patient"]["name"][0]
            entry = text.split(f"<b>{' '.join((*patient['given'], patient['family']))}</b>")[1]
            shown = plain(entry.partition("</li>")[0])
            assert plain(story.expected["why"]) in shown
            assert all(card in shown for card in cards)
            opened = pages(demo=True)[f"/evidence/{topic}"]
            assert f'href="/patients/{story.name}"' in opened


def test_no_address_carries_data() -> None:
    """In production no address of ours has a query; nothing on a page is a form."""
    for text in pages().values():
        assert not [link for link in links(text) if "?" in link]
        assert "<form" not in text


def test_positions_are_told_with_whose_they_are() -> None:
    """Where the source documents differ, the page says which document says what."""
    question = page("sij").split('id="disagreement-below-knee"')[1].partition("</section>")[0]
    told = plain(question)
    for words in ("Slipman 2000", "Clinic fact sheet", "Physiotherapy page", "Here"):
        assert words in told
    assert "contradict one another" in plain(page("sij"))


def test_strength_is_told_in_words_and_by_place() -> None:
    """The meter is filled at the place of the level: offer last, do not offer first."""
    text = page("sij")
    for treatment, place in (("stay-active", 4), ("electrotherapy", 0), ("exercise", 3)):
        meter = text.split(f'id="treatment-{treatment}"')[1].partition("</p>")[0]
        boxes = re.findall(r'<i class="(\w+)', meter)
        assert boxes == ["on" if index == place else "off" for index in range(5)]
        level = LIBRARY.literature.treatments[treatment].level
        assert LIBRARY.literature.levels[level].partition(":")[0] in meter
