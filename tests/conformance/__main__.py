"""`make conformance`: run the tests that judge requirements and write `docs/conformance.md`."""

import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree as ET

from tests.conformance.marks import Judge, judges
from tests.conformance.page import PAGE, write


def main() -> int:
    """Write the page; exit status 1 when a requirement is not met."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "results.xml"
        marked = ["-m", "requirement", "-n", "2", "-q", f"--junitxml={report}"]
        subprocess.run([sys.executable, "-m", "pytest", *marked], check=False)
        failed = _failed(report)
    PAGE.write_text(write(judges(), failed), encoding="utf-8")
    print(f"{PAGE.name}: {'every requirement holds' if not failed else 'some do not hold'}")
    return 1 if failed else 0


def _failed(report: Path) -> frozenset[Judge]:
    """The tests that failed, whatever their parameters."""
    cases = ET.parse(report).getroot().iter("testcase")  # noqa: S314 - our own report
    return frozenset(
        Judge(
            f"{case.attrib['classname'].removeprefix('tests.').replace('.', '/')}.py",
            case.attrib["name"].partition("[")[0],
        )
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    )


if __name__ == "__main__":
    sys.exit(main())
