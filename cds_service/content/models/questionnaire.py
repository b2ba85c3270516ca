"""`_codes/questionnaire.toml`: which findings are asked, and how."""

from datetime import date
from typing import Annotated

from pydantic import Field

from cds_service.content.models.base import Keys, Strict, Words


class QuestionGroup(Strict):
    """One topic of the form; each list holds finding ids asked in the same way."""

    id: Words
    title: Words
    ask: Keys = ()
    ask_sided: Keys = ()
    test: Keys = ()
    test_sided: Keys = ()
    measure: Keys = ()
    measure_sided: Keys = ()

    @property
    def asked(self) -> tuple[str, ...]:
        """All findings of the group."""
        sided = (*self.ask_sided, *self.test_sided, *self.measure_sided)
        return (*self.ask, *self.test, *self.measure, *sided)


class QuestionnaireFile(Strict):
    """`_codes/questionnaire.toml`."""

    date: date
    version: Words
    title: Words
    description: Words
    not_asked: Keys
    group: Annotated[tuple[QuestionGroup, ...], Field(strict=False)]
