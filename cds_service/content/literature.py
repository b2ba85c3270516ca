"""What the literature says beyond single cards: claims judged, treatments, disagreements."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cds_service.content.files import ContentReader
from cds_service.content.models.literature import (
    ClaimModel,
    ClaimsFile,
    DisagreementModel,
    DisagreementsFile,
    DocumentModel,
    TreatmentModel,
    TreatmentsFile,
)
from cds_service.content.models.topic import Evidence


@dataclass(frozen=True, slots=True)
class Literature:
    """`claims.toml`, `treatments.toml`, `disagreements.toml` and the evidence only they cite."""

    documents: Mapping[str, DocumentModel]
    claims: Mapping[str, ClaimModel]
    numbers: range
    treatments: Mapping[str, TreatmentModel]
    levels: Mapping[str, str]
    contexts: Mapping[str, str]
    disagreements: Mapping[str, DisagreementModel]
    evidence: Mapping[str, Evidence]

    def cited(self, topic: str) -> tuple[str, ...]:
        """Every evidence key that this topic's claims, treatments and disagreements cite."""
        keys = [key for claim in self.claims_of(topic).values() for key in claim.evidence]
        for treatment in self.treatments_of(topic).values():
            keys += [key for context in treatment.context.values() for key in context.evidence]
        for question in self.disagreements_of(topic).values():
            keys += [key for position in question.position for key in position.evidence]
        return tuple(sorted(set(keys)))

    def claims_of(self, topic: str) -> dict[str, ClaimModel]:
        """The claims that concern a topic."""
        return {key: claim for key, claim in self.claims.items() if topic in claim.topics}

    def themes_of(self, topic: str) -> dict[str, dict[str, ClaimModel]]:
        """The claims that concern a topic, by theme."""
        themes: dict[str, dict[str, ClaimModel]] = {}
        for key, claim in self.claims_of(topic).items():
            themes.setdefault(claim.theme, {})[key] = claim
        return themes

    def treatments_of(self, topic: str) -> dict[str, TreatmentModel]:
        """The treatments that concern a topic."""
        return {key: entry for key, entry in self.treatments.items() if topic in entry.topics}

    def disagreements_of(self, topic: str) -> dict[str, DisagreementModel]:
        """The disagreements that concern a topic."""
        return {key: entry for key, entry in self.disagreements.items() if topic in entry.topics}


def read_literature(reader: ContentReader, common: Path) -> Literature | None:
    """The files of `_common/`, None after reporting what is wrong with them."""
    claims = reader.model(common / "claims.toml", ClaimsFile)
    treatments = reader.model(common / "treatments.toml", TreatmentsFile)
    disagreements = reader.model(common / "disagreements.toml", DisagreementsFile)
    evidence = reader.table(common / "evidence.toml", Evidence)
    if not (claims and treatments and disagreements):
        return None
    return Literature(
        documents=claims.document,
        claims=claims.claim,
        numbers=range(claims.first, claims.last + 1),
        treatments=treatments.treatment,
        levels=treatments.levels,
        contexts={str(name): words for name, words in treatments.contexts.items()},
        disagreements=disagreements.disagreement,
        evidence=evidence,
    )
