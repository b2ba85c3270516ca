"""The contexts of the hooks we serve, as the hook pages define them."""

import re
from typing import Annotated

import msgspec
from pydantic import AfterValidator, BaseModel, ConfigDict

_ID = r"[A-Za-z0-9\-._~]{1,512}"
_USER = re.compile(rf"(Practitioner|PractitionerRole|Patient|RelatedPerson)/{_ID}")


def matches(pattern: re.Pattern[str]) -> AfterValidator:
    """A text that is wholly of this form."""

    def check(text: str) -> str:
        if not pattern.fullmatch(text):
            message = "not in the expected form"
            raise ValueError(message)
        return text

    return AfterValidator(check)


BareId = Annotated[str, matches(re.compile(_ID))]


class Wire(BaseModel):
    """A part of a request: typed strictly, unknown members ignored (JSON-7)."""

    model_config = ConfigDict(
        strict=True, extra="ignore", frozen=True, arbitrary_types_allowed=True
    )


class Context(Wire):
    """What every hook here tells; `patientId` and `encounterId` are bare ids."""

    userId: Annotated[str, matches(_USER)]
    patientId: BareId
    encounterId: BareId | None = None


class PatientViewContext(Context):
    """The chart of a patient was opened."""


class EncounterStartContext(Context):
    """An encounter begins; it names the complaint."""

    encounterId: BareId


class ProblemListItemCreateContext(Context):
    """Problems were added to the problem list; they need not be searchable yet.

    `conditions` is a Bundle of them, undecoded.
    """

    conditions: msgspec.Raw
