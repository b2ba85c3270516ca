"""Claims of the source documents, treatments and disagreements of `_common/`."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from cds_service.content.models.base import Keys, Span, Strict, Words

Verdict = Literal["supported", "contested", "contradicted", "background"]
ContextName = Literal["back-pain", "sij", "pregnancy"]
PLACES = ("card", "note", "row", "threshold", "deferral", "treatment", "disagreement", "topic")


class DocumentModel(Strict):
    """A document that was given as a source, and whose interest it may serve."""

    title: Words
    interest: Words


class Place(Strict):
    """Where something is reflected: exactly one of the places.

    Notes, rows and thresholds are written `topic.id`; a card or note needs a `phrase` of its text.
    """

    card: Words | None = None
    note: Words | None = None
    row: Words | None = None
    threshold: Words | None = None
    deferral: Words | None = None
    treatment: Words | None = None
    disagreement: Words | None = None
    topic: Words | None = None
    phrase: Words | None = None

    @model_validator(mode="after")
    def _one_place(self) -> "Place":
        given = [kind for kind in PLACES if getattr(self, kind) is not None]
        if len(given) != 1:
            message = f"give exactly one of {', '.join(PLACES)}"
            raise ValueError(message)
        if (given[0] in ("card", "note")) != (self.phrase is not None):
            message = "a card or note needs a phrase of its text, any other place has none"
            raise ValueError(message)
        return self

    @property
    def kind(self) -> str:
        """Which of the places this is."""
        return next(kind for kind in PLACES if getattr(self, kind) is not None)

    @property
    def name(self) -> str:
        """The id of the place."""
        return str(getattr(self, self.kind))


Places = Annotated[tuple[Place, ...], Field(strict=False)]


class ClaimModel(Strict):
    """One claim of the source documents, judged; reflected somewhere or left out with a reason.

    `avoided` are words that no card, no note and no leaflet may contain.
    """

    theme: Words
    claim: Words
    documents: Annotated[Keys, Field(min_length=1)]
    verdict: Verdict
    reason: Words
    unverified: Words | None = None
    evidence: Keys = ()
    topics: Annotated[Keys, Field(min_length=1)]
    reflected: Places = ()
    left_out: Words | None = None
    avoided: Keys = ()

    @model_validator(mode="after")
    def _answered(self) -> "ClaimModel":
        if not self.reflected and self.left_out is None:
            message = "say where it is reflected, or in left_out why it is not"
            raise ValueError(message)
        return self


class ClaimsFile(Strict):
    """`claims.toml`."""

    first: Span
    last: Span
    document: dict[str, DocumentModel]
    claim: dict[str, ClaimModel]


class ContextModel(Strict):
    """What is known of a treatment in one context."""

    level: Words
    says: Words
    evidence: Keys = ()


class TreatmentModel(Strict):
    """A treatment with its level for cards and what is known in each context."""

    name: Words
    level: Words
    says: Words
    documents: Keys = ()
    unverified: Words | None = None
    topics: Annotated[Keys, Field(min_length=1)]
    context: Annotated[dict[ContextName, ContextModel], Field(min_length=1)]


class TreatmentsFile(Strict):
    """`treatments.toml`."""

    levels: dict[str, Words]
    contexts: dict[ContextName, Words]
    treatment: dict[str, TreatmentModel]


class PositionModel(Strict):
    """One side of a disagreement, resting on evidence or on a source document."""

    who: Words
    says: Words
    evidence: Keys = ()
    documents: Keys = ()

    @model_validator(mode="after")
    def _rests_on_something(self) -> "PositionModel":
        if not self.evidence and not self.documents:
            message = "a position needs evidence or a document"
            raise ValueError(message)
        return self


class DisagreementModel(Strict):
    """A question on which sources differ, and what the service does about it."""

    question: Words
    topics: Annotated[Keys, Field(min_length=1)]
    position: Annotated[tuple[PositionModel, ...], Field(strict=False, min_length=1)]
    here: Words
    reflected: Places


class DisagreementsFile(Strict):
    """`disagreements.toml`."""

    disagreement: dict[str, DisagreementModel]
