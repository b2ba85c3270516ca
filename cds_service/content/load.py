"""Builds the library from the content folder, or says in sentences what is wrong with it."""

from pathlib import Path

from cds_service.content.check import check
from cds_service.content.codes import CodeBook, Reads, Systems
from cds_service.content.compile import compile_rulebook
from cds_service.content.files import ContentReader
from cds_service.content.leaflets import PATTERN, read_leaflets
from cds_service.content.library import SERVICE, Library, version_of
from cds_service.content.literature import read_literature
from cds_service.content.models.banned import BannedFile
from cds_service.content.models.base import Values
from cds_service.content.models.card import CardFile, OrderModel, ReasonsFile, SourceModel
from cds_service.content.models.codes import FindingsFile, SystemModel, UnitModel
from cds_service.content.models.quiet import QuietFile
from cds_service.content.models.topic import Evidence, NotesFile, TopicFile, WindowsFile
from cds_service.content.models.triage import TriageFile
from cds_service.content.pages import read_pages
from cds_service.content.terminology.read import checked_rows, checked_sides
from cds_service.content.terminology.table import TABLE

MEASURED = frozenset(
    {
        "reader:vital_sbp",
        "reader:vital_heart_rate",
        "reader:vital_resp_rate",
        "reader:vital_spo2",
        "reader:vital_temperature",
        "calf_circumference",
        "pvr_ml",
        "abi",
        "aslr",
        "delta_pressure",
        "duration_days",
        "mrc",
    }
)
_SIDES = "icd10cm-sides.csv"
_PACKAGED = Path(__file__).parents[1] / "_cards"
_CHECKOUT = Path(__file__).parents[2] / "cards"


def content_folder() -> Path:
    """`cards/` as shipped in the wheel, or of the checkout."""
    return _PACKAGED if _PACKAGED.is_dir() else _CHECKOUT


def load_library(root: Path | None = None) -> Library:
    """Load and check all content.

    Raises ContentError with one sentence per problem, each naming file, key and remedy.
    """
    folder = root or content_folder()
    reader = ContentReader(folder)
    common, codes = folder / "_common", folder / "_codes"
    topics = {
        path.parent.name: topic
        for path in sorted(folder.glob("*/topic.toml"))
        if (topic := reader.model(path, TopicFile))
    }
    cards = _cards(reader, folder)
    findings = reader.model(codes / "findings.toml", FindingsFile)
    triage = reader.model(common / "triage.toml", TriageFile)
    reasons = reader.model(common / "override_reasons.toml", ReasonsFile)
    windows = reader.model(common / "windows.toml", WindowsFile)
    quiet = reader.model(common / "quiet.toml", QuietFile)
    systems = reader.table(codes / "systems.toml", SystemModel)
    evidence = {
        name: reader.table(folder / name / "evidence.toml", Evidence)
        for name in topics
        if (folder / name / "evidence.toml").exists()
    }
    units = reader.table(codes / "units.toml", UnitModel)
    for name in sorted(MEASURED - set(units)):
        reader.report(codes / "units.toml", f"{name}: missing; the service converts its units")
    orders = reader.table(common / "orders.toml", OrderModel)
    sources = reader.table(common / "sources.toml", SourceModel)
    sentences = reader.toml(common / "sentences.toml")
    placeholders = reader.model(common / "placeholders.toml", Values)
    banned = reader.model(common / "banned.toml", BannedFile)
    sides = checked_sides(reader, codes / _SIDES)
    rows = checked_rows(reader, codes / TABLE, findings, frozenset(systems))
    notes = _notes(reader, folder, topics)
    literature = read_literature(reader, common)
    leaflets = read_leaflets(reader, folder)
    pages = read_pages(reader, folder, [name for name in topics if name != SERVICE])
    reader.stop_if_broken()
    if not (
        findings
        and triage
        and reasons
        and windows
        and quiet
        and literature
        and placeholders
        and banned
        and pages
    ):
        message = "unreachable: a missing model is a reported problem"
        raise AssertionError(message)
    rulebook = compile_rulebook(topics, findings, windows.windows, triage, quiet)
    reads = Reads(
        own=frozenset(findings.finding),
        readers=frozenset(findings.defaults.readers),
        denied_by={name: frozenset(keys) for name, keys in findings.denied_by.items()},
    )
    library = Library(
        version=version_of(folder),
        rulebook=rulebook,
        codes=CodeBook(rows, _systems(systems), sides, reads),
        findings=findings,
        units=units,
        topics=topics,
        cards={card.id: card for _, card in cards},
        evidence=evidence,
        notes={name: dict(file.notes) for name, file in notes.items()},
        note_evidence={name: dict(file.evidence) for name, file in notes.items()},
        sources=sources,
        orders=orders,
        reasons=reasons,
        triage=triage,
        sentences=sentences,
        placeholders=placeholders.root,
        banned=banned.phrase,
        topic_of_card={card.id: topic for topic, card in cards},
        shared_windows=windows.windows,
        literature=literature,
        leaflets=leaflets,
        pages=pages,
        unexpanded=tuple(row for row in rows if row.expands(reads.readers)),
    )
    check(library, reader)
    reader.stop_if_broken()
    return library


def _systems(models: dict[str, SystemModel]) -> Systems:
    return Systems(
        names={uri: name for name, system in models.items() for uri in system.uris},
        dotted=frozenset(name for name, system in models.items() if system.dotted),
    )


def _cards(reader: ContentReader, folder: Path) -> list[tuple[str, CardFile]]:
    return [
        (path.parent.name, card)
        for path in sorted(folder.glob("*/*.md"))
        if path.name not in ("HISTORY.md", "README.md")
        and not path.match(PATTERN)
        and (card := reader.marked(path, CardFile, id=path.stem))
    ]


def _notes(
    reader: ContentReader, folder: Path, topics: dict[str, TopicFile]
) -> dict[str, NotesFile]:
    notes = {}
    for name in topics:
        path = folder / name / "notes.toml"
        file = reader.model(path, NotesFile) if path.exists() else None
        notes[name] = file or NotesFile()
    return notes
