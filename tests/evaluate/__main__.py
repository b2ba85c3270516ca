"""`make evaluate`: how the service answers what is labeled, section by section."""

import argparse
import json
import sys
from collections.abc import Sequence

from rich.console import Console

from tests.evaluate.cards import measure_cards
from tests.evaluate.section import Measure, Section

MEASURES: tuple[Measure, ...] = (measure_cards,)


def main(arguments: Sequence[str], measures: Sequence[Measure] = MEASURES) -> int:
    """Exit status: 0 where every section meets its bounds, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.evaluate", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print figures for a program")
    as_json = parser.parse_args(arguments).json
    sections = [measure() for measure in measures]
    _print(sections, as_json=as_json)
    return 0 if all(section.met for section in sections) else 1


def _print(sections: Sequence[Section], *, as_json: bool) -> None:
    if as_json:
        document = {section.name: {"met": section.met} | section.figures for section in sections}
        sys.stdout.write(json.dumps(document, indent=2) + "\n")
        return
    console = Console()
    for section in sections:
        console.rule(section.name)
        console.print(section.shown)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
