"""The command `legpain-cds conformance`."""

import json
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cds_service.commands.conformance.catalog import select
from cds_service.commands.conformance.documents import as_json, as_junit
from cds_service.commands.conformance.mock_ehr import MockEhr, serving
from cds_service.commands.conformance.probe import Options
from cds_service.commands.conformance.report import show
from cds_service.commands.conformance.samples import (
    SamplePatient,
    generic_patients,
    read_bundles,
    story_patients,
)
from cds_service.commands.conformance.session import Plan, Report, run
from cds_service.commands.conformance.verdict import Status
from cds_service.ehr.credentials import credentials
from cds_service.errors import ConformanceError
from cds_service.telemetry.logging import silence_logging

_SANDBOX = "https://sandbox.cds-hooks.org"
_STDOUT = "-"


def conformance(  # noqa: PLR0913 - each is an option of the command
    base_url: Annotated[str, typer.Argument(help="Base URL of the service, with or without "
                                            "/cds-services.", metavar="BASE_URL")],
    *,
    service: Annotated[list[str] | None, typer.Option(
        help="Id of a service to judge (repeatable); without it, all that are offered.")] = None,
    patient: Annotated[list[Path] | None, typer.Option(
        help="FHIR Bundle with a patient for whom the service has something to say "
        "(repeatable); without it, the sample patients.")] = None,
    token: Annotated[str | None, typer.Option(help="Bearer token for every call.")] = None,
    client_key: Annotated[Path | None, typer.Option(
        help="Private key (P-384 or RSA, PEM or JWK) that signs a JWT for each call.")] = None,
    issuer: Annotated[str | None, typer.Option(help="iss of the JWT.")] = None,
    kid: Annotated[str, typer.Option(help="kid of the JWT.")] = "conformance",
    jku: Annotated[str, typer.Option(help="jku of the JWT.")] = "",
    tenant: Annotated[str, typer.Option(help="tenant of the JWT.")] = "",
    public_url: Annotated[str, typer.Option(
        help="Base URL that tokens are signed for, when the service is called past its proxy.",
    )] = "",
    origin: Annotated[str | None, typer.Option(
        help="Origin of a browser client that the service should allow.")] = None,
    health: Annotated[str, typer.Option(help="Path of the health check.")] = "",
    fhir_host: Annotated[str, typer.Option(
        help="Address the mock FHIR server listens on.")] = "127.0.0.1",
    fhir_port: Annotated[int, typer.Option(help="Its port; 0 takes a free one.")] = 0,
    fhir_url: Annotated[str, typer.Option(
        help="URL by which the service reaches the mock FHIR server, when it is another.")] = "",
    no_fhir: Annotated[bool, typer.Option(
        "--no-fhir", help="Offer no FHIR server: the service cannot reach this machine.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait for an answer.", min=0.1)] = 10,
    only: Annotated[str, typer.Option(
        help="Only these: requirement ids, situations (S7) or names, with commas.")] = "",
    json_file: Annotated[str | None, typer.Option(
        "--json", metavar="FILE|-", help="Write the report as JSON.")] = None,
    junit: Annotated[Path | None, typer.Option(help="Write the report as JUnit XML.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings fail too.")] = False,
) -> None:  # fmt: skip
    """Judge a CDS service from outside, as an EHR would meet it.

    Exit status: 0 all passed, 1 something failed, 2 the service could not be judged.
    """
    silence_logging()
    plan = Plan(
        base=base_url,
        checks=select(only.split(",")),
        patients=_patients(patient),
        options=Options(origin or _SANDBOX, named_origin=origin is not None, health=health),
        services=tuple(service or ()),
        credentials=credentials(token, client_key, issuer, kid, jku, tenant),
        timeout=timeout,
        public=public_url,
    )
    with nullcontext() if no_fhir else serving(fhir_host, fhir_port, fhir_url) as ehr:
        report = _run(plan, ehr)
    _write(report, json_file, junit, strict=strict)
    failed = report.count(Status.FAIL) + (report.count(Status.WARN) if strict else 0)
    if failed:
        raise typer.Exit(1)


def _run(plan: Plan, ehr: MockEhr | None) -> Report:
    """The run, saying on a terminal what is being asked."""
    with Console(stderr=True).status(plan.base) as spinner:
        return run(plan, ehr, lambda check, service: spinner.update(f"{service} {check.name}"))


def _patients(files: list[Path] | None) -> tuple[SamplePatient, ...]:
    others = read_bundles(files) if files else story_patients()
    return (*others, *generic_patients()) if files else (*generic_patients(), *others)


def _write(report: Report, json_file: str | None, junit: Path | None, *, strict: bool) -> None:
    text = json.dumps(as_json(report), indent=2) + "\n"
    try:
        if json_file not in (None, _STDOUT):
            Path(str(json_file)).write_text(text, encoding="utf-8")
        if junit is not None:
            junit.write_bytes(as_junit(report, strict=strict))
    except OSError as error:
        raise ConformanceError(f"The report cannot be written: {error}") from None
    if json_file == _STDOUT:
        sys.stdout.write(text)
    else:
        show(Console(soft_wrap=True), report)
