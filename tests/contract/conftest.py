"""The command line as a person uses it."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from cds_service.cli import main
from tests.contract.command import Ended, Run


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Iterator[Run]:
    """Run the command in this process, on a wide terminal, in an empty folder."""
    before = structlog.get_config()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "500")
    for name in ("PROFILE", "CARDS", "SITE", "DEMO_ON_ANY_ADDRESS", "GUIDELINES"):
        monkeypatch.delenv(f"LEGPAIN_{name}", raising=False)

    def command(*arguments: object) -> Ended:
        monkeypatch.setattr(sys, "argv", ["legpain-cds", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        captured = capsys.readouterr()
        assert "Traceback" not in captured.out + captured.err
        return Ended(
            code=int(ended.value.code or 0),
            out=" ".join(captured.out.split()),
            err=" ".join(captured.err.split()),
            lines=tuple(captured.out.splitlines()),
        )

    yield command
    structlog.configure(**before)
