"""Opens charts: every view is one real call, two or more where something was changed."""

from dataclasses import dataclass
from datetime import UTC, datetime

from cds_service.content.library import Library
from cds_service.ehr.answer import Json
from cds_service.pages.demo.feedback import after
from cds_service.pages.demo.form import Form
from cds_service.pages.demo.inside import Inside
from cds_service.pages.demo.moment import Moment, at, moments, problems
from cds_service.pages.demo.trials import Trials, tried
from cds_service.pages.demo.what_if import Stage
from cds_service.pages.demo.workspace import Chart, Workspace

_FIRST = "patient-view"


@dataclass(frozen=True, slots=True)
class Desk:
    """Where charts are opened: the service that is asked, and the content that names things."""

    inside: Inside
    library: Library

    async def open(self, chart: Chart, form: Form, *, with_trials: bool = False) -> Workspace:
        """The chart as the form asks for it."""
        offered, moment, stage = await self._staged(chart, form)
        play = await stage.play(form.choices)
        return Workspace(
            library=self.library,
            chart=chart,
            moments=offered,
            moment=moment,
            problem=_problem(chart.request, form),
            choices=form.choices,
            play=play,
            done=await after(form, moment.service, self.inside),
            trials=await tried(stage, play) if with_trials else None,
        )

    async def trials(self, chart: Chart, form: Form) -> Trials:
        """What missing items would change, apart from the rest because it takes many calls."""
        _, _, stage = await self._staged(chart, form)
        return await tried(stage, await stage.play(form.choices))

    async def _staged(self, chart: Chart, form: Form) -> tuple[tuple[Moment, ...], Moment, Stage]:
        services = await self.inside.services()
        offered = moments(services, chart.request)
        chosen = [moment for moment in offered if moment.service == form.service]
        usual = [moment for moment in offered if moment.hook == _FIRST]
        moment = (*chosen, *usual, *offered)[0]
        entry = next(one for one in services if one["id"] == moment.service)
        request = at(chart.request, entry, _problem(chart.request, form))
        stage = Stage(self.inside, moment.service, request, self.library, datetime.now(UTC))
        return offered, moment, stage


def _problem(request: Json, form: Form) -> str:
    """The problem to add: the chosen one, else the newest."""
    known = [problem.id for problem in problems(request)]
    return form.problem if form.problem in known else (*known, "")[0]
