"""FHIR JSON decoded only as far as the rules read it.

One permissive structure serves all resource types: every field is optional and unknown members
are skipped without allocation. Full validation is not the aim; a resource that does not fit
costs itself, not the request.
"""

import msgspec


class Coding(msgspec.Struct, gc=False):
    """FHIR Coding."""

    system: str = ""
    code: str = ""
    display: str = ""


class CodeableConcept(msgspec.Struct, gc=False):
    """FHIR CodeableConcept."""

    coding: list[Coding] = []
    text: str = ""


class Reference(msgspec.Struct, gc=False):
    """FHIR Reference; `actor` is set where a type wraps the reference (Procedure.performer)."""

    reference: str = ""
    actor: "Reference | None" = None


class Period(msgspec.Struct, gc=False):
    """FHIR Period."""

    start: str = ""
    end: str = ""


class Quantity(msgspec.Struct, gc=False):
    """FHIR Quantity."""

    value: float | None = None
    comparator: str = ""
    unit: str = ""
    code: str = ""


class ReferenceRange(msgspec.Struct, gc=False):
    """Upper limit of a laboratory's reference range."""

    high: Quantity | None = None


class Link(msgspec.Struct, gc=False):
    """Bundle.link."""

    relation: str = ""
    url: str = ""


class Search(msgspec.Struct, gc=False):
    """Bundle.entry.search."""

    mode: str = ""


class Issue(msgspec.Struct, gc=False):
    """OperationOutcome.issue."""

    severity: str = ""


class EncounterDiagnosis(msgspec.Struct, gc=False):
    """Encounter.diagnosis."""

    condition: Reference | None = None


class RelativeCondition(msgspec.Struct, gc=False):
    """FamilyMemberHistory.condition."""

    code: CodeableConcept | None = None


class Dosage(msgspec.Struct, gc=False, rename="camel"):
    """MedicationRequest.dosageInstruction."""

    route: CodeableConcept | None = None


class Contained(msgspec.Struct, gc=False, rename="camel"):
    """A contained resource, read for medications only; other types spell `code` otherwise."""

    id: str = ""
    code: CodeableConcept | list[CodeableConcept] | str | None = None


class Component(msgspec.Struct, gc=False, rename="camel"):
    """What an Observation and its components share."""

    code: CodeableConcept | None = None
    method: CodeableConcept | None = None
    value_boolean: bool | None = None
    value_codeable_concept: CodeableConcept | None = None
    value_quantity: Quantity | None = None
    value_integer: int | None = None
    value_string: str | None = None
    value_date_time: str | None = None
    interpretation: list[CodeableConcept] = []
    data_absent_reason: CodeableConcept | None = None
    reference_range: list[ReferenceRange] = []


class Answer(msgspec.Struct, gc=False, rename="camel"):
    """QuestionnaireResponse.item.answer."""

    value_boolean: bool | None = None
    value_coding: Coding | None = None
    value_decimal: float | None = None
    value_integer: int | None = None
    value_quantity: Quantity | None = None
    value_string: str | None = None
    value_date: str | None = None
    value_date_time: str | None = None
    item: list["Item"] = []


class Item(msgspec.Struct, gc=False, rename="camel"):
    """QuestionnaireResponse.item; `code` is not FHIR's, but some form tools copy it there."""

    link_id: str = ""
    definition: str = ""
    code: list[Coding] = []
    answer: list[Answer] = []
    item: list["Item"] = []


class Resource(Component, gc=False, rename="camel"):
    """Any resource the rules read, and Bundle and OperationOutcome around them."""

    resource_type: str = ""
    id: str = ""
    status: str = ""
    intent: str = ""
    priority: str | CodeableConcept = ""
    do_not_perform: bool | None = None
    subject: Reference | None = None
    patient: Reference | None = None
    encounter: Reference | None = None
    category: CodeableConcept | list[CodeableConcept] | None = None
    clinical_status: CodeableConcept | None = None
    verification_status: CodeableConcept | None = None
    onset_date_time: str = ""
    onset_period: Period | None = None
    abatement_date_time: str = ""
    abatement_period: Period | None = None
    abatement_boolean: bool | None = None
    recorded_date: str = ""
    effective_date_time: str = ""
    effective_period: Period | None = None
    effective_instant: str = ""
    issued: str = ""
    performed_date_time: str = ""
    performed_period: Period | None = None
    authored_on: str = ""
    started: str = ""
    period: Period | None = None
    body_site: CodeableConcept | list[CodeableConcept] | None = None
    component: list[Component] = []
    performer: Reference | list[Reference] = []
    reason_code: list[CodeableConcept] = []
    reason_reference: list[Reference] = []
    diagnosis: list[EncounterDiagnosis] = []
    service_type: CodeableConcept | None = None
    clinical_class: Coding | None = msgspec.field(name="class", default=None)
    conclusion: str = ""
    conclusion_code: list[CodeableConcept] = []
    procedure_code: list[CodeableConcept] = []
    medication_codeable_concept: CodeableConcept | None = None
    medication_reference: Reference | None = None
    dosage_instruction: list[Dosage] = []
    contained: list[Contained] = []
    relationship: CodeableConcept | None = None
    condition: list[RelativeCondition] = []
    date: str = ""
    questionnaire: str = ""
    authored: str = ""
    author: Reference | list[Reference] = []
    source: Reference | str | None = None
    item: list[Item] = []
    gender: str = ""
    birth_date: str = ""
    deceased_boolean: bool | None = None
    deceased_date_time: str = ""
    issue: list[Issue] = []
    link: list[Link] = []
    entry: list["Entry"] = []
    # Members of other FHIR versions: not read, but they tell that the resource is none of ours.
    actual_period: object = None
    medication: object = None
    occurrence_date_time: object = None
    occurrence_period: object = None

    @property
    def reference(self) -> str:
        """The relative reference, for example `Condition/c1`."""
        return f"{self.resource_type}/{self.id}"


class Entry(msgspec.Struct, gc=False, rename="camel"):
    """Bundle.entry."""

    resource: Resource | None = None
    search: Search | None = None


class RawEntry(msgspec.Struct):
    """An entry whose resource is decoded by itself."""

    resource: msgspec.Raw = msgspec.Raw()
    search: Search | None = None


class RawBundle(msgspec.Struct, rename="camel"):
    """A Bundle whose entries are decoded one by one."""

    resource_type: str = ""
    link: list[Link] = []
    entry: list[msgspec.Raw] = []


class Kind(msgspec.Struct, rename="camel"):
    """Only the type of a resource."""

    resource_type: str = ""


RESOURCE = msgspec.json.Decoder(Resource)
RAW_BUNDLE = msgspec.json.Decoder(RawBundle)
RAW_ENTRY = msgspec.json.Decoder(RawEntry)
KIND = msgspec.json.Decoder(Kind)
