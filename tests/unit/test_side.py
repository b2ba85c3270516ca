"""Sides of the body."""

import pytest

from cds_service.clinical.side import Side

L, R, B, N = Side.LEFT, Side.RIGHT, Side.BOTH, Side.UNSPECIFIED


@pytest.mark.parametrize("recorded", Side)
@pytest.mark.parametrize("leg", Side)
def test_only_opposite_legs_never_match(recorded: Side, leg: Side) -> None:
    """Bilateral and unsided entries speak of either leg; left never speaks of right."""
    assert recorded.covers(leg) is ({recorded, leg} != {L, R})


@pytest.mark.parametrize(("side", "other"), [(L, R), (R, L), (B, B), (N, N)])
def test_the_other_leg(side: Side, other: Side) -> None:
    """Left and right are each other's other leg; both and unspecified have none."""
    assert side.other is other


def test_only_left_and_right_are_one_sided() -> None:
    """Unspecified is a state of its own, never bilateral and never one leg."""
    assert [side for side in Side if side.one_sided] == [L, R]
