"""Which of the offered languages a browser asks for (RFC 9110, Accept-Language)."""

from collections.abc import Sequence

_ANY = "*"


def preferred(header: str, offered: Sequence[str]) -> str:
    """The offered language that is wanted most; the first one where none is named.

    A language of a region, as in es-MX, is answered in the language itself.
    """
    weights = dict.fromkeys(offered, 0.0)
    named = dict(_ranges(header))
    for language in offered:
        of_regions = [weight for range_, weight in named.items() if _base(range_) == language]
        weights[language] = named.get(language, max(of_regions, default=named.get(_ANY, 0.0)))
    return max(offered, key=lambda language: weights[language])


def _ranges(header: str) -> list[tuple[str, float]]:
    """Each language range with its weight; what cannot be read counts as not wanted."""
    found = []
    for part in header.lower().split(","):
        range_, _, parameter = part.partition(";")
        name, _, weight = parameter.strip().partition("=")
        found.append((range_.strip(), _weight(weight) if name.strip() == "q" else 1.0))
    return [(range_, weight) for range_, weight in found if range_]


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0.0 <= weight <= 1.0 else 0.0


def _base(range_: str) -> str:
    return range_.partition("-")[0]
