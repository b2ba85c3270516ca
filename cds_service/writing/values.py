"""Values of assessments as text: numbers, sides, dates, lists of findings, quoted record text."""

from cds_service.clinical.assessment import Names, Quoted, Value
from cds_service.clinical.moment import Moment
from cds_service.clinical.side import Side
from cds_service.content.fill import Template
from cds_service.content.library import Library
from cds_service.writing.markdown import quoted, unlinked

_MOST_NAMES = 3
_THOUSAND = 1000


class Formatter:
    """Formats values for one place: the short plain summary, or the Markdown detail."""

    def __init__(self, library: Library, *, summary: bool) -> None:
        self._library = library
        self._summary = summary

    def fill(self, template: Template, values: "dict[str, Value]") -> str:
        """The template filled with the formatted values."""
        return template.fill({name: self.text(name, values[name]) for name in template.names})

    def text(self, name: str, value: Value) -> str:
        """One value as the placeholder `name` shows it."""
        if isinstance(value, Side):
            return str(self._library.sentences["sides"][_side_words(name)][str(value)])
        if isinstance(value, Moment):
            return when(value, with_time=name == "time")
        if isinstance(value, Names):
            return self._names(name, value)
        if isinstance(value, Quoted):
            return self._quote(name, value)
        if name == "problem":
            return str(self._library.sentences["problems"][value])
        return number(value) if isinstance(value, int | float) else value

    def _names(self, name: str, names: Names) -> str:
        """In a summary at most three names, and no more than its longest value allows."""
        words = [self._name(word, present=names.present) for word in names.ids]
        if not self._summary:
            return ", ".join(words)
        room = len(self._library.placeholders.get(name, ""))
        for shown in range(min(_MOST_NAMES, len(words)), 0, -1):
            rest = f" +{len(words) - shown}" if len(words) > shown else ""
            text = ", ".join(words[:shown]) + rest
            if len(text) <= room or shown == 1:
                return text
        return ""

    def _name(self, name: str, *, present: bool) -> str:
        sign, _, value = name.partition("=")
        if value:
            template = Template.compile(str(self._library.sentences["vitals"][sign]))
            return template.fill({"value": value})
        known = self._library.findings.finding.get(name) if present else None
        return (known.present if known else None) or self._library.display(name)

    def _quote(self, name: str, value: Quoted) -> str:
        if not value.text:
            return str(self._library.sentences["fallback"].get(name, ""))
        return unlinked(value.text) if self._summary else quoted(value.text)


def _side_words(name: str) -> str:
    return "side" if name == "side" else "leg"


def number(value: float, decimals: int | None = None) -> str:
    """Thousands with a comma, no trailing zeros; a measurement may fix its own decimals."""
    if decimals is not None:
        return f"{value:,.{decimals}f}"
    if abs(value) >= _THOUSAND:
        return f"{value:,.0f}"
    return f"{value:.1f}".rstrip("0").rstrip(".")


def when(moment: Moment, *, with_time: bool = False) -> str:
    """`20 Nov 2026`, `Nov 2026` or `2026`, with the time of day where wanted and known."""
    first, last = moment.first, moment.last
    if moment.exact or first.date() == last.date():
        day = f"{first.day} {first:%b %Y}"
        if not (with_time and moment.exact):
            return day
        zone = first.strftime("%z") or "+0000"
        return f"{day}, {first:%H:%M} {'UTC' if zone == '+0000' else zone[:3] + ':' + zone[3:]}"
    return f"{first:%b %Y}" if first.month == last.month else f"{first:%Y}"
