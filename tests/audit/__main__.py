"""`make audit`: are weaknesses known of what is installed? Needs an advisory service."""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.audit.verdict import judged

LOCKS = Path(__file__).parents[2] / "requirements"


def main() -> int:
    """Print what is known; exit status 1 for a weakness, 2 where nothing could be asked."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--service", choices=("pypi", "osv"), default="pypi")
    asked.add_argument("locks", nargs="*", default=["postgres", "build"])
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-m", "pip_audit", "--disable-pip", "--require-hashes"]
        command += ["--progress-spinner", "off", "--desc", "off", "--aliases", "on"]
        command += ["--vulnerability-service", given.service, "--format", "json"]
        command += ["--output", str(report)]
        for name in given.locks:
            command += ["--requirement", str(LOCKS / f"{name}.txt")]
        # What it says of its own is a traceback where the service is out of reach.
        subprocess.run(command, check=False, capture_output=True)
        text = report.read_text(encoding="utf-8") if report.exists() else ""
    status, lines = judged(json.loads(text) if text else None)
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    sys.exit(main())
