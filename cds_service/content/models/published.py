"""`_codes/published.toml`: the words of the published CodeSystem and value sets."""

from datetime import date

from cds_service.content.models.base import Strict, Words


class CodeSystemWords(Strict):
    """The project's own CodeSystem; the last four are sentences of a definition."""

    title: Words
    description: Words
    copyright: Words
    window: Words
    lifelong: Words
    implies: Words
    measured: Words


class ValueSetWords(Strict):
    """Every value set, and those of unspecific codes."""

    title: Words
    weak_title: Words
    description: Words
    weak_description: Words


class PublishedFile(Strict):
    """`copyright` holds the notice of each code system that asks for one."""

    date: date
    version: Words
    publisher: Words
    code_system: CodeSystemWords
    value_set: ValueSetWords
    copyright: dict[str, Words]
