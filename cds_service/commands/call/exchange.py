"""One call from end to end: meet the server, run the prefetch, ask the service."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from cds_service.commands.call.access import check_runs
from cds_service.commands.call.callee import Answered, Callee, chosen, templates_of
from cds_service.commands.call.question import Question, context_of, request_of
from cds_service.ehr.answer import Json
from cds_service.ehr.introduction import Introduction, introduce
from cds_service.ehr.prefetch import QueryRun, run_prefetch
from cds_service.ehr.server import EhrServer

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Exchange:
    """Everything of one call; the seconds are those of its steps."""

    base: str
    introduction: Introduction
    introduced_in: float
    callee: Callee
    entry: Json
    question: Question
    runs: tuple[QueryRun, ...]
    prefetched_in: float
    answered: Answered

    @property
    def judged(self) -> tuple[QueryRun, ...]:
        """The queries with the service's own view of their outcome, where it is known."""
        known = self.answered.outcomes
        return tuple(replace(run, outcome=known.get(run.key, run.outcome)) for run in self.runs)


async def exchanged(
    server: EhrServer, callee: Callee, question: Question, service_id: str, progress: Progress
) -> Exchange:
    """Raises CallError where the call cannot be made."""
    progress(f"{server.access.base}: what is it?")
    started = time.perf_counter()
    introduction = await introduce(server)
    introduced_in = time.perf_counter() - started
    entry = chosen(callee.offered(), question.hook, service_id, callee.place)
    context = await context_of(server, question)
    templates = templates_of(entry)
    waiting = set(templates)

    def ended(key: str) -> None:
        waiting.discard(key)
        progress(f"{server.access.base}: waiting for {', '.join(sorted(waiting)) or 'nothing'}")

    started = time.perf_counter()
    runs = await run_prefetch(server, templates, context, ended)
    check_runs(server, runs)
    prefetched_in = time.perf_counter() - started
    progress(f"{entry['id']} {callee.place}")
    answered = callee.answer(entry, request_of(question, context, runs))
    return Exchange(
        base=server.access.base,
        introduction=introduction,
        introduced_in=introduced_in,
        callee=callee,
        entry=entry,
        question=question,
        runs=runs,
        prefetched_in=prefetched_in,
        answered=answered,
    )
