"""The content of one version, loaded and checked once at start-up."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cds_service.clinical.rulebook import Rulebook
from cds_service.content.codes import CodeBook
from cds_service.content.leaflets import Leaflets
from cds_service.content.literature import Literature
from cds_service.content.models.banned import BannedPhrase
from cds_service.content.models.card import CardFile, OrderModel, ReasonsFile, SourceModel
from cds_service.content.models.codes import FindingsFile, UnitModel
from cds_service.content.models.topic import Evidence, TopicFile, Window
from cds_service.content.models.triage import TriageFile
from cds_service.content.pages import Pages
from cds_service.content.terminology.expansions import Expansions
from cds_service.content.terminology.table import CodeRow

SERVICE = "_service"


@dataclass(frozen=True, slots=True)
class Library:
    """Everything in `cards/`; `version` changes whenever any file does.

    `unexpanded` are the rows that stand for their descendants, of which only those with rows of
    their own are known; `expansions` is what a terminology server told of the others.
    `switched_off` are the cards that a site does not show.
    """

    version: str
    rulebook: Rulebook
    codes: CodeBook
    findings: FindingsFile
    units: Mapping[str, UnitModel]
    topics: Mapping[str, TopicFile]
    cards: Mapping[str, CardFile]
    evidence: Mapping[str, Mapping[str, Evidence]]
    notes: Mapping[str, Mapping[str, str]]
    note_evidence: Mapping[str, Mapping[str, tuple[str, ...]]]
    sources: Mapping[str, SourceModel]
    orders: Mapping[str, OrderModel]
    reasons: ReasonsFile
    triage: TriageFile
    sentences: Mapping[str, Any]
    placeholders: Mapping[str, str]
    banned: tuple[BannedPhrase, ...]
    topic_of_card: Mapping[str, str]
    shared_windows: Mapping[str, Window]
    literature: Literature
    leaflets: Leaflets
    pages: Pages
    local_orders: frozenset[str] = frozenset()
    unexpanded: tuple[CodeRow, ...] = ()
    expansions: Expansions | None = None
    switched_off: frozenset[str] = frozenset()

    def entry(self, key: str, topic: str) -> Evidence:
        """An evidence entry in the words of this topic, else of the shared file or another topic.

        Raises KeyError for a key that nothing defines.
        """
        others = (self.evidence[name] for name in sorted(self.evidence))
        for entries in (self.evidence.get(topic, {}), self.literature.evidence, *others):
            if key in entries:
                return entries[key]
        raise KeyError(key)

    def display(self, finding: str) -> str:
        """How a finding or term is named on a card."""
        known = self.findings.finding.get(finding) or self.findings.term.get(finding)
        if known is not None:
            return known.display
        return finding.rpartition(":")[2].replace("_", " ")


def version_of(root: Path) -> str:
    """A short digest of all content files, independent of where they lie."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file():
            digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
