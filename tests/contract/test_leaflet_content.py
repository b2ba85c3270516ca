"""Leaflets as content: every slip is refused in a sentence, and cards link the right ones."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from cds_service.content.check_leaflets import check_leaflets
from cds_service.content.files import ContentReader
from cds_service.content.leaflets import read_leaflets
from cds_service.content.load import content_folder, load_library
from cds_service.errors import ContentError
from cds_service.writing.wordings import wordings
from tests.contract.http_calls import SERVICE, request_of
from tests.contract.test_content import LINE

LIBRARY = load_library()
DOCUMENT = Path(__file__).parents[2] / "docs" / "leaflets.md"
EN, ES = "sij/leaflet.en.md", "sij/leaflet.es.md"
Slip = Callable[[Path], object]


def change(name: str, old: str, new: str) -> Slip:
    """Replace every occurrence in one file."""

    def spoil(root: Path) -> None:
        path = root / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} no longer holds {old!r}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    return spoil


SLIPS = [
    pytest.param(
        lambda root: (root / ES).unlink(),
        "sij/leaflet.es.md: the file is missing; a leaflet is written in every language",
        id="a language is missing",
    ),
    pytest.param(
        lambda root: (root / EN).rename(root / "sij" / "leaflet.fr.md"),
        "sij/leaflet.fr.md: fr is no language of _common/leaflets.toml; add it there",
        id="unknown language",
    ),
    pytest.param(
        lambda root: shutil.copy(root / EN, root / "_codes" / "leaflet.en.md"),
        "_codes/leaflet.en.md: its folder is no topic; move it to the folder of its topic",
        id="no topic",
    ),
    pytest.param(
        change(EN, "+++\ntitle", "---\ntitle"),
        "sij/leaflet.en.md: the front block must stand between two lines of +++",
        id="no front block",
    ),
    pytest.param(
        change(EN, "lead =", "leed ="),
        "sij/leaflet.en.md: leed: this key is not known here; check its spelling",
        id="unknown key",
    ),
    pytest.param(
        change(EN, "signed_off = false\n", ""),
        "sij/leaflet.en.md: signed_off: this key is required",
        id="missing key",
    ),
    pytest.param(
        change(EN, "## Be seen today", "## See a doctor today"),
        "sij/leaflet.en.md: heading 'See a doctor today': not one of _common/leaflets.toml",
        id="unknown heading",
    ),
    pytest.param(
        change(EN, "## Call your emergency number now\n\n{{ back_emergency }}\n\n", ""),
        "sij/leaflet.en.md: section 'Call your emergency number now': missing; every leaflet",
        id="no emergency section",
    ),
    pytest.param(
        change(ES, "## Pida que le atiendan hoy mismo\n\n{{ back_today }}\n\n", ""),
        "sij/leaflet.es.md: section 'Pida que le atiendan hoy mismo': missing; every leaflet",
        id="no section for today",
    ),
    pytest.param(
        change(EN, "{{ back_today }}\n", ""),
        "sij/leaflet.en.md: heading 'Be seen today': nothing stands below it",
        id="empty section",
    ),
    pytest.param(
        change(EN, "## Tests", "## What you can do"),
        "sij/leaflet.en.md: heading 'What you can do': used twice; put both texts under one",
        id="heading twice",
    ),
    pytest.param(
        change(EN, "## What is it?", "## Tests"),
        "sij/leaflet.en.md: the headings are not in the order of _common/leaflets.toml",
        id="headings out of order",
    ),
    pytest.param(
        change(EN, "+++\n\n## What is it?", "+++\n\nRead this.\n\n## What is it?"),
        "sij/leaflet.en.md: text stands above the first heading; move it into `lead`",
        id="text above the first heading",
    ),
    pytest.param(
        change(ES, "## Pruebas\n\nPara este dolor no", "Para este dolor no"),
        "sij/leaflet.es.md: the sections are not those of sij/leaflet.en.md; give both the same",
        id="languages differ in sections",
    ),
    pytest.param(
        change(ES, 'signs = ["EM-07"]', 'signs = ["EM-08"]'),
        "sij/leaflet.es.md: evidence: not that of sij/leaflet.en.md; both cite the same keys",
        id="languages differ in evidence",
    ),
    pytest.param(
        change(EN, 'signs = ["EM-07"]', 'signs = ["EM-99"]'),
        "sij/leaflet.en.md: evidence.signs: EM-99 is in no evidence.toml",
        id="unknown evidence",
    ),
    pytest.param(
        change(EN, 'signs = ["EM-07"]', 'sings = ["EM-07"]'),
        "sij/leaflet.en.md: evidence.sings: this leaflet has no such section",
        id="evidence of no section",
    ),
    pytest.param(
        change(EN, "{{ back_today }}", "{{ back_tomorrow }}"),
        "sij/leaflet.en.md: 'Be seen today': there is no passage back_tomorrow in",
        id="unknown passage",
    ),
    pytest.param(
        change(EN, "{{ back_today }}", "{{ Back today }}"),
        "sij/leaflet.en.md: 'Be seen today': a passage is not written as {{ name }} in lower case",
        id="passage misspelt",
    ),
    pytest.param(
        change(EN, "You do not need", "<b>You</b> do not need"),
        "sij/leaflet.en.md: 'Tests': holds HTML; use paragraphs, lists and bold only",
        id="HTML",
    ),
    pytest.param(
        change(EN, "You do not need", "[You](https://a.example) do not need"),
        "sij/leaflet.en.md: 'Tests': holds a link; use paragraphs, lists and bold only",
        id="link",
    ),
    pytest.param(
        change("_common/leaflets.toml", 'nsaid = """\nAsk', 'nsaids = """\nAsk'),
        "_common/leaflets.toml: en.passage.nsaid: missing; another language has it",
        id="passage of one language only",
    ),
    pytest.param(
        change("_common/leaflets.toml", 'active = """', 'spare = """\nWalk."""\nactive = """'),
        "_common/leaflets.toml: passage spare: used by no leaflet; remove it",
        id="passage that nobody needs",
    ),
    pytest.param(
        change("_common/leaflets.toml", 'tests = "Pruebas"\n', ""),
        "_common/leaflets.toml: es.section.tests: this key is required",
        id="missing heading",
    ),
]


AT_THE_START = [
    pytest.param(
        change(EN, "## Be seen today", "## See a doctor today"),
        "sij/leaflet.en.md: section 'Be seen today': missing; every leaflet tells when to get help",
        id="no safety net",
    ),
    pytest.param(
        change(EN, "lead =", "leed ="),
        "sij/leaflet.en.md: lead: this key is required",
        id="front block",
    ),
    pytest.param(
        change("hip/hip.md", "selection =", "leaflet = true\nselection ="),
        "hip/hip.md: leaflet: hip has none; write hip/leaflet.<language>.md or remove the key",
        id="card without a leaflet",
    ),
    pytest.param(
        change("sij/sij-supported.md", "leaflet = true", 'leaflet = "yes"'),
        "sij/sij-supported.md: leaflet: write true or false without quotes",
        id="card with a word",
    ),
]


def spared(_folder: str, names: list[str]) -> set[str]:
    """What leaflets need nothing of."""
    return {name for name in names if "." in name and not name.startswith("leaflet")}


@pytest.mark.parametrize(("slip", "sentence"), SLIPS)
def test_a_slip_is_told_in_a_sentence(tmp_path: Path, slip: Slip, sentence: str) -> None:
    """File, key and remedy; one line each."""
    root = Path(shutil.copytree(content_folder(), tmp_path / "cards", ignore=spared))
    slip(root)
    reader = ContentReader(root)
    leaflets = read_leaflets(reader, root)
    for file, problem in check_leaflets(replace(LIBRARY, leaflets=leaflets)):
        reader.report(file, problem)
    told = reader.problems
    assert any(LINE.sub("", p).startswith(f"cards/{sentence}") for p in told), "\n".join(told)
    assert all("\n" not in problem for problem in told)


@pytest.mark.parametrize(("slip", "sentence"), AT_THE_START)
def test_a_slip_stops_the_start(tmp_path: Path, slip: Slip, sentence: str) -> None:
    """Nothing is served with a leaflet that is not whole, or a link that leads to none."""
    root = Path(shutil.copytree(content_folder(), tmp_path / "cards"))
    slip(root)
    with pytest.raises(ContentError) as refused:
        load_library(root)
    told = refused.value.problems
    assert any(LINE.sub("", p).startswith(f"cards/{sentence}") for p in told), "\n".join(told)


def test_a_leaflet_uses_no_word_that_cards_avoid(tmp_path: Path) -> None:
    """Words that a judged claim rules out are ruled out for patients too."""
    root = Path(shutil.copytree(content_folder(), tmp_path / "cards"))
    words = next(w for claim in LIBRARY.literature.claims.values() for w in claim.avoided)
    change(EN, "They add little here.", f"They add little here, {words}.")(root)
    with pytest.raises(ContentError, match=r"leaflet sij/leaflet\.en\.md contains the words"):
        load_library(root)


def test_the_version_tells_leaflets_apart(tmp_path: Path) -> None:
    """A changed leaflet is another content version."""
    root = Path(shutil.copytree(content_folder(), tmp_path / "cards"))
    change(EN, "They add little here.", "They add little.")(root)
    assert load_library(root).version != LIBRARY.version


def test_the_document_judges_every_card() -> None:
    """Each card of a topic with a leaflet is listed as it is, with the reason."""
    row = re.compile(r"^\| `([a-z0-9-]+)` \| (yes|no) \| \S", re.MULTILINE)
    rows = row.findall(DOCUMENT.read_text(encoding="utf-8"))
    cards = LIBRARY.cards.items()
    assert sorted(rows) == sorted(
        (name, "yes" if card.leaflet else "no")
        for name, card in cards
        if LIBRARY.topic_of_card[name] in LIBRARY.leaflets.by_topic
    )


def test_no_emergency_card_links_a_leaflet() -> None:
    """Nothing critical, no emergency and no card that waits for an examination."""
    for topic in LIBRARY.topics.values():
        for row in topic.row:
            if row.card and wordings(LIBRARY.cards[row.card], row.variant, "nice").leaflet:
                assert row.tier != "emergency"
                assert row.indicator != "critical"
                assert not re.search("examine|undetermined|incomplete|continue|ask$", row.card)


@pytest.mark.parametrize(
    ("variant", "linked"), [(None, True), ("no-leg-pain", False)], ids=["examined", "not examined"]
)
def test_a_variant_may_take_the_leaflet_away(variant: str | None, *, linked: bool) -> None:
    """Deep gluteal syndrome is named to a patient only after the leg was examined."""
    assert wordings(LIBRARY.cards["deep-gluteal"], variant, "nice").leaflet is linked


@pytest.mark.requirement("LINK-1", "LINK-2", "LINK-3", "LINK-7")
@pytest.mark.parametrize(
    ("story", "topic"),
    [
        ("axial-spa-refer", "axial_spa"),
        ("calf-strain", "calf_strain"),
        ("deep-gluteal", "deep_gluteal"),
        ("dvt-unlikely", "dvt"),
        ("lumbar-stenosis", "lumbar_stenosis"),
        ("pelvic-girdle-supported", "pelvic_girdle"),
        ("radiculopathy-supported", "radiculopathy"),
        ("sij-supported", "sij"),
    ],
)
async def test_a_card_links_the_leaflet_of_its_topic(
    client: httpx.AsyncClient, story: str, topic: str
) -> None:
    """After the reasons, under its title, at the plain address, without anything of the patient."""
    cards = (await client.post(SERVICE, json=request_of(story))).json()["cards"]
    (card,) = (card for card in cards if card["source"]["topic"]["code"] == story)
    evidence, linked = card["links"]
    assert evidence["url"].endswith(f"/evidence/{topic}")
    assert linked["url"] == f"http://127.0.0.1:8080/leaflets/{topic}"
    assert linked["type"] == "absolute"
    title = LIBRARY.leaflets.by_topic[topic]["en"].file.title
    assert linked["label"] == f"Leaflet for the patient (English, Español): {title}"
    page = await client.get(f"/leaflets/{topic}")
    assert title in page.text


@pytest.mark.parametrize("story", ["dvt-likely", "dvt-undetermined", "sij-examine"])
async def test_a_card_that_waits_for_the_next_act_links_none(
    client: httpx.AsyncClient, story: str
) -> None:
    """No leaflet where it would name, or calm, what is still open."""
    cards = (await client.post(SERVICE, json=request_of(story))).json()["cards"]
    assert cards
    assert not [link for card in cards for link in card["links"] if "/leaflets/" in link["url"]]
