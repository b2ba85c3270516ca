"""The rulebook: thresholds, windows and decision rows of every topic, as `cards/` states them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Tier(StrEnum):
    """What a card is worth in triage; the indicator shown to the clinician is another matter."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    ROUTINE = "routine"


class Reading(StrEnum):
    """How doubtful entries of a finding are read (ruling 27).

    SAFETY findings (complaints, triggers, emergency signs) take provisional and preliminary
    entries as present; ITEM (scores) and TEST findings take them as unknown. A tie of opposite
    entries at one instant is present for SAFETY and ITEM and unknown for TEST. HISTORY findings
    count whatever their age and clinical status.
    """

    SAFETY = "safety"
    ITEM = "item"
    TEST = "test"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class FindingRule:
    """How one finding is read: its window (None is lifelong) and what a weak code needs.

    A weak code counts at one of `weak_sites`, or with a side where `weak_side` is set.
    `undated` accepts an active entry without any date (emergency signs).
    """

    id: str
    reading: Reading
    window: timedelta | None
    weak_sites: frozenset[str]
    weak_side: bool = False
    undated: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a decision table; `card` is None where the row stays silent.

    `vascular` is the state that a DVT row hands to triage (design of the deferral matrix);
    `told_by` are the emergency cards that print the findings of a silent row.
    """

    id: str
    table: str
    state: str
    card: str | None = None
    indicator: str | None = None
    tier: Tier | None = None
    variant: str | None = None
    vascular: str | None = None
    told_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicRules:
    """Everything a topic's logic may know of its content.

    `groups` name lists of finding ids or codes; `units` give factors to the canonical unit.
    """

    id: str
    rows: tuple[Row, ...]
    thresholds: Mapping[str, float]
    windows: Mapping[str, timedelta]
    groups: Mapping[str, tuple[str, ...]]
    units: Mapping[str, float]

    def table(self, name: str) -> tuple[Row, ...]:
        """The rows of one decision table in file order."""
        return tuple(row for row in self.rows if row.table == name)


@dataclass(frozen=True, slots=True)
class Deferral:
    """One line of the deferral matrix: what a state withholds; `id` names the reason's sentence.

    `silent_keeps` lists topics that a deferring
    state without a card of its own may not withhold (ruling 10).
    """

    id: str
    vascular: frozenset[str]
    states: frozenset[str]
    tiers: frozenset[Tier]
    drops_topics: frozenset[str]
    drops_cards: frozenset[str]
    drops_tiers: frozenset[Tier]
    keeps: frozenset[str]
    silent_keeps: frozenset[str]


@dataclass(frozen=True, slots=True)
class TriageRules:
    """Order of the cards, the deferral matrix and the cap on routine cards.

    `order` lists the cards of each tier as `card`, or `card/indicator` where a card's place
    depends on its indicator.
    `closed_states` are those of topics that did not open, so that a gap cannot change them;
    `pain_states` are gate results with any pain or trigger on record.
    """

    order: Mapping[Tier, tuple[str, ...]]
    deferrals: tuple[Deferral, ...]
    most_cards: int
    never_cut: frozenset[str]
    closed_states: frozenset[str]
    pain_states: frozenset[str]

    def place(self, row: Row) -> tuple[int, int]:
        """Where the row's card stands among all cards; the first comes first."""
        tier = row.tier or Tier.ROUTINE
        listed = self.order[tier]
        exact = f"{row.card}/{row.indicator}"
        return list(Tier).index(tier), listed.index(exact if exact in listed else str(row.card))


@dataclass(frozen=True, slots=True)
class QuietRule:
    """How feedback keeps a card quiet: for `span` (None: until something changes).

    `same_encounter` limits it to the encounter of the feedback; with `any_card` feedback on any
    card of the topic counts.
    """

    span: timedelta | None
    same_encounter: bool = False
    any_card: bool = False


@dataclass(frozen=True, slots=True)
class QuietRules:
    """Quiet periods by card, else by topic, else by tier; emergencies have none."""

    cards: Mapping[str, QuietRule]
    topics: Mapping[str, QuietRule]
    tiers: Mapping[Tier, QuietRule]

    def rule_for(self, row: Row, topic: str) -> QuietRule:
        """The most particular rule that applies."""
        tier = self.tiers[row.tier or Tier.ROUTINE]
        return self.cards.get(str(row.card)) or self.topics.get(topic) or tier


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules of one content version.

    `carriers` names the queries that can carry a finding; `default` stands for all others.
    """

    topics: Mapping[str, TopicRules]
    findings: Mapping[str, FindingRule]
    implied: Mapping[str, tuple[str, ...]]
    carriers: Mapping[str, tuple[str, ...]]
    triage: TriageRules
    quiet: QuietRules
