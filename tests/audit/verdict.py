"""What a report of pip-audit comes to; a package nobody was asked about is not a sound one."""

from typing import Any

SOUND, WEAK, UNASKED = 0, 1, 2
_UNREACHED = (
    "Nothing was audited: no advisory service could be asked. Run `make audit` where the package "
    "index itself can be reached, or `AUDIT=osv make audit` where OSV can."
)


def judged(report: dict[str, Any] | None) -> tuple[int, list[str]]:
    """Exit status and the lines to print; None is a run that left no report."""
    packages = report["dependencies"] if report else []
    skipped = sorted(package["name"] for package in packages if "skip_reason" in package)
    weak = [package for package in packages if package.get("vulns")]
    if len(skipped) == len(packages):
        return UNASKED, [_UNREACHED]
    lines = [
        f"{package['name']} {package['version']}: {_weakness(vuln)}"
        for package in weak
        for vuln in package["vulns"]
    ]
    if skipped:
        lines.append(f"Not audited, unknown to the advisory service: {', '.join(skipped)}.")
    asked = len(packages) - len(skipped)
    lines.append(f"{asked} packages audited, weaknesses known of {len(weak)}.")
    if weak:
        return WEAK, lines
    return (UNASKED if skipped else SOUND), lines


def _weakness(vuln: dict[str, Any]) -> str:
    names = ", ".join([vuln["id"], *vuln.get("aliases", [])])
    fixed = ", ".join(vuln.get("fix_versions", []))
    return f"{names}; {f'fixed in {fixed}' if fixed else 'no fixed version yet'}"
