"""Counters for the operator: calls, cards, gaps and what became of the cards; no patient data.

Labels hold words of ours only (service ids, card ids, reason codes, tenant ids), so that neither a
request nor a record can add a label.
"""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

MEDIA_TYPE = CONTENT_TYPE_LATEST
# Seconds; a clinician's half second is one of the bounds.
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
_NONE = "none"


class Metrics:
    """The counters of one process."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._calls = self._counter(
            "legpain_calls", "Calls of a service or its feedback", "service", "tenant", "status"
        )
        self._seconds = Histogram(
            "legpain_call_seconds",
            "Time from the first byte of a call to its answer",
            ["service"],
            buckets=_BUCKETS,
            registry=self._registry,
        )
        self._cards = self._counter("legpain_cards", "Cards shown", "card", "indicator")
        self._gaps = self._counter(
            "legpain_gaps", "Queries not answered in full", "query", "outcome"
        )
        self._entries = self._counter(
            "legpain_unread_entries", "Entries of the record that were not read", "why"
        )
        self._failures = self._counter("legpain_failed_topics", "Topics that did not run", "topic")
        self._feedback = self._counter(
            "legpain_feedback", "What became of cards", "card", "outcome", "reason"
        )
        self._orphans = self._counter(
            "legpain_feedback_unknown_cards", "Feedback on cards that were not issued here"
        )

    def _counter(self, name: str, meaning: str, *labels: str) -> Counter:
        return Counter(name, meaning, labels, registry=self._registry)

    def called(self, service: str, tenant: str, status: int, seconds: float) -> None:
        """A call was answered with this HTTP status."""
        self._calls.labels(service, tenant, str(status)).inc()
        self._seconds.labels(service).observe(seconds)

    def assessed(
        self,
        cards: Iterable[tuple[str, str]],
        gaps: Iterable[tuple[str, str]],
        unread: Iterable[tuple[str, int]],
        failed: Iterable[str],
    ) -> None:
        """A record was assessed: cards with indicators, queries with outcomes, unread entries."""
        for card, indicator in cards:
            self._cards.labels(card, indicator).inc()
        for query, outcome in gaps:
            self._gaps.labels(query, outcome).inc()
        for why, count in unread:
            self._entries.labels(why).inc(count)
        for topic in failed:
            self._failures.labels(topic).inc()

    def told(self, rows: Iterable[tuple[str, str, str | None]], unknown: int) -> None:
        """Feedback on our cards (card, outcome, reason code), and on cards that are not ours."""
        for card, outcome, reason in rows:
            self._feedback.labels(card, outcome, reason or _NONE).inc()
        self._orphans.inc(unknown)

    def exposition(self) -> bytes:
        """Everything in the text format of Prometheus."""
        return generate_latest(self._registry)
