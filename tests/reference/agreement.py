"""Sends random charts through the service and compares its answers with the reference."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from cds_service.app import create_app
from cds_service.clinical.engine import TOPICS
from cds_service.settings import Settings
from tests.reference.encode import hook_request
from tests.reference.evaluate import Answer, evaluate
from tests.reference.generate import random_chart
from tests.reference.model import Chart, Verdict
from tests.spec.moments import AS_OF

SEED = 20261124
EXPLAIN = "org.legpain-cds.explain"
SIDES = {"L": "left", "R": "right", None: None}
SERVED = frozenset(topic.ID for topic in TOPICS)


@dataclass(slots=True)
class Tally:
    """Which rows were reached, and where the two disagree."""

    charts: int = 0
    rows: Counter[tuple[str, str]] = field(default_factory=Counter)
    cards: Counter[str] = field(default_factory=Counter)
    differences: list[str] = field(default_factory=list)

    def add(self, other: "Tally") -> None:
        """Another share of the charts."""
        self.charts += other.charts
        self.rows.update(other.rows)
        self.cards.update(other.cards)
        self.differences += other.differences


def transport() -> httpx.ASGITransport:
    """The service in process, at the instant of the charts."""
    settings = Settings(profile="demo", explain=True, database_url="sqlite://")
    return httpx.ASGITransport(create_app(settings, clock=lambda: AS_OF))


async def compare(
    first: int, count: int, seed: int = SEED, quiet: Callable[[], None] | None = None
) -> Tally:
    """Compare this many charts, beginning with this number; `quiet` is called once all is up."""
    tally = Tally()
    served = transport()
    if quiet is not None:
        quiet()
    async with httpx.AsyncClient(transport=served, base_url="http://127.0.0.1") as client:
        for number in range(first, first + count):
            chart = random_chart(seed, number)
            accepted = evaluate(chart, SERVED)
            response = await client.post(
                "/cds-services/leg-pain", json=hook_request(chart, f"chart-{number}")
            )
            assert response.status_code == httpx.codes.OK, response.text
            tally.charts += 1
            tally.rows.update((v.topic, v.row) for v in accepted[0].verdicts)
            tally.cards.update(card for card, _ in accepted[0].cards)
            found = closest(chart, accepted, response.json())
            tally.differences += [f"chart {number}: {text}" for text in found]
    return tally


def closest(chart: Chart, accepted: list[Answer], answer: Mapping[str, Any]) -> list[str]:
    """The differences from the accepted answer that fits best."""
    return min((differences(chart, one, answer) for one in accepted), key=len)


def differences(chart: Chart, expected: Answer, answer: Mapping[str, Any]) -> list[str]:
    """Cards in order, named states, the Wells interval and the clusters."""
    shown = [(c["source"]["topic"]["code"], c["indicator"]) for c in answer["cards"]]
    told = answer["extension"][EXPLAIN]["assessments"]
    found = []
    if shown != expected.cards:
        found.append(f"cards: reference {expected.cards}, service {shown}")
    if not chart.deceased:
        for verdict in expected.verdicts:
            entries = [entry for entry in told if entry["topic"] == verdict.topic]
            found += _of_topic(verdict, entries)
    return found


def _of_topic(verdict: Verdict, entries: list[dict[str, Any]]) -> list[str]:
    found = []
    states = [entry["state"] for entry in entries]
    cards = [entry.get("card") for entry in entries if entry.get("card")]
    if verdict.state and verdict.state not in states:
        found.append(f"{verdict.topic} {verdict.row}: {verdict.state}, service {states}")
    if bool(verdict.card) != bool(cards):
        found.append(f"{verdict.topic} {verdict.row}: {verdict.card or 'no card'}, service {cards}")
    if len(entries) != 1 or entries[0].get("side") != SIDES[verdict.side]:
        return found
    if verdict.score and verdict.row != "D2":
        lower, upper = verdict.score
        score = entries[0].get("score")
        if score and (score["lower"], score["upper"]) != (lower, upper):
            found.append(f"score: {verdict.score}, service {score}")
    if verdict.clusters:
        clusters = entries[0].get("clusters", {})
        theirs = {name: (span["lower"], span["upper"]) for name, span in clusters.items()}
        if theirs != verdict.clusters and entries[0]["state"] == verdict.state:
            found.append(f"clusters: {verdict.clusters}, service {theirs}")
    return found
