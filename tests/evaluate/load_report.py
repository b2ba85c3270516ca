"""The alert load as tables, as figures for a program, and in its page under `docs`."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.evaluate.complaints import everyday_complaints, openings_per_1000
from tests.evaluate.load import INDICATORS, LIMITS, AlertLoad, Tally, why
from tests.evaluate.openings import Alert, Opening
from tests.evaluate.population import SEEDS, command
from tests.spec.fhir_json import Json

PAGE = Path(__file__).parents[2] / "docs" / "alert-load.md"
_BEGIN, _END = "<!-- figures: make alerts -->", "<!-- end of figures -->"
_SILENT = ("gate-silent", "silent-deceased")
_UNEXPLAINED = "**not explained**"


def as_markdown(load: AlertLoad) -> Iterator[str]:
    """Everything counted, table by table."""
    yield from (f"- `{' '.join(command(seed))}`" for seed in SEEDS)
    yield from ("", "### Charts as they are", "", *_plain(load))
    yield from ("", "### Everyday complaints laid over", "", *_laid(load))
    yield from ("", "### Emergency and DVT cards", "", *_alarms(load))
    yield from ("", "### What that means for 1,000 openings", "", *_expected(load))


def _plain(load: AlertLoad) -> Iterator[str]:
    tallies = list(load.plain.values())
    gates = sorted({gate for tally in tallies for gate in tally.gates} - set(_SILENT))
    yield from _head("", *load.plain)
    yield _row("patients", *(f"{len(t.patients):,}" for t in tallies))
    yield _row("openings", *(f"{t.openings:,}" for t in tallies))
    for gate in (*_SILENT, *gates):
        yield _row(f"of these `{gate}`", *(f"{t.gates[gate]:,}" for t in tallies))
    yield _row("with a card, per 1,000", *(f"{t.per_1000(t.speaking):.2f}" for t in tallies))
    for name in INDICATORS:
        counted = (f"{t.per_1000(t.indicators[name]):.2f}" for t in tallies)
        yield _row(f"with {name} card, per 1,000", *counted)
    for card in sorted({card for tally in tallies for card in tally.cards}):
        counted = (f"{t.per_1000(t.cards[card]):.2f}" for t in tallies)
        yield _row(f"{card[0]} ({card[1]}), per 1,000", *counted)


def _laid(load: AlertLoad) -> Iterator[str]:
    """All complaints of adults; those of children only where a card was shown."""
    yield from _complaints(load, adult=True)
    children = sum(t.openings for (_, adult), t in load.laid.items() if not adult)
    yield from ("", f"Under 16, {children} openings; complaints that showed a card:", "")
    yield from _complaints(load, adult=False)


def _complaints(load: AlertLoad, *, adult: bool) -> Iterator[str]:
    columns = ("openings", "silent %", *(f"{name} %" for name in INDICATORS), "cards")
    yield from _head("complaint", *columns)
    for complaint in everyday_complaints():
        tally = load.laid[complaint.id, adult]
        if tally.speaking or (adult and tally.openings):
            yield _row(complaint.id, *_shares(tally))


def _shares(tally: Tally) -> Iterator[str]:
    yield str(tally.openings)
    yield _percent(tally.openings - tally.speaking, tally)
    yield from (_percent(tally.indicators[name], tally) for name in INDICATORS)
    yield ", ".join(
        f"{card} ({indicator}) {count}"
        for (card, indicator), count in sorted(tally.cards.items(), key=_most_first)
    )


def _most_first(item: tuple[tuple[str, str], int]) -> tuple[int, tuple[str, str]]:
    card, count = item
    return -count, card


def _percent(count: int, tally: Tally) -> str:
    return f"{100 * count / tally.openings:.1f}"


def _alarms(load: AlertLoad) -> Iterator[str]:
    plain = sum(not opening.complaint for opening, _ in load.alarms)
    yield f"{plain} in charts as they are; with a complaint laid over:"
    yield ""
    yield from _head("card", "row", "openings", "patients", "complaints", "why it is owed")
    grouped: defaultdict[tuple[str, str, str, str], list[Opening]] = defaultdict(list)
    for opening, alert in load.alarms:
        reason = why(opening, alert) or _UNEXPLAINED
        card = f"{alert.card} ({alert.indicator})"
        grouped[card, alert.row, alert.topic, reason].append(opening)
    for (card, row, _, reason), found in sorted(grouped.items()):
        patients = {opening.patient for opening in found}
        complaints = ", ".join(sorted({opening.complaint or "none" for opening in found}))
        yield _row(card, row, str(len(found)), str(len(patients)), complaints, reason)


def _expected(load: AlertLoad) -> Iterator[str]:
    yield from _head("indicator", "with the estimated complaints", "fewer than")
    for name in reversed(INDICATORS):
        limit = f"{LIMITS[name]:g}" if name in LIMITS else ""
        yield _row(name, f"{load.expected(name):.2f}", limit)
    estimates = ", ".join(f"{group} {n:g}" for group, n in openings_per_1000().items())
    yield from ("", f"Complaints taken among 1,000 openings of adult charts: {estimates}.")


def alarm_lines(load: AlertLoad) -> Iterator[str]:
    """Each emergency and each unexplained DVT card with patient, day, complaint and facts."""
    unexplained = {id(alert) for _, alert in load.unexplained}
    for opening, alert in load.alarms:
        if alert.tier == "emergency" or id(alert) in unexplained:
            yield _alarm(opening, alert, explained=id(alert) not in unexplained)


def _alarm(opening: Opening, alert: Alert, *, explained: bool) -> str:
    mark = "" if explained else "NOT EXPLAINED "
    laid = f" + {opening.complaint}" if opening.complaint else ""
    facts = "; ".join(alert.facts)
    seen = f"{opening.patient} {opening.as_of:%Y-%m-%d}{laid}"
    return f"{mark}{alert.card} {alert.row}: {seen}: {facts}"


def as_json(load: AlertLoad) -> Json:
    """The same counts for a program."""
    return {
        "charts_as_they_are": {origin: _counts(tally) for origin, tally in load.plain.items()},
        "complaints_laid_over": [
            {"complaint": complaint, "adult": adult} | _counts(tally)
            for (complaint, adult), tally in sorted(load.laid.items())
        ],
        "expected_per_1000": {name: load.expected(name) for name in INDICATORS},
        "limits_per_1000": dict(LIMITS),
        "unexplained": [_alarm(*alarm, explained=False) for alarm in load.unexplained],
    }


def _counts(tally: Tally) -> Json:
    return {
        "patients": len(tally.patients),
        "openings": tally.openings,
        "with_card": tally.speaking,
        "gates": dict(tally.gates),
        "indicators": dict(tally.indicators),
        "cards": {card: count for (card, _), count in tally.cards.items()},
    }


def write_page(lines: Iterable[str]) -> None:
    """Put these figures in the place of the earlier ones."""
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    figures = "\n".join(lines)
    PAGE.write_text(f"{before}{_BEGIN}\n\n{figures}\n\n{_END}{after}", encoding="utf-8")


def _head(*names: str) -> Iterator[str]:
    yield _row(*names)
    yield "|" + "---|" * len(names)


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
