"""What came back from a service, and how a report speaks of it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
_OK = 200
_SERVER_FAULT = 500
_CARD_WORDS = {0: "no card (cards: [])", 1: "1 card"}


def parse(content: bytes) -> Any:
    """Strict JSON: UTF-8 without BOM, no NaN or Infinity; raises ValueError."""
    return json.loads(content.decode("utf-8"), parse_constant=_refuse)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer; status 0 when none came, and `failure` says why."""

    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes
    seconds: float
    failure: str = ""

    @property
    def document(self) -> Any:
        """The body as JSON, None when it is not JSON."""
        try:
            return parse(self.content)
        except (ValueError, RecursionError):
            return None

    @property
    def is_json(self) -> bool:
        """Whether the body is strict JSON."""
        try:
            parse(self.content)
        except (ValueError, RecursionError):
            return False
        return True

    @property
    def media(self) -> str:
        """The media type without its parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def ok(self) -> bool:
        """200."""
        return self.status == _OK

    @property
    def crashed(self) -> bool:
        """A server fault, or no answer at all."""
        return self.status == 0 or self.status >= _SERVER_FAULT

    @property
    def cards(self) -> list[Json]:
        """The cards that are objects; empty for anything but a 200 with cards."""
        document = self.document if self.ok else None
        listed = document.get("cards") if isinstance(document, dict) else None
        return [c for c in listed if isinstance(c, dict)] if isinstance(listed, list) else []

    @property
    def silent(self) -> bool:
        """200 that shows nothing: what a client takes for 'nothing found'."""
        return self.ok and not self.cards

    @property
    def essence(self) -> tuple[tuple[str, str], ...]:
        """Indicator and summary of each card: what must be the same for the same data."""
        return tuple(sorted((str(c.get("indicator")), str(c.get("summary"))) for c in self.cards))

    @property
    def outcome(self) -> bool:
        """Whether the body is an OperationOutcome with at least one coded issue."""
        document = self.document
        if not isinstance(document, dict) or document.get("resourceType") != "OperationOutcome":
            return False
        issues = document.get("issue")
        return isinstance(issues, list) and any(
            isinstance(issue, dict) and issue.get("severity") and issue.get("code")
            for issue in issues
        )

    @property
    def told(self) -> str:
        """The answer in a few words, without anything of its content."""
        if self.status == 0:
            return self.failure
        if self.ok and isinstance(self.document, dict) and "cards" in self.document:
            count = len(self.cards)
            return f"HTTP 200 with {_CARD_WORDS.get(count, f'{count} cards')}"
        if self.outcome:
            return f"HTTP {self.status} with an OperationOutcome"
        if not self.content:
            return f"HTTP {self.status} without a body"
        return f"HTTP {self.status} with {self.media or 'a body of no stated type'}"
