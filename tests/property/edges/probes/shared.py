"""Windows that several topics share (`cards/_common/windows.toml`), each seen through one."""

from datetime import timedelta

from tests.property.edges.limits import Dates
from tests.property.edges.probe import Probes, Window, concludes, state
from tests.property.entries import CHILD, due, measured, operated, problem, told
from tests.spec.fhir_json import snomed

SWOLLEN = told("calf_swelling", side="L")
PREGNANT, NOT_PREGNANT = "preg-workup", "undetermined"
WEEKS = 20


PROBES = Probes(
    windows=(
        Window(
            "vital_signs",
            lambda edge: [SWOLLEN, measured("8480-6", 70, edge.at)],
            state("pulmonary_embolism"),
            inside="pe-unstable",
            outside=None,
        ),
        Window(
            "pregnancy_record",
            lambda edge: [SWOLLEN, told("pregnant", edge.at)],
            state("dvt"),
            inside=PREGNANT,
            outside=NOT_PREGNANT,
        ),
        Window(
            "due_date_past",
            lambda edge: [SWOLLEN, due(edge.at)],
            state("dvt"),
            inside=PREGNANT,
            outside=NOT_PREGNANT,
        ),
        Window(
            "due_date_ahead",
            lambda edge: [SWOLLEN, due(edge.at)],
            state("dvt"),
            inside=PREGNANT,
            outside=NOT_PREGNANT,
            ahead=True,
            dates=Dates.STARTED,
        ),
        # Twenty weeks on the day of the record: so much of the window has gone by.
        Window(
            "gestation_term",
            lambda edge: [SWOLLEN, problem(f"Z3A.{WEEKS}", recorded=edge.at)],
            state("dvt"),
            inside=PREGNANT,
            outside=NOT_PREGNANT,
            inclusive=False,
            lead=timedelta(weeks=WEEKS),
            dates=Dates.STARTED,
        ),
        Window(
            "postpartum",
            lambda edge: [SWOLLEN, operated(snomed("177184002", "Normal delivery"), edge.at)],
            concludes("dvt", PREGNANT),
            inside=True,
            outside=False,
        ),
        Window(
            "abi",
            lambda edge: [
                told("exertional_calf_pain", side="R"),
                measured("abi", 0.8, edge.at, side="R"),
            ],
            state("peripheral_artery_disease"),
            inside="pad-abi-low",
            outside="pad-abi-needed",
        ),
        Window(
            "longstanding",
            lambda edge: [
                problem("motor_deficit", recorded=edge.at),
                measured("mrc", 3, side="L"),
            ],
            state("leg_weakness"),
            inside="leg-weakness-established",
            outside="leg-weakness-noted",
        ),
        Window(
            "new_gait",
            lambda edge: [
                CHILD,
                told("low_back_pain"),
                told("gait_disturbance", since=edge.at),
            ],
            state("child"),
            inside="child-red-flag",
            outside="child-silent",
        ),
    ),
)
