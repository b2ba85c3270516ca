"""The prefetch decision table: what a delivered value is, and what to do about it."""

from enum import Enum, auto
from typing import assert_never

from cds_service.clinical.fact import Outcome


class Delivered(Enum):
    """What a prefetch value turned out to be.

    ABSENT: the key is missing; NULL: asked, no data; EMPTY: a search without matches; KNOWN: a
    resource or matches; PAGED: a page with more to come; FLAWED: a search that reports an error,
    or with some entries that cannot be read; FAILED: the client, or this service, asked in vain;
    UNUSABLE: another type, another patient, another FHIR version, or nothing that can be read.
    """

    ABSENT = auto()
    NULL = auto()
    EMPTY = auto()
    KNOWN = auto()
    PAGED = auto()
    FLAWED = auto()
    FAILED = auto()
    UNUSABLE = auto()


class Step(Enum):
    """What to do about one key; GAP: go on without, and say so (412 where the key is required)."""

    NOTHING = auto()
    FETCH = auto()
    FOLLOW = auto()
    GAP = auto()


def next_step(value: Delivered, *, access: bool) -> Step:
    """The decision table; `access` tells whether a FHIR server may be asked for this patient.

    What the client failed to read is not asked again (PREF-15).
    """
    match value:
        case Delivered.NULL | Delivered.EMPTY | Delivered.KNOWN:
            return Step.NOTHING
        case Delivered.ABSENT | Delivered.UNUSABLE:
            return Step.FETCH if access else Step.GAP
        case Delivered.PAGED:
            return Step.FOLLOW if access else Step.GAP
        case Delivered.FLAWED | Delivered.FAILED:
            return Step.GAP
        case _:
            assert_never(value)


def outcome_of(value: Delivered) -> Outcome:
    """The outcome of a query when nothing more is done about it."""
    match value:
        case Delivered.NULL | Delivered.EMPTY | Delivered.KNOWN:
            return Outcome.COMPLETE
        case Delivered.PAGED | Delivered.FLAWED:
            return Outcome.PARTIAL
        case Delivered.FAILED:
            return Outcome.FAILED
        case Delivered.ABSENT | Delivered.UNUSABLE:
            return Outcome.NOT_ASKED
        case _:
            assert_never(value)
