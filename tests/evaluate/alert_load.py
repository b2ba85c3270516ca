"""`make alerts`: how often the service speaks to unselected patients, and why.

Every Bundle of the fixtures and every generated patient is opened as of each of its encounters.
"""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from rich.markdown import Markdown

from cds_service.app import build_service
from cds_service.hooks.service import Service
from cds_service.settings import Settings
from cds_service.telemetry.logging import silence_logging
from tests.evaluate.complaints import everyday_complaints
from tests.evaluate.load import AlertLoad
from tests.evaluate.load_report import alarm_lines, as_json, as_markdown, write_page
from tests.evaluate.openings import Opening, openings
from tests.evaluate.population import NoGeneratorError, population
from tests.evaluate.section import Section

FIXTURES = Path(__file__).parents[2] / "fixtures"
PROCESSES = 2
# One opening in so many is viewed once more, with an everyday complaint laid over it.
EVERY = 5


def measure_alert_load() -> Section:
    """The section on alert load; raises NoGeneratorError."""
    load = measured()
    return Section("alert load", load.met, as_json(load), Markdown("\n".join(as_markdown(load))))


def measured() -> AlertLoad:
    """The load of the fixtures and of the generated population; raises NoGeneratorError."""
    return alert_load({"fixtures": bundles(), "generated": population()}, PROCESSES)


def alert_load(files: dict[str, list[Path]], processes: int = 1) -> AlertLoad:
    """Open every chart of these files, by origin; the same whatever the number of processes."""
    load = AlertLoad()
    for origin, paths in files.items():
        for opening in _opened(paths, processes):
            load.add(origin, opening)
    return load


def bundles() -> list[Path]:
    """Every Bundle among the fixtures."""
    return [path for path in sorted(FIXTURES.rglob("*.json")) if _is_bundle(path)]


def _is_bundle(path: Path) -> bool:
    document = json.loads(path.read_bytes())
    return isinstance(document, dict) and document.get("resourceType") == "Bundle"


def _opened(paths: Sequence[Path], processes: int) -> Iterator[Opening]:
    numbers = range(len(paths))
    if processes == 1:
        for found in map(_of_file, paths, numbers):
            yield from found
        return
    with ProcessPoolExecutor(max_workers=processes) as pool:
        for found in pool.map(_of_file, paths, numbers):
            yield from found


def _of_file(path: Path, number: int) -> list[Opening]:
    return list(openings(service(), path, everyday_complaints(), EVERY, number))


@cache
def service() -> Service:
    """The service as the demo runs it, once in each process, without log output."""
    built = build_service(Settings(profile="demo", database_url="sqlite://"))
    silence_logging()
    return built


def main(arguments: Sequence[str]) -> int:
    """Exit status: 0 where the load is as low as promised and every alarm explained, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluate.alert_load")
    parser.add_argument("--write", action="store_true", help="put the figures in docs as well")
    write = parser.parse_args(arguments).write
    try:
        load = measured()
    except NoGeneratorError as error:
        print(error, file=sys.stderr)
        return 1
    _print(as_markdown(load))
    _print(alarm_lines(load))
    if write:
        write_page(as_markdown(load))
    return 0 if load.met else 1


def _print(lines: Iterable[str]) -> None:
    print("\n".join(lines))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
