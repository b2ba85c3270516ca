"""One run: find the services, ask every check of each, collect what came of it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from cds_service.commands.conformance.mock_ehr import MockEhr
from cds_service.commands.conformance.probe import Options, Probe
from cds_service.commands.conformance.samples import SamplePatient
from cds_service.commands.conformance.verdict import (
    Check,
    Result,
    Status,
    UnseenError,
    broken,
    not_applicable,
)
from cds_service.ehr.answer import Json
from cds_service.ehr.credentials import Credentials, Nobody
from cds_service.ehr.target import DISCOVERY, Target, checked_base, listed_services
from cds_service.errors import ConformanceError

HOOKS = ("patient-view", "encounter-start", "problem-list-item-create")
Progress = Callable[[Check, str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What to ask whom; `services` names some, empty means all of the hooks in HOOKS."""

    base: str
    checks: tuple[Check, ...]
    patients: tuple[SamplePatient, ...]
    options: Options
    services: tuple[str, ...] = ()
    credentials: Credentials = field(default_factory=Nobody)
    timeout: float = 10.0
    public: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run; `left_out` are services that are offered but were not judged."""

    base: str
    started: datetime
    seconds: float
    services: tuple[str, ...]
    left_out: tuple[str, ...]
    results: tuple[Result, ...]

    def count(self, status: Status) -> int:
        """How many checks ended like this."""
        return sum(result.verdict.status is status for result in self.results)


def run(plan: Plan, ehr: MockEhr | None, progress: Progress = lambda _check, _id: None) -> Report:
    """Ask all checks; raises ConformanceError when there is nothing that could be asked."""
    started = datetime.now(UTC)
    public = checked_base(plan.public) if plan.public else ""
    target = Target(checked_base(plan.base), plan.credentials, plan.timeout, public)
    try:
        offered, chosen = _services(target, plan)
        results = tuple(_results(target, plan, ehr, offered, chosen, progress))
    finally:
        target.close()
    seconds = (datetime.now(UTC) - started).total_seconds()
    names = tuple(str(service["id"]) for service in chosen)
    left_out = tuple(str(s["id"]) for s in offered if s["id"] not in names)
    return Report(target.base, started, seconds, names, left_out, results)


def _services(target: Target, plan: Plan) -> tuple[tuple[Json, ...], list[Json]]:
    """Everything that is offered, and what of it is to be judged."""
    answer = target.ask("GET", DISCOVERY)
    if answer.status == 0:
        raise ConformanceError(f"{answer.url}: {answer.failure}; is the service running?")
    offered = listed_services(answer)
    if plan.services:
        known = {service["id"]: service for service in offered}
        bare = {"hook": HOOKS[0], "description": ""}
        return offered, [known.get(name, {"id": name, **bare}) for name in plan.services]
    chosen = [service for service in offered if service.get("hook") in HOOKS]
    if not chosen:
        raise ConformanceError(
            f"{answer.url}: {answer.told}, and no service there for {', '.join(HOOKS)}; "
            "name one with --service."
        )
    return offered, chosen


def _results(  # noqa: PLR0913, PLR0917 - all that a run consists of
    target: Target,
    plan: Plan,
    ehr: MockEhr | None,
    offered: tuple[Json, ...],
    chosen: list[Json],
    progress: Progress,
) -> Iterator[Result]:
    whole = Probe(target, {}, plan.patients, plan.options, ehr, offered)
    for check in plan.checks:
        if check.whole:
            progress(check, "")
            yield _ask(check, whole)
    for service in chosen:
        probe = Probe(target, service, plan.patients, plan.options, ehr, offered)
        for check in plan.checks:
            if not check.whole:
                progress(check, probe.id)
                yield _ask(check, probe)


def _ask(check: Check, probe: Probe) -> Result:
    """One check; an answer of a shape that no reader foresaw is a failure, not the end."""
    try:
        if check.by_prefetch and not probe.templates:
            verdict = not_applicable("The service lists no prefetch templates.")
        else:
            verdict = check.judge(probe)
    except UnseenError as error:
        verdict = not_applicable(str(error))
    except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
        verdict = broken(f"An answer has a shape that cannot be judged ({type(error).__name__}).")
    return Result(check, probe.id, check.weigh(verdict))
