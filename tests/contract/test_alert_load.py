"""Alert load: over whole synthetic records the service is seldom heard, and never without cause."""

import json
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from cds_service.commands.patient_file import PatientFile, read_patients
from cds_service.fhir.resources import RESOURCE
from cds_service.hooks.assessing import assess_chart
from cds_service.hooks.gathering import chart_of
from cds_service.hooks.request import HookRequest
from cds_service.pipeline import Advice, advise
from tests.evaluate.alert_load import FIXTURES, alert_load, bundles, service
from tests.evaluate.complaints import everyday_complaints, laid_over, openings_per_1000
from tests.evaluate.load import AlertLoad, explained
from tests.evaluate.load_report import PAGE, as_json, as_markdown
from tests.evaluate.openings import Alert, Opening, read_record, view, views
from tests.evaluate.population import PATIENTS_PER_SEED, SEEDS, command

RECORD = FIXTURES / "patients" / "pysynthea" / "preg_bibi_marvin_b54e722c.json"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
EMERGENCY = Alert("pe-unstable", "pulmonary_embolism", "E1", "critical", "emergency", ("fact",))
DVT = Alert("dvt-inpatient", "dvt", "D11", "warning", "urgent", ("fact",))
WARNING = Alert("svt", "superficial_vein_thrombosis", "O2", "warning", "urgent", ("fact",))


def opening(*alerts: Alert, complaint: str = "") -> Opening:
    """An opening nobody has to make."""
    return Opening("patient", NOON, adult=True, gate="open", alerts=alerts, complaint=complaint)


def load_of(silent: int, *others: Opening) -> AlertLoad:
    """So many silent openings, and others."""
    load = AlertLoad()
    for one in (*[opening()] * silent, *others):
        load.add("generated", one)
    return load


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_sample_records_raise_no_unexplained_alarm() -> None:
    """Every record at every encounter, and some of these with an everyday complaint laid over."""
    load = alert_load({"fixtures": bundles()})
    plain = load.plain["fixtures"]
    assert len(plain.patients) == len(bundles()) == 12
    assert plain.openings > 700
    assert [alarm for alarm in load.alarms if not alarm[0].complaint] == []
    assert load.unexplained == []
    assert load.met
    assert {name for name, _ in load.laid} == {c.id for c in everyday_complaints()}


@pytest.mark.slow
def test_a_record_read_once_is_seen_as_assess_sees_it(tmp_path: Path) -> None:
    """Leaving out what says nothing yet changes no card and no state at any encounter."""
    bundle = json.loads(RECORD.read_text(encoding="utf-8"))
    (patient,) = read_patients(RECORD)
    record = read_record(service(), patient)
    for number, (as_of, encounter) in enumerate(views(record)):
        complaint = everyday_complaints()[number % len(everyday_complaints())]
        laid = laid_over(complaint, record.chart.patient_id, encounter, as_of)
        bundle["entry"] += [{"resource": one | {"id": f"{one['id']}-{number}"}} for one in laid]
    (tmp_path / "record.json").write_text(json.dumps(bundle), encoding="utf-8")
    (patient,) = read_patients(tmp_path / "record.json")
    record = read_record(service(), patient)
    assert len(record.timeline) < len(record.chart.resources)
    spoke = 0
    for as_of, encounter in views(record):
        shortened = advise(view(record, as_of, encounter), service().words, service().writer, as_of)
        whole = assessed(patient, encounter, as_of)
        assert shortened.placed == whole.placed
        assert [c.detail for c in shortened.cards] == [c.detail for c in whole.cards]
        spoke += bool(whole.cards)
    assert spoke > 20


def assessed(patient: PatientFile, encounter: str, as_of: datetime) -> Advice:
    """The whole record through the service with this encounter in context."""
    envelope = patient.request.envelope
    context = envelope.context.model_copy(update={"encounterId": encounter or None})
    prefetch: dict[str, msgspec.Raw] = dict(patient.request.prefetch)
    request = HookRequest(envelope.model_copy(update={"context": context}), prefetch)
    return assess_chart(service(), chart_of(request), as_of)


def test_a_silent_population_meets_the_promise() -> None:
    """What the planted cards below are planted into is in order."""
    assert load_of(1000).met


@pytest.mark.parametrize(
    ("alert", "openings", "met"),
    [(WARNING, 40, False), (WARNING, 41, True), (EMERGENCY, 10_000, False), (DVT, 10_000, False)],
)
def test_planted_cards_break_the_promise(*, alert: Alert, openings: int, met: bool) -> None:
    """One warning in 40 openings is too many; one emergency or DVT card nobody explained too."""
    load = load_of(openings - 1, opening(alert))
    assert load.met is met
    assert bool(load.unexplained) is (alert is not WARNING)


def test_an_explanation_holds_for_its_complaints_only() -> None:
    """The same row beside another complaint is a new question."""
    (topic, row), complaints = next(iter(explained().items()))
    known = Alert("card", topic, row, "critical", "emergency", ())
    complaint = next(iter(complaints))
    assert load_of(0, opening(known, complaint=complaint)).unexplained == []
    assert load_of(0, opening(known, complaint="another")).unexplained != []
    assert load_of(0, opening(known)).unexplained != []


def test_explanations_name_rows_and_complaints_that_exist() -> None:
    """Nothing is explained that cannot happen."""
    rulebook = service().library.rulebook
    names = {complaint.id for complaint in everyday_complaints()}
    for (topic, row), complaints in explained().items():
        assert row in {known.id for known in rulebook.topics[topic].rows}
        assert complaints.keys() <= names


def test_every_complaint_is_coded_as_the_tables_know_it() -> None:
    """A complaint whose code nobody reads would be silent for the wrong reason."""
    codes = service().library.codes
    for complaint in everyday_complaints():
        assert complaint.group in openings_per_1000()
        for one in laid_over(complaint, "p1", "e1", NOON):
            code = RESOURCE.decode(json.dumps(one).encode()).code
            assert code is not None
            assert all(codes.lists(c.system, c.code) for c in code.coding), complaint.id


def test_the_population_is_unselected_and_large_enough() -> None:
    """At least 200 patients of fixed seeds; no age, sex, module or fate is asked for."""
    assert PATIENTS_PER_SEED * len(SEEDS) >= 200
    for seed in SEEDS:
        line = command(seed)
        assert line[:2] == ("synthea", "generate")
        assert {word for word in line if word.startswith("-")} == {
            *("-p", "-s", "--clinician-seed", "-r", "--locale", "--profile", "-o")
        }


def test_the_page_tells_how_its_figures_came_about() -> None:
    """Command and seed stand in the page, and no alarm stands there without its reason."""
    page = PAGE.read_text(encoding="utf-8")
    for seed in SEEDS:
        assert " ".join(command(seed)) in page
    assert "not explained" not in page


def test_figures_are_told_to_readers_and_programs() -> None:
    """The tables name the card, its rate and what is unexplained; so does the JSON."""
    load = load_of(99, opening(DVT))
    text = "\n".join(as_markdown(load))
    assert "| dvt-inpatient (warning), per 1,000 | 10.00 |" in text
    assert "**not explained**" in text
    figures = json.loads(json.dumps(as_json(load)))
    assert figures["charts_as_they_are"]["generated"]["openings"] == 100
    assert figures["charts_as_they_are"]["generated"]["with_card"] == 1
    (line,) = figures["unexplained"]
    assert "dvt-inpatient D11: patient 2026-11-20: fact" in line
