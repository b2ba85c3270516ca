"""What the logic of each topic asks of its content; the service does not start without it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Needs:
    """Names of thresholds, windows and groups that the code reads, no more and no fewer."""

    thresholds: frozenset[str] = frozenset()
    windows: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


SHARED_WINDOWS = frozenset(
    {
        "abi",
        "due_date_ahead",
        "due_date_past",
        "gestation_term",
        "longstanding",
        "new_gait",
        "postpartum",
        "pregnancy_record",
        "vital_signs",
    }
)
