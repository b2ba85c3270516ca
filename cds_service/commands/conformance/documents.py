"""The report for machines: JSON of a fixed shape, and JUnit XML for CI."""

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from typing import Any

from cds_service import __version__
from cds_service.commands.conformance.catalog import SITUATIONS
from cds_service.commands.conformance.session import Report
from cds_service.commands.conformance.verdict import Result, Status

_WORST_FIRST = (Status.FAIL, Status.WARN, Status.PASS, Status.NOT_APPLICABLE)


def worst(results: Iterable[Result]) -> Status:
    """The gravest status among results."""
    seen = {result.verdict.status for result in results}
    return next((status for status in _WORST_FIRST if status in seen), Status.NOT_APPLICABLE)


def of_situation(report: Report, number: int) -> list[Result]:
    """The results that answer for one of the 22 situations."""
    return [result for result in report.results if result.check.situation == number]


def as_json(report: Report) -> dict[str, Any]:
    """The whole report; docs/conformance-checker.md describes the members."""
    return {
        "checker": {"name": "legpain-cds conformance", "version": __version__},
        "target": report.base,
        "services": list(report.services),
        "notJudged": list(report.left_out),
        "started": report.started.isoformat(timespec="seconds"),
        "seconds": round(report.seconds, 3),
        "summary": {status.value: report.count(status) for status in Status},
        "situations": [_situation(report, number) for number in SITUATIONS],
        "results": [_result(result) for result in report.results],
    }


def _situation(report: Report, number: int) -> dict[str, Any]:
    found = of_situation(report, number)
    return {
        "number": number,
        "name": SITUATIONS[number],
        "status": worst(found).value,
        "checks": sorted({result.check.name for result in found}),
    }


def _result(result: Result) -> dict[str, Any]:
    check = result.check
    return {
        "check": check.name,
        "requirements": list(check.requirements),
        "level": check.level.value,
        "theme": check.theme,
        "title": check.title,
        "service": result.service,
        "situation": check.situation,
        "cases": list(check.cases),
        "status": result.verdict.status.value,
        "sentence": result.verdict.sentence,
    }


def as_junit(report: Report, *, strict: bool) -> bytes:
    """One suite for each theme; warnings are failures only when `strict`."""
    root = ET.Element("testsuites", name="legpain-cds conformance", time=f"{report.seconds:.3f}")
    for theme in dict.fromkeys(result.check.theme for result in report.results):
        found = [result for result in report.results if result.check.theme == theme]
        failures = sum(_fails(result, strict=strict) for result in found)
        skipped = sum(r.verdict.status is Status.NOT_APPLICABLE for r in found)
        suite = ET.SubElement(
            root,
            "testsuite",
            name=theme,
            tests=str(len(found)),
            failures=str(failures),
            errors="0",
            skipped=str(skipped),
            timestamp=report.started.isoformat(timespec="seconds"),
        )
        for result in found:
            _case(suite, result, strict=strict)
    ET.indent(root)
    document: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _case(suite: ET.Element, result: Result, *, strict: bool) -> None:
    check, verdict = result.check, result.verdict
    ids = ", ".join((*check.requirements, check.level.value))
    case = ET.SubElement(
        suite,
        "testcase",
        classname=f"{check.theme}.{result.service or 'all services'}",
        name=f"{check.name}: {check.title} ({ids})",
        time="0",
    )
    if _fails(result, strict=strict):
        ET.SubElement(case, "failure", message=verdict.sentence, type=verdict.status.value)
    elif verdict.status is Status.NOT_APPLICABLE:
        ET.SubElement(case, "skipped", message=verdict.sentence)
    else:
        ET.SubElement(case, "system-out").text = f"{verdict.status.value}: {verdict.sentence}"


def _fails(result: Result, *, strict: bool) -> bool:
    status = result.verdict.status
    return status is Status.FAIL or (strict and status is Status.WARN)
