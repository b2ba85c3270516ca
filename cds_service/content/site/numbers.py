"""A site's own thresholds and windows: known ones only, in their unit, in their allowed range."""

from collections.abc import Mapping
from pathlib import Path

from cds_service.content.files import ContentReader
from cds_service.content.models.overlay import SiteThreshold, SiteWindow
from cds_service.content.models.topic import Threshold, Window

_LOCAL = "policy"  # whatever the source says of the shipped number, this one is the site's
_UNITS = ("days", "hours")


def site_thresholds(
    reader: ContentReader,
    path: Path,
    given: Mapping[str, SiteThreshold],
    shipped: Mapping[str, Threshold],
) -> dict[str, Threshold]:
    """The thresholds with the site's values; problems are reported."""
    found = {}
    for name, own in given.items():
        if name not in shipped:
            reader.report(path, f"thresholds.{name}: {_unknown('threshold', shipped)}")
            continue
        data = shipped[name].model_dump() | {"value": own.value, "status": _LOCAL}
        threshold = reader.validate(path, Threshold, data, f"thresholds.{name}")
        if threshold is not None:
            found[name] = threshold
    return found


def site_windows(
    reader: ContentReader,
    path: Path,
    given: Mapping[str, SiteWindow],
    shipped: Mapping[str, Window],
) -> dict[str, Window]:
    """The windows with the site's lengths; problems are reported."""
    found = {}
    for name, own in given.items():
        if name not in shipped:
            reader.report(path, f"windows.{name}: {_unknown('window', shipped)}")
            continue
        lengths = own.model_dump(exclude_none=True)
        (unit,) = (unit for unit in _UNITS if getattr(shipped[name], unit) is not None)
        if set(lengths) != {unit}:
            reader.report(path, f"windows.{name}: is counted in {unit}; give {unit} and no other")
            continue
        data = shipped[name].model_dump() | lengths | {"status": _LOCAL}
        window = reader.validate(path, Window, data, f"windows.{name}")
        if window is not None:
            found[name] = window
    return found


def _unknown(kind: str, known: Mapping[str, object]) -> str:
    names = ", ".join(known) or "none"
    return f"there is no such {kind} here; those that ship: {names}"
