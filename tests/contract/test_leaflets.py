"""Leaflets for patients: their pages, what each must tell, and how easy they are to read."""

import re
from dataclasses import replace
from itertools import product
from typing import Any

import httpx
import pytest

from cds_service.content.leaflets import Leaflet
from cds_service.content.load import load_library
from cds_service.pages.assets import load_assets
from cds_service.pages.languages import preferred
from cds_service.pages.leaflets import LeafletPages
from cds_service.pages.rendering import Rendering
from tests.contract.reading_level import (
    ease,
    english_syllables,
    grade,
    sentences,
    spanish_syllables,
)

LEAFLETS = load_library().leaflets
TOPICS = (
    "axial_spa",
    "calf_strain",
    "deep_gluteal",
    "dvt",
    "lumbar_stenosis",
    "pelvic_girdle",
    "radiculopathy",
    "sij",
)
EACH = list(product(TOPICS, ("en", "es")))
# The signs of the safety-net sentence of musculoskeletal.md (section 6), and those of an embolism.
BACK = {
    "en": ("between your legs", "pee", "poo", "sex", "weakness", "fever", "calf", "breath"),
    "es": (
        "entre las piernas",
        "orin",
        "heces",
        "sexual",
        "debilidad",
        "fiebre",
        "pantorrilla",
        "aire",
    ),
}
LUNG = {"en": ("breath", "chest", "blood", "faint"), "es": ("aire", "pecho", "sangre", "desmay")}
NUMBER = {"en": "your emergency number", "es": "su número de emergencias"}
# What no leaflet may say (vascular.md, section 6), in both languages.
BANNED = {
    "en": ("dvt excluded", "no dvt", "you do not have a clot", "all clear", "nothing to worry"),
    "es": ("trombosis descartada", "sin trombosis", "usted no tiene un coágulo", "no se preocupe"),
}
# At grade 6 to 7 an English text is read with ease at about 12 years; from 65 on a Spanish one is
# quite easy on the INFLESZ scale.
MOST_GRADE, LEAST_EASE, MOST_WORDS = 7.0, 65.0, 30


def leaflet(topic: str, language: str) -> Leaflet:
    """One leaflet of the shipped content."""
    return LEAFLETS.by_topic[topic][language]


def section(one: Leaflet, name: str) -> str:
    """The text of a section as shown."""
    (found,) = (part for part in one.sections if part.id == name)
    return LEAFLETS.text(one, found)


def paragraphs(one: Leaflet) -> list[str]:
    """Everything a patient reads below the title, headings aside."""
    texts = [LEAFLETS.text(one, part).replace("**", "") for part in one.sections]
    parts = [part for text in texts for part in re.split(r"\n\n|\n(?=- )", text)]
    return [one.file.lead, *(" ".join(part.removeprefix("- ").split()) for part in parts)]


def test_every_topic_of_the_plan_has_a_leaflet() -> None:
    """Eight topics, each in English and in Spanish, and no others."""
    assert {(one.topic, one.language) for one in LEAFLETS.all()} == set(EACH)


@pytest.mark.parametrize(("topic", "language"), EACH)
async def test_a_page_is_in_its_language_with_its_safety_net(
    client: httpx.AsyncClient, topic: str, language: str
) -> None:
    """The page says which language it is in, and holds what brings a patient back in time."""
    page = await client.get(f"/leaflets/{topic}/{language}")
    assert page.status_code == httpx.codes.OK
    assert page.headers["content-language"] == language
    assert f'<html lang="{language}">' in page.text
    assert page.text.count("<h1>") == 1
    for name in ("emergency", "today"):
        found = re.search(rf'<section class="{name}".*?</section>', page.text, re.DOTALL)
        assert found is not None
        assert "<li>" in found[0]
    assert NUMBER[language] in page.text
    assert "{{" not in page.text


@pytest.mark.parametrize(("topic", "language"), EACH)
async def test_a_page_leads_to_its_sources_and_its_other_language(
    client: httpx.AsyncClient, topic: str, language: str
) -> None:
    """Every address on the page opens, and each source is on the evidence page it leads to."""
    text = (await client.get(f"/leaflets/{topic}/{language}")).text
    links = set(re.findall(r'href="(/(?:leaflets|evidence)[^"]*)"', text))
    other = {"en": "es", "es": "en"}[language]
    assert {"/leaflets", f"/leaflets/{topic}/{other}", f"/evidence/{topic}"} <= links
    evidence = (await client.get(f"/evidence/{topic}")).text
    for address in links:
        path, _, anchor = address.partition("#")
        assert (await client.get(path)).status_code == httpx.codes.OK
        assert not anchor or f'<dt id="{anchor}">' in evidence
    assert f'href="/leaflets/{topic}/{language}"' in evidence
    assert f"http://127.0.0.1:8080/evidence/{topic}<" in text  # readable on paper


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        pytest.param("", "en", id="nothing"),
        pytest.param("es", "es", id="Spanish"),
        pytest.param("ES", "es", id="in capitals"),
        pytest.param("es-MX,es;q=0.9,en;q=0.8", "es", id="of Mexico"),
        pytest.param("es-419", "es", id="of a region alone"),
        pytest.param("en-US,en;q=0.9,es;q=0.8", "en", id="English before Spanish"),
        pytest.param("en;q=0.2, es;q=0.7", "es", id="weights out of order"),
        pytest.param("fr, es;q=0.5", "es", id="another language first"),
        pytest.param("fr, de", "en", id="none that there is"),
        pytest.param("*", "en", id="any"),
        pytest.param("en;q=0, *", "es", id="any but English"),
        pytest.param(";;q=x, es;q=nan, q", "en", id="nothing readable"),
    ],
)
async def test_the_plain_address_answers_in_the_language_asked_for(
    client: httpx.AsyncClient, asked: str, language: str
) -> None:
    """The link of a card fits every reader; caches are told what the answer depends on."""
    page = await client.get("/leaflets/sij", headers={"Accept-Language": asked})
    assert page.headers["content-language"] == language
    assert "Accept-Language" in page.headers["vary"]
    assert page.text == (await client.get(f"/leaflets/sij/{language}")).text
    assert preferred(asked, ("en", "es")) == language


async def test_the_index_lists_every_leaflet(client: httpx.AsyncClient) -> None:
    """Each leaflet by its title, below its language."""
    text = (await client.get("/leaflets")).text
    for topic, language in EACH:
        title = leaflet(topic, language).file.title
        assert f'<a href="/leaflets/{topic}/{language}">{title}</a>' in text


@pytest.mark.parametrize(("topic", "language"), EACH)
def test_a_leaflet_tells_the_signs_of_an_emergency(topic: str, language: str) -> None:
    """The safety net of the cards in full: cauda equina, infection, clot; or a clot in the lung."""
    told = section(leaflet(topic, language), "emergency").lower()
    signs = LUNG if topic in ("dvt", "calf_strain") else BACK
    assert [sign for sign in signs[language] if sign not in told] == []
    assert NUMBER[language] in told


@pytest.mark.parametrize(("topic", "language"), EACH)
def test_a_leaflet_fits_every_country_and_promises_nothing(topic: str, language: str) -> None:
    """No emergency number in digits, no trade mark, no word that excludes a thrombosis."""
    text = " ".join(paragraphs(leaflet(topic, language)))
    assert not re.search(r"\b(?:000|061|108|110|111|112|119|120|911|995|999)\b|[®™]", text)
    assert [words for words in BANNED[language] if words in text.lower()] == []


@pytest.mark.parametrize("topic", TOPICS)
def test_an_english_leaflet_is_easy_to_read(topic: str) -> None:
    """Flesch-Kincaid grade 7 at most, and no long sentence."""
    text = paragraphs(leaflet(topic, "en"))
    assert grade(text) <= MOST_GRADE
    assert max(map(len, sentences(text))) <= MOST_WORDS


@pytest.mark.parametrize("topic", TOPICS)
def test_a_spanish_leaflet_is_easy_to_read(topic: str) -> None:
    """Quite easy on the INFLESZ scale, and no long sentence."""
    text = paragraphs(leaflet(topic, "es"))
    assert ease(text) >= LEAST_EASE
    assert max(map(len, sentences(text))) <= MOST_WORDS


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("leg", 1),
        ("pale", 1),
        ("muscles", 2),
        ("settled", 2),
        ("called", 1),
        ("needed", 2),
        ("causes", 2),
        ("likely", 2),
        ("being", 2),
        ("usual", 3),
        ("people", 2),
        ("specialist", 3),
        ("emergency", 4),
        ("anti-inflammatory", 7),
    ],
)
def test_english_syllables_are_counted(word: str, count: int) -> None:
    """As a dictionary parts them."""
    assert english_syllables(word) == count


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("pie", 1),
        ("queso", 2),
        ("día", 2),
        ("muy", 1),
        ("país", 2),
        ("médico", 3),
        ("pingüino", 3),
        ("articulación", 5),
        ("caer", 2),
        ("fisioterapeuta", 6),
    ],
)
def test_spanish_syllables_are_counted(word: str, count: int) -> None:
    """As Spanish orthography parts them."""
    assert spanish_syllables(word) == count


def test_a_hard_text_is_found_hard() -> None:
    """The measures themselves can fail: the words of a textbook are far beyond the bounds."""
    hard = (
        "Radiculopathy constitutes a neurological condition characterized by compression or "
        "inflammation of a spinal nerve root, necessitating comprehensive clinical evaluation."
    )
    assert grade([hard]) > 12
    assert grade(["The leg is sore. Sit down and rest."]) < 2
    hard = (
        "La radiculopatía constituye una enfermedad neurológica caracterizada por la compresión o "
        "inflamación de una raíz nerviosa, que requiere una evaluación clínica exhaustiva."
    )
    assert ease([hard]) < 40
    assert ease(["Le duele la pierna. Siéntese y descanse."]) > 80


def test_text_of_a_leaflet_is_escaped() -> None:
    """Whatever the content holds, it never becomes markup or a link."""
    library = load_library()
    one = leaflet("sij", "en")
    text = "<img src=x onerror=alert(1)> [here](https://elsewhere.example) **bold**"
    parts = tuple(replace(part, text=text) for part in one.sections)
    spoiled = replace(one, sections=parts)
    topics: dict[str, Any] = {"sij": {"en": spoiled, "es": spoiled}}
    leaflets = replace(library.leaflets, by_topic=topics)
    rendering = Rendering(replace(library, leaflets=leaflets), "http://127.0.0.1", load_assets())
    page = LeafletPages(rendering).of("sij", "en")
    assert "&lt;img src=x" in page
    assert "<img" not in page
    assert 'href="https://elsewhere.example' not in page
    assert "<strong>bold</strong>" in page
