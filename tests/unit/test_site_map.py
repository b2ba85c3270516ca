"""A site's ConceptMaps: what they may say, what is refused, and how local codes are read."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from cds_service.clinical.engine import find
from cds_service.clinical.fact import Facts, Status
from cds_service.clinical.side import Side
from cds_service.clinical.venous.d_dimer import DDimer, DDimerResult, read_d_dimer
from cds_service.clinical.venous.treatment import Anticoagulation
from cds_service.content.site.load import load_site, with_site
from cds_service.content.site.translations import SiteMap
from cds_service.errors import SiteError
from cds_service.facts.read import read_facts
from cds_service.pipeline import Advice, advise, vocabulary
from tests.spec.fhir_json import (
    HL7,
    LOCAL,
    LOINC,
    OWN,
    SNOMED,
    Json,
    body_site,
    coding,
    concept,
    condition,
    observation,
    own,
    quantity,
    resource,
)
from tests.spec.moments import ago, day_ago
from tests.spec.site_map import PROPERTIES, concept_map, row, target
from tests.unit.record import AS_OF, chart, library, rules, writer

PRESENT, ABSENT, UNKNOWN = Status.PRESENT, Status.ABSENT, Status.UNKNOWN
LEFT, RIGHT, BOTH, UNSPECIFIED = Side.LEFT, Side.RIGHT, Side.BOTH, Side.UNSPECIFIED
EXAMPLE = Path(__file__).parents[2] / "cards" / "_codes" / "example-site"
NOT_DONE = concept(coding(f"{HL7}/data-absent-reason", "not-performed"))
FABER = "sij_faber"

Site = Callable[..., SiteMap]


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Load a site folder of these files; a text is written as it stands."""

    def load(**files: Json | str) -> SiteMap:
        folder = tmp_path / "concept-maps"
        folder.mkdir()
        for name, content in files.items():
            text = content if isinstance(content, str) else json.dumps(content)
            (folder / f"{name}.json").write_text(text, encoding="utf-8")
        return load_site(tmp_path, library())

    return load


def refusals(site: Site, **files: Json | str) -> tuple[str, ...]:
    """The sentences with which these files are refused."""
    with pytest.raises(SiteError) as refused:
        site(**files)
    return refused.value.problems


def local(code: str, system: str = LOCAL) -> Json:
    """A code of the site."""
    return concept(coding(system, code))


def exam(code: str, **more: Any) -> Json:
    """An examination Observation of two hours ago with a local code."""
    return observation("exam", local(code), **{"effectiveDateTime": ago(hours=2)} | more)


def facts(site_map: SiteMap, *resources: Json) -> Facts:
    """What is read from these resources with the site's map."""
    return read_facts(chart(*resources), vocabulary(library(), site_map), AS_OF)


def said(site_map: SiteMap, *resources: Json) -> set[tuple[str, Status, Side]]:
    """Finding, status and side of everything read."""
    return {(s.finding, s.status, s.side) for s in facts(site_map, *resources).statements}


# ── what is refused ──────────────────────────────────────────────────────────

SLIPS = [
    pytest.param(
        row("7", target("sij_fabre")),
        "element 1 (7): target 1: sij_fabre is not a finding; did you mean sij_faber?",
        id="unknown finding",
    ),
    pytest.param(row("7", target("")), "no code is not a finding", id="target without code"),
    pytest.param(row("7"), "(7): no target", id="no target"),
    pytest.param(
        row("", target(FABER)), "element 1 (without code): code is missing", id="no local code"
    ),
    pytest.param(
        row("7", target(FABER, equivalence="wider")),
        "wider is refused",
        id="wider than the finding",
    ),
    pytest.param(
        row("7", target(FABER, equivalence="")), "no equivalence is refused", id="no equivalence"
    ),
    pytest.param(row("7", target(FABER, side="links")), "side links is not known", id="bad side"),
    pytest.param(
        row("7", target(FABER, answer="Pos", status="positive")),
        "status positive is not known; use present, absent, unknown",
        id="bad status",
    ),
    pytest.param(
        row("7", target(FABER, answer="Pos")), "an answer needs", id="an answer that means nothing"
    ),
    pytest.param(
        row("7", target("calf_circumference", unit="furlong")),
        "unit furlong is not known for calf_circumference; use one of cm",
        id="unknown unit",
    ),
    pytest.param(
        row("7", target(FABER, unit="cm")), "no unit is read for sij_faber", id="unit of a test"
    ),
    pytest.param(
        row("7", target("ddimer", unit="nmol/L")), "unit nmol/L is not known", id="D-dimer unit"
    ),
    pytest.param(row("7", target("ddimer", basis="EFU")), "basis EFU is not known", id="bad basis"),
    pytest.param(
        row("7", target(FABER, basis="FEU")), "belongs to ddimer only", id="basis of a test"
    ),
    pytest.param(
        row("7", target("mrc", answer="good", value="five")), "five is not a number", id="no number"
    ),
    pytest.param(
        row("7", target(FABER, answer="4", value="4")),
        "is not a measurement",
        id="number of a test",
    ),
    pytest.param(row("7", target("mrc", value="4")), "add dependsOn answer", id="constant number"),
    pytest.param(row("7", target(FABER, colour="red")), "product colour", id="unknown product"),
    pytest.param(
        row("7", target(FABER, answer="", status="present")),
        "dependsOn answer has no value",
        id="empty answer",
    ),
    pytest.param(
        row(
            "7",
            target(FABER, answer="Pos", status="present"),
            target(FABER, answer="Pos", status="absent"),
        ),
        "target 2: says the same case twice",
        id="one answer with two meanings",
    ),
    pytest.param(
        row("7", target(FABER)) | {"target": "sij_faber"},
        "element 1: not as FHIR writes it",
        id="target is no list",
    ),
]


def _renamed(slip: Any, number: int) -> Json:
    """The row under a code of its own."""
    return {**slip, "code": f"{slip['code']}{number}" if slip["code"] else ""}


@pytest.mark.parametrize(("slip", "sentence"), SLIPS)
def test_a_slip_is_told_with_file_row_and_remedy(site: Site, slip: Json, sentence: str) -> None:
    """One sentence, which begins with the file and its group."""
    (problem,) = refusals(site, flowsheet=concept_map([slip]))
    assert problem.startswith("concept-maps/flowsheet.json, group 1, element 1")
    assert sentence in problem


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        pytest.param("{", "not a FHIR ConceptMap in JSON", id="cut"),
        pytest.param("[]", "not a FHIR ConceptMap in JSON", id="no object"),
        pytest.param("", "not a FHIR ConceptMap in JSON", id="empty"),
        pytest.param({"resourceType": "ValueSet"}, "resourceType is ValueSet", id="ValueSet"),
        pytest.param({}, "resourceType is nothing", id="no resource"),
        pytest.param(
            concept_map([]) | {"status": "retired"},
            "status is retired; make it active",
            id="retired",
        ),
        pytest.param(
            {"resourceType": "ConceptMap", "status": "active"}, "no group", id="without group"
        ),
    ],
)
def test_a_file_that_is_no_map_is_refused(site: Site, content: Json | str, sentence: str) -> None:
    """Unreadable, of another type, or no longer in use."""
    (problem,) = refusals(site, wrong=content)
    assert problem.startswith("concept-maps/wrong.json: ")
    assert sentence in problem


@pytest.mark.parametrize(
    ("source", "code", "system"),
    [
        (SNOMED, "279372000", "SNOMED CT"),
        (SNOMED, "1.22475E+16", "SNOMED CT"),
        ("urn:oid:2.16.840.1.113883.6.96", "449813002", "SNOMED CT"),
        (LOINC, "48065-8", "LOINC"),
        (LOINC, "leg", "LOINC"),
    ],
)
def test_a_mistyped_standard_code_is_refused(
    site: Site, source: str, code: str, system: str
) -> None:
    """Check digits tell a code that was cut, filled down or mistyped."""
    (problem,) = refusals(site, codes=concept_map([row(code, target(FABER))], source=source))
    assert f"element 1 ({code}): no valid {system} code" in problem


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """A folder by the name of a map, for one."""
    (tmp_path / "concept-maps" / "folder.json").mkdir(parents=True)
    with pytest.raises(SiteError, match=r"concept-maps/folder\.json: cannot be read"):
        load_site(tmp_path, library())


def test_a_valid_standard_code_may_be_mapped(site: Site) -> None:
    """A site may say what it records under a standard code that has no row of ours."""
    one = site(codes=concept_map([row("449813001", target(FABER))], source=SNOMED))
    entry = observation(
        "exam",
        concept(coding(SNOMED, "449813001")),
        effectiveDateTime=ago(hours=1),
        valueBoolean=True,
    )
    assert (FABER, PRESENT, UNSPECIFIED) in said(one, entry)


def test_another_target_system_is_refused(site: Site) -> None:
    """Only our findings can be mapped to; the sentence says which address to write."""
    (problem,) = refusals(site, codes=concept_map([row("7", target(FABER))], to=SNOMED))
    assert problem == f"concept-maps/codes.json, group 1: target is {SNOMED}; write {OWN}"


@pytest.mark.parametrize("source", ["", OWN])
def test_a_map_needs_a_source_of_its_own(site: Site, source: str) -> None:
    """Neither nowhere nor our own CodeSystem."""
    (problem,) = refusals(site, codes=concept_map([row("7", target(FABER))], source=source))
    assert "group 1: source must be" in problem


def test_a_code_is_mapped_once(site: Site) -> None:
    """The second row is refused and names the first, also across files."""
    (problem,) = refusals(
        site,
        a=concept_map([row("7", target(FABER))]),
        b=concept_map([row("8", target(FABER)), row("7", target("slr"))]),
    )
    assert problem == (
        "concept-maps/b.json, group 1, element 2 (7): already mapped in concept-maps/a.json, "
        "group 1, element 1 (7); keep one row, with one target per answer"
    )


def test_all_problems_are_told_at_once(site: Site) -> None:
    """One start shows every slip of every file."""
    problems = refusals(
        site,
        a="{",
        b=concept_map([_renamed(slip.values[0], number) for number, slip in enumerate(SLIPS)]),
        c={"resourceType": "ValueSet"},
    )
    files = {problem.partition(".json")[0].removeprefix("concept-maps/") for problem in problems}
    assert files == {"a", "b", "c"}
    told = "\n".join(problems)
    sentences = [re.sub(r"^(element 1.*?)?(\(7\))?: ", "", str(slip.values[1])) for slip in SLIPS]
    assert [sentence for sentence in sentences if sentence not in told] == []


def test_a_site_that_is_no_folder_is_refused(tmp_path: Path) -> None:
    """The sentence names the variable."""
    with pytest.raises(SiteError, match=r"LEGPAIN_SITE: .* is not a folder"):
        load_site(tmp_path / "nowhere", library())


def test_a_site_without_maps_adds_nothing(tmp_path: Path) -> None:
    """The folder may hold other things."""
    assert load_site(tmp_path, library()) == SiteMap()
    assert with_site(library(), SiteMap()).version == library().version


def test_a_map_is_part_of_the_content_version(site: Site) -> None:
    """What a record says depends on it, so that the version must tell."""
    one = site(codes=concept_map([row("7", target(FABER))]))
    assert with_site(library(), one).version == f"{library().version}+{one.version}"


def test_r5_spelling_is_read(site: Site) -> None:
    """`relationship`, `attribute`, `value[x]`, `noMap` and a version behind the address."""
    five: Json = {
        "code": FABER,
        "relationship": "equivalent",
        "dependsOn": [{"attribute": "answer", "valueCode": "POS"}],
        "product": [
            {"attribute": "status", "valueCode": "present"},
            {"attribute": "side", "valueString": "left"},
        ],
    }
    coded: Json = {
        "code": "slr",
        "relationship": "equivalent",
        "dependsOn": [
            {"attribute": "answer", "valueCoding": {"system": SNOMED, "code": "10828004"}}
        ],
        "product": [{"attribute": "status", "valueCode": "absent"}],
    }
    rows = [row("7", five), row("8", coded), {"code": "9", "noMap": True}]
    one = site(five=concept_map(rows, source=f"{LOCAL}|2", to=f"{OWN}|1.0"))
    assert said(one, exam("7", valueString="POS")) == {(FABER, PRESENT, LEFT)}
    positive = concept(coding(SNOMED, "10828004"))
    assert said(one, exam("8", valueCodeableConcept=positive)) == {("slr", ABSENT, UNSPECIFIED)}
    assert said(one, exam("9", valueBoolean=True)) == set()


# ── how local codes are read ─────────────────────────────────────────────────

ANSWERS = row(
    "faber",
    target(FABER, answer="Pos L", status="present", side="left"),
    target(FABER, answer="Pos R", status="present", side="right"),
    target(FABER, answer="Neg", status="absent", side="both"),
    target(FABER, answer="3", status="present"),
    target(FABER, answer="Unable", status="unknown"),
)


@pytest.mark.parametrize(
    ("value", "status", "side"),
    [
        pytest.param({"valueString": "Pos L"}, PRESENT, LEFT, id="word"),
        pytest.param({"valueString": " pos r "}, PRESENT, RIGHT, id="blanks and case"),
        pytest.param({"valueString": "Neg"}, ABSENT, BOTH, id="negative"),
        pytest.param({"valueCodeableConcept": local("Neg")}, ABSENT, BOTH, id="local code"),
        pytest.param(
            {"valueCodeableConcept": concept({"code": "Neg"})}, ABSENT, BOTH, id="bare code"
        ),
        pytest.param({"valueCodeableConcept": concept(text="Neg")}, ABSENT, BOTH, id="text only"),
        pytest.param({"valueInteger": 3}, PRESENT, UNSPECIFIED, id="integer"),
        pytest.param({"valueQuantity": {"value": 3.0}}, PRESENT, UNSPECIFIED, id="number"),
        pytest.param({"valueString": "Unable"}, UNKNOWN, UNSPECIFIED, id="said to be unknown"),
        pytest.param({"valueQuantity": {"value": 3, "comparator": ">"}}, UNKNOWN, None, id="bound"),
        pytest.param({"valueString": "Negative for"}, UNKNOWN, None, id="no exact word"),
        pytest.param(
            {"valueString": "positive"}, UNKNOWN, None, id="a word the site does not list"
        ),
        pytest.param(
            {"valueCodeableConcept": local("Neg", "https://other.example.org")},
            UNKNOWN,
            None,
            id="another system's code",
        ),
        pytest.param(
            {"valueString": "Neg", "dataAbsentReason": NOT_DONE}, UNKNOWN, None, id="not done"
        ),
        pytest.param({}, UNKNOWN, None, id="no value"),
    ],
)
def test_an_answer_is_what_the_site_says(
    site: Site, value: Json, status: Status, side: Side | None
) -> None:
    """Exact words and codes only; everything else was asked but is not known."""
    one = site(flowsheet=concept_map([ANSWERS]))
    read = said(one, exam("faber", **value))
    assert {s for _, s, _ in read} == {status}
    if side is not None:
        assert read == {(FABER, status, side)}


@pytest.mark.parametrize(
    ("value", "status"),
    [
        ({"valueBoolean": True}, PRESENT),
        ({"valueBoolean": False}, ABSENT),
        ({"valueCodeableConcept": concept(coding(SNOMED, "10828004"))}, PRESENT),
        ({"valueString": "negative"}, ABSENT),
        ({"valueString": "Spoor"}, PRESENT),
        ({}, UNKNOWN),
    ],
)
def test_a_row_without_answer_reads_values_as_ours(site: Site, value: Json, status: Status) -> None:
    """Listed answers come on top of boolean, standard codes and the closed list of words."""
    rows = [row("7", target(FABER), target(FABER, answer="Spoor", status="present"))]
    read = said(site(flowsheet=concept_map(rows)), exam("7", **value))
    assert (FABER, status, UNSPECIFIED) in read
    assert {s for _, s, _ in read} <= {status, UNKNOWN}


def test_a_mere_mention_means_what_the_site_says(site: Site) -> None:
    """Without a value only; a recorded value and a reason for its absence still decide."""
    one = site(flowsheet=concept_map([row("7", target(FABER, status="present", side="left"))]))
    assert said(one, exam("7")) == {(FABER, PRESENT, LEFT)}
    assert said(one, exam("7", valueBoolean=False)) == {(FABER, ABSENT, LEFT)}
    assert said(one, exam("7", valueString="who knows")) == {(FABER, UNKNOWN, LEFT)}
    assert said(one, exam("7", dataAbsentReason=NOT_DONE)) == {(FABER, UNKNOWN, LEFT)}


def test_a_body_site_wins_over_the_side_of_the_code(site: Site) -> None:
    """As for our own codes: body site first."""
    one = site(flowsheet=concept_map([row("7", target(FABER, side="left"))]))
    entry = exam("7", valueBoolean=True, bodySite=body_site(None, "R"))
    assert said(one, entry) == {(FABER, PRESENT, RIGHT)}


def test_components_are_translated(site: Site) -> None:
    """A battery of tests in one Observation."""
    one = site(flowsheet=concept_map([ANSWERS, row("slr-l", target("slr", side="left"))]))
    battery = exam(
        "battery",
        component=[
            {"code": local("faber"), "valueString": "Pos R"},
            {"code": local("slr-l"), "valueBoolean": False},
        ],
    )
    assert said(one, battery) == {(FABER, PRESENT, RIGHT), ("slr", ABSENT, LEFT)}


def test_conditions_and_visit_reasons_are_translated(site: Site) -> None:
    """A local complaint code opens the same complaint as ours."""
    one = site(
        problems=concept_map(
            [
                row("calf-l", target("calf_pain", side="left")),
                row("no-dyspnea", target("dyspnea_new", status="absent")),
                row("faber", target(FABER, answer="Pos", status="present")),
            ]
        )
    )
    visit = resource(
        "Encounter",
        status="in-progress",
        period={"start": day_ago(0)},
        reasonCode=[local("calf-l")],
        **{"class": coding(f"{HL7}/v3-ActCode", "AMB")},
    )
    assert said(one, visit) == {("calf_pain", PRESENT, LEFT)}
    assert said(one, condition(local("calf-l"), recordedDate=day_ago(1))) == {
        ("calf_pain", PRESENT, LEFT)
    }
    assert said(one, condition(local("no-dyspnea"), recordedDate=day_ago(1))) == {
        ("dyspnea_new", ABSENT, UNSPECIFIED)
    }
    assert said(one, condition(local("faber"), recordedDate=day_ago(1))) == set()


def test_codes_nobody_maps_say_nothing(site: Site) -> None:
    """The same code in another system, and another code of the same system."""
    one = site(flowsheet=concept_map([row("7", target(FABER))]))
    elsewhere = observation(
        "exam",
        local("7", "https://other.example.org"),
        effectiveDateTime=ago(hours=1),
        valueBoolean=True,
    )
    assert said(one, elsewhere, exam("8", valueBoolean=True)) == set()


@pytest.mark.parametrize(
    ("value", "centimeters"),
    [
        pytest.param(quantity(38.5, None, None), 38.5, id="bare number"),
        pytest.param(quantity(385, "mm", "mm"), 38.5, id="its own unit wins"),
        pytest.param(quantity(38.5, "furlong", None), None, id="an unknown unit is not replaced"),
    ],
)
def test_a_bare_number_gets_the_unit_of_the_map(
    site: Site, value: Json, centimeters: float | None
) -> None:
    """Only where the record has none."""
    one = site(flowsheet=concept_map([row("7", target("calf_circumference", unit="cm"))]))
    (statement,) = facts(one, exam("7", valueQuantity=value)).statements
    read = statement.quantity.value if statement.quantity else None
    assert read == (pytest.approx(centimeters) if centimeters else None)


def test_a_bare_integer_gets_the_unit_of_the_map(site: Site) -> None:
    """FHIR has numbers of two kinds."""
    one = site(flowsheet=concept_map([row("7", target("calf_circumference", unit="mm"))]))
    (statement,) = facts(one, exam("7", valueInteger=385)).statements
    assert statement.quantity is not None
    assert statement.quantity.value == pytest.approx(38.5)


def test_an_answer_may_stand_for_a_number(site: Site) -> None:
    """Power is often written as a fraction of five."""
    rows = [row("7", target("mrc", answer="4/5", value="4", side="left"))]
    (statement,) = facts(site(flowsheet=concept_map(rows)), exam("7", valueString="4/5")).statements
    assert statement.quantity is not None
    assert (statement.quantity.value, statement.side) == (4, LEFT)


def test_a_method_must_be_recorded(site: Site) -> None:
    """A row that depends on the method says nothing of entries made otherwise."""
    one = site(flowsheet=concept_map([row("7", target("slr", method="supine"))]))
    supine = exam("7", valueBoolean=True, method=local("supine"))
    assert said(one, supine) == {("slr", PRESENT, UNSPECIFIED)}
    assert said(one, exam("7", valueBoolean=True, method=local("seated"))) == set()
    assert said(one, exam("7", valueBoolean=True)) == set()


def test_a_problem_said_to_be_unknown_says_nothing(site: Site) -> None:
    """`status` unknown on a code that has no value of its own."""
    one = site(problems=concept_map([row("q", target("calf_pain", status="unknown"))]))
    assert said(one, condition(local("q"), recordedDate=day_ago(1))) == set()


# ── D-dimer assays ───────────────────────────────────────────────────────────


def judged(site_map: SiteMap, *resources: Json) -> DDimerResult:
    """What the results say of a patient of 60: FEU threshold 600 ug/L."""
    findings = find(facts(site_map, *resources), library().rulebook)
    return read_d_dimer(findings, rules("dvt"), None, Anticoagulation(Status.ABSENT))


ASSAYS = [
    row("feu", target("ddimer", basis="FEU")),
    row("ddu", target("ddimer", basis="DDU")),
    row("bare", target("ddimer", basis="FEU", unit="ng/mL")),
    row("none", target("ddimer")),
    row("bedside", target("ddimer", basis="FEU", exclusion="not-licensed")),
]


@pytest.mark.parametrize(
    ("code", "value", "kind", "problem"),
    [
        pytest.param("feu", quantity(590, "ng/mL", None), DDimer.NEGATIVE, "", id="FEU"),
        pytest.param("ddu", quantity(590, "ng/mL", None), DDimer.POSITIVE, "", id="DDU doubled"),
        pytest.param("bare", quantity(590, None, None), DDimer.NEGATIVE, "", id="unit by the map"),
        pytest.param(
            "feu", quantity(590, None, None), DDimer.UNINTERPRETABLE, "unit-missing", id="no unit"
        ),
        pytest.param(
            "feu",
            quantity(590, "ng/mL DDU", None),
            DDimer.UNINTERPRETABLE,
            "basis-conflict",
            id="map and unit disagree",
        ),
        pytest.param(
            "none",
            quantity(590, "ng/mL", None),
            DDimer.UNINTERPRETABLE,
            "basis-unknown",
            id="no basis",
        ),
        pytest.param(
            "bedside",
            quantity(590, "ng/mL", None),
            DDimer.UNINTERPRETABLE,
            "assay-not-licensed",
            id="negative of an assay not licensed",
        ),
        pytest.param(
            "bedside", quantity(900, "ng/mL", None), DDimer.POSITIVE, "", id="its positive counts"
        ),
    ],
)
def test_a_mapped_d_dimer_proves_its_basis_or_is_unusable_ruling_33(
    site: Site, code: str, value: Json, kind: DDimer, problem: str
) -> None:
    """Ruling 33: a mapped D-dimer without basis is uninterpretable, never none."""
    one = site(laboratory=concept_map(ASSAYS))
    result = observation(
        "laboratory", local(code), effectiveDateTime=ago(hours=2), valueQuantity=value
    )
    read = judged(one, result)
    assert (read.kind, read.problem) == (kind, problem)


QUALITATIVE = [
    row(
        "strip",
        target("ddimer", exclusion="licensed"),
        target("ddimer", answer="reactive", status="present", exclusion="licensed"),
    ),
    row("other", target("ddimer")),
    row("bedside", target("ddimer", exclusion="not-licensed")),
]


@pytest.mark.parametrize(
    ("code", "value", "kind"),
    [
        ("strip", {"valueString": "negative"}, DDimer.NEGATIVE),
        ("strip", {"valueString": "positive"}, DDimer.POSITIVE),
        ("strip", {"valueString": "reactive"}, DDimer.POSITIVE),
        ("strip", {"valueString": "unclear"}, DDimer.UNINTERPRETABLE),
        ("strip", {"dataAbsentReason": NOT_DONE}, DDimer.UNINTERPRETABLE),
        ("other", {"valueString": "negative"}, DDimer.UNINTERPRETABLE),
        ("other", {"valueString": "positive"}, DDimer.UNINTERPRETABLE),
        ("bedside", {"valueString": "negative"}, DDimer.UNINTERPRETABLE),
    ],
)
def test_a_qualitative_d_dimer_needs_a_listed_assay(
    site: Site, code: str, value: Json, kind: DDimer
) -> None:
    """Vascular 1.5 rule 8: only where the site lists the assay as licensed to exclude VTE."""
    one = site(laboratory=concept_map(QUALITATIVE))
    result = observation("laboratory", local(code), effectiveDateTime=ago(hours=2), **value)
    assert judged(one, result).kind is kind


def advised_on_a_strip(site: Site, word: str, *resources: Json, **more: Any) -> Advice:
    """What is advised on a painful calf with a result of the listed qualitative assay."""
    words = vocabulary(library(), site(laboratory=concept_map(QUALITATIVE)))
    result = observation(
        "laboratory", local("strip"), effectiveDateTime=ago(hours=1), valueString=word
    )
    pain = observation(
        "exam", concept(own("calf_pain")), effectiveDateTime=ago(hours=3), valueBoolean=True
    )
    return advise(chart(pain, *resources, result, **more), words, writer(), AS_OF)


@pytest.mark.parametrize("more", [{}, {"medications": {"resourceType": "OperationOutcome"}}])
def test_a_negative_qualitative_d_dimer_alone_closes_nothing(
    site: Site, more: dict[str, Any]
) -> None:
    """Row D17b, treatment known or not, needs a score of 1 or less whatever is missing."""
    advised = advised_on_a_strip(site, "negative", **more)
    assert [c.id for c in advised.cards if c.id.startswith("dvt")] == ["dvt-undetermined"]


@pytest.mark.parametrize(
    ("word", "more", "row_id", "card"),
    [
        pytest.param("positive", {}, "D15-qualitative", "dvt-d-dimer-positive", id="positive"),
        pytest.param("negative", {}, "D17b", None, id="negative"),
        pytest.param(
            "negative",
            {"medications": {"resourceType": "OperationOutcome"}},
            "D17b-unclear-qualitative",
            "dvt-unlikely",
            id="negative, medications not read",
        ),
    ],
)
def test_a_listed_qualitative_d_dimer_decides(
    site: Site, word: str, more: dict[str, Any], row_id: str, card: str | None
) -> None:
    """A positive one leads to a scan; a negative one closes an unlikely score off treatment."""
    items = [
        *(name for name in rules("dvt").groups["wells_items"]),
        "alternative_diagnosis_as_likely",
    ]
    denied = [
        observation(
            "exam",
            concept(own(name)),
            effectiveDateTime=ago(hours=2),
            valueBoolean=False,
        )
        for name in items
    ]
    advised = advised_on_a_strip(site, word, *denied, **more)
    assert {p.assessment.row.id for p in advised.placed if p.assessment.topic == "dvt"} == {row_id}
    assert [c.id for c in advised.cards if c.id.startswith("dvt")] == ([card] if card else [])


def test_local_and_standard_code_of_one_result_must_agree(site: Site) -> None:
    """Side by side in one Observation they speak of one assay."""
    one = site(laboratory=concept_map(ASSAYS))
    both = concept(coding(LOINC, "48066-5"), coding(LOCAL, "feu"))
    result = observation(
        "laboratory",
        both,
        effectiveDateTime=ago(hours=2),
        valueQuantity=quantity(590, "ng/mL", None),
    )
    assert judged(one, result).problem == "basis-conflict"


def test_own_and_local_code_side_by_side_count_once(site: Site) -> None:
    """An EHR that sends both says the same thing."""
    one = site(flowsheet=concept_map([row("7", target(FABER))]))
    both = concept(own(FABER), coding(LOCAL, "7"))
    entry = observation("exam", both, effectiveDateTime=ago(hours=2), valueBoolean=True)
    assert said(one, entry) == {(FABER, PRESENT, UNSPECIFIED)}
    assert len(facts(one, entry).statements) == 1


# ── the example ──────────────────────────────────────────────────────────────


def test_the_example_site_is_valid() -> None:
    """It loads, it is FHIR R4B, and it is told as an invention."""
    assert load_site(EXAMPLE, library()).translations
    for path in (EXAMPLE / "concept-maps").glob("*.json"):
        model: Any = get_fhir_model_class("ConceptMap").model_validate_json(path.read_bytes())
        assert model.experimental is True
        assert all(group.source.startswith("https://ehr.example.org/") for group in model.group)


@pytest.mark.parametrize(
    ("code", "value", "finding", "side", "number"),
    [
        ("10301", {"valueQuantity": {"value": 41.5}}, "calf_circumference", LEFT, 41.5),
        ("10312", {"valueQuantity": {"value": 0.62}}, "abi", RIGHT, 0.62),
        ("10231", {"valueString": "3/5"}, "mrc", LEFT, 3),
    ],
)
def test_the_example_site_reads_measurements(
    code: str, value: Json, finding: str, side: Side, number: float
) -> None:
    """Calf, ankle-brachial index and power of a flowsheet, each with its side."""
    example = load_site(EXAMPLE, library())
    flowsheet = "https://ehr.example.org/fhir/CodeSystem/flowsheet"
    entry = exam(code, **value) | {"code": local(code, flowsheet)}
    (statement,) = facts(example, entry).statements
    assert statement.quantity is not None
    assert (statement.finding, statement.side) == (finding, side)
    assert statement.quantity.value == pytest.approx(number)


def test_the_property_addresses_are_ours() -> None:
    """R4 writes properties as addresses; these are documented and never change."""
    assert PROPERTIES == "https://legpain-cds.github.io/fhir/site-map/"


def test_the_maps_of_the_documentation_are_valid(site: Site) -> None:
    """What integrators copy works."""
    text = (Path(__file__).parents[2] / "docs" / "site-mapping.md").read_text(encoding="utf-8")
    whole, faber = (json.loads(block.partition("```")[0]) for block in text.split("```json")[1:])
    assert len(site(whole=whole, faber=concept_map([faber])).translations) == 2
