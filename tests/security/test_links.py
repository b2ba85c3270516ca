"""Where a card may lead: to what the content lists and to our own pages, whatever a record says."""

import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.conftest import BASE_URL
from tests.contract.http_calls import SERVICE, STORIES, Json

CARDS = Path(__file__).parents[2] / "cards"
ADDRESS = re.compile(r"\b(?:https?|ftp|javascript|data|file):[^\s\"'<>()\[\]]+", re.IGNORECASE)
ELSEWHERE = "https://elsewhere.example/x"
# The one code system of FHIR itself that drafts are coded with.
TASKS = "http://hl7.org/fhir/CodeSystem/task-code"
WORDS = ("text", "display", "valueString", "unit", "div", "diagnostics", "family")


def led_astray(value: Any) -> Any:
    """The same record with a link in every place where it holds words."""
    if isinstance(value, list):
        return [led_astray(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: f"{member} {ELSEWHERE}"
        if name in WORDS and isinstance(member, str)
        else led_astray(member)
        for name, member in value.items()
    }


def strings(value: Any) -> list[str]:
    """Every text of an answer but the summaries, which are plain text and link nowhere."""
    if isinstance(value, dict):
        value = [member for name, member in value.items() if name != "summary"]
    if isinstance(value, list):
        return [text for item in value for text in strings(item)]
    return [value] if isinstance(value, str) else []


@pytest.fixture(scope="module")
def listed() -> set[str]:
    """Every address that the clinical content holds, beside the one of FHIR."""
    files = (path for path in CARDS.rglob("*") if path.suffix in {".csv", ".json", ".md", ".toml"})
    found = (address for path in files for address in ADDRESS.findall(path.read_text("utf-8")))
    return {TASKS} | {address.rstrip(".,;") for address in found}


@pytest.mark.parametrize("story", sorted(STORIES))
async def test_every_address_on_a_card_is_ours_or_listed(
    client: httpx.AsyncClient, listed: set[str], story: str
) -> None:
    """Whatever the record says, links, sources, texts and drafts lead nowhere else."""
    request: Json = STORIES[story].today()
    request["prefetch"] = led_astray(request["prefetch"])
    answer = await client.post(SERVICE, json=request)
    assert answer.status_code == httpx.codes.OK
    told = {address for text in strings(answer.json()) for address in ADDRESS.findall(text)}
    assert {address for address in told if not address.startswith(f"{BASE_URL}/")} <= listed
