"""What the service concludes from a probe's chart, with any version of the content."""

from cds_service.content.library import Library
from cds_service.pipeline import advise, vocabulary
from cds_service.writing.cards import Writer
from cds_service.writing.identity import Signer
from tests.property.edges.probe import Chart, Outcome
from tests.spec.moments import AS_OF
from tests.unit.record import chart, patient, words, writer


def writing(content: Library) -> Writer:
    """A writer of any version of the content."""
    return Writer(content, Signer(b"key"), "http://127.0.0.1:8080")


def concluded(entries: Chart, outcome: Outcome, content: Library | None = None) -> object:
    """The outcome of these entries; a Patient among them replaces the woman of 60."""
    people = [entry for entry in entries if entry["resourceType"] == "Patient"]
    rest = (entry for entry in entries if entry["resourceType"] != "Patient")
    record = chart(*rest, patient=(people or [patient()])[0])
    if content is None:
        return outcome(advise(record, words(), writer(), AS_OF))
    return outcome(advise(record, vocabulary(content), writing(content), AS_OF))
