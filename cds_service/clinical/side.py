"""Sides of the body."""

from enum import StrEnum


class Side(StrEnum):
    """Where a finding was recorded; UNSPECIFIED means that the record does not say."""

    LEFT = "left"
    RIGHT = "right"
    BOTH = "both"
    UNSPECIFIED = "unspecified"

    @property
    def one_sided(self) -> bool:
        """Whether exactly one leg is named."""
        return self in (Side.LEFT, Side.RIGHT)

    @property
    def other(self) -> "Side":
        """The opposite leg; BOTH and UNSPECIFIED have none and stay as they are."""
        return {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT}.get(self, self)

    def covers(self, leg: "Side") -> bool:
        """Whether something recorded for this side says something of `leg`.

        Bilateral and unsided records speak of either leg; opposite sides never match.
        """
        return self is leg or not self.one_sided or not leg.one_sided
