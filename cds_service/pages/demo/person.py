"""Who a chart is about."""

from dataclasses import dataclass
from datetime import date

from cds_service.ehr.answer import Json
from cds_service.pages.demo.fhir_text import objects, text
from cds_service.pages.demo.record import resources


@dataclass(frozen=True, slots=True)
class Person:
    """Who the chart is about, as far as it says."""

    name: str
    age: str
    gender: str

    @property
    def told(self) -> str:
        """Age and sex in a few words."""
        return ", ".join(part for part in (self.age, self.gender) if part)


def person_of(request: Json, today: date) -> Person:
    """The patient of a request."""
    patient = next(
        (r for r in resources(request.get("prefetch")) if r.get("resourceType") == "Patient"), {}
    )
    names = objects(patient.get("name"))
    found = names[0] if names else {}
    given = found.get("given")
    parts = (*(given if isinstance(given, list) else ()), found.get("family"))
    name = " ".join(filter(None, map(text, parts))) or text(found.get("text"))
    age = _age(text(patient.get("birthDate")), today)
    died = patient.get("deceasedBoolean") is True or bool(patient.get("deceasedDateTime"))
    gender = text(patient.get("gender"))
    return Person(name or "Patient without a name", age, f"{gender}, deceased" if died else gender)


def _age(born: str, today: date) -> str:
    try:
        birthday = date.fromisoformat(born)
    except ValueError:
        return ""
    before = (today.month, today.day) < (birthday.month, birthday.day)
    return f"{today.year - birthday.year - before} years"
