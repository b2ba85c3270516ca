"""Alert load: how many openings show a card, by indicator, by card and by complaint."""

import tomllib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from tests.evaluate.complaints import everyday_complaints, openings_per_1000
from tests.evaluate.openings import Alert, Opening

INDICATORS = ("info", "warning", "critical")
# Of 1,000 openings fewer than so many may show such a card.
LIMITS: Mapping[str, float] = {"critical": 2, "warning": 25}

_EXPLAINED = Path(__file__).with_name("explained.toml")


@dataclass(slots=True)
class Tally:
    """Openings of one kind, and how many of them showed what."""

    openings: int = 0
    speaking: int = 0
    patients: set[str] = field(default_factory=set)
    gates: Counter[str] = field(default_factory=Counter)
    indicators: Counter[str] = field(default_factory=Counter)
    cards: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add(self, opening: Opening) -> None:
        """Count one opening; several cards of one indicator count once."""
        self.openings += 1
        self.speaking += bool(opening.alerts)
        self.patients.add(opening.patient)
        self.gates[opening.gate] += 1
        self.indicators.update({alert.indicator for alert in opening.alerts})
        self.cards.update({(alert.card, alert.indicator) for alert in opening.alerts})

    def per_1000(self, count: int) -> float:
        """So many of 1,000 openings."""
        return 1000 * count / self.openings if self.openings else 0.0


@dataclass(slots=True)
class AlertLoad:
    """Openings as they are, by origin; with a complaint laid over, by complaint and adulthood.

    `alarms` are all emergency and DVT cards among both.
    """

    plain: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    laid: defaultdict[tuple[str, bool], Tally] = field(default_factory=lambda: defaultdict(Tally))
    alarms: list[tuple[Opening, Alert]] = field(default_factory=list)

    def add(self, origin: str, opening: Opening) -> None:
        """Count one opening of the fixtures or of the generated patients."""
        if opening.complaint:
            self.laid[opening.complaint, opening.adult].add(opening)
        else:
            self.plain[origin].add(opening)
        self.alarms += [(opening, alert) for alert in opening.alerts if alarming(alert)]

    @property
    def unexplained(self) -> list[tuple[Opening, Alert]]:
        """Emergency and DVT cards that no entry of `explained.toml` accounts for."""
        return [(opening, alert) for opening, alert in self.alarms if not why(opening, alert)]

    def expected(self, indicator: str) -> float:
        """Openings of 1,000 adult charts that would show such a card.

        Each complaint of a group is taken to be equally frequent, and an opening without any of
        them to be silent, as the unselected ones are.
        """
        return sum(
            per_1000 * self._share(group, indicator)
            for group, per_1000 in openings_per_1000().items()
        )

    def _share(self, group: str, indicator: str) -> float:
        tallies = [self.laid[c.id, True] for c in everyday_complaints() if c.group == group]
        shares = [t.indicators[indicator] / t.openings for t in tallies if t.openings]
        return sum(shares) / len(shares) if shares else 0.0

    @property
    def met(self) -> bool:
        """Every alarm is explained, and unselected charts show cards as seldom as promised."""
        seldom = all(
            tally.per_1000(tally.indicators[indicator]) < limit
            for tally in self.plain.values()
            for indicator, limit in LIMITS.items()
        )
        return seldom and not self.unexplained


def alarming(alert: Alert) -> bool:
    """An emergency, or any card about a DVT."""
    return alert.tier == "emergency" or alert.topic == "dvt"


def why(opening: Opening, alert: Alert) -> str:
    """Why this card is owed to a chart with this complaint; empty where nobody has said."""
    return explained().get((alert.topic, alert.row), {}).get(opening.complaint, "")


@cache
def explained() -> Mapping[tuple[str, str], Mapping[str, str]]:
    """By topic and row, the complaints beside which that row is owed, and why."""
    content = tomllib.loads(_EXPLAINED.read_text(encoding="utf-8"))
    return {
        (entry["topic"], entry["row"]): dict.fromkeys(entry["complaints"], entry["why"])
        for entry in content["explained"]
    }
