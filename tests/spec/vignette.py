"""The worked patients as typed values, read from `vignettes/`."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field

FOLDER = Path(__file__).parent / "vignettes"

Side = Literal["L", "R", "B"]
Sex = Literal["F", "M"]

# How the cards begin that the vascular vignettes tell of.
VASCULAR_CARDS = (
    "dvt-",
    "pe-",
    "phlegmasia",
    "limb-ischemia",
    "compartment-syndrome",
    "clti",
    "svt",
    "pad-",
)
# The vascular side by the short names of the musculoskeletal vignettes, and how its cards begin.
_INTERFACE: Mapping[str, str] = {"DVT": "dvt-", "ALI": "limb-ischemia", "PE": "pe-"}


def stands_for(expected: str, card: str) -> bool:
    """Whether a card is the expected one, or one of those its short name stands for."""
    begins = _INTERFACE.get(expected)
    return card.startswith(begins) if begins else card == expected


class _Value(BaseModel):
    """A frozen value that refuses words it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Person(_Value):
    """Age in years and sex; the age may be missing from the chart."""

    age: int | None = None
    sex: Sex


class DDimer(_Value):
    """A D-dimer result as the laboratory sent it, collected `age_h` hours ago."""

    loinc: str
    value: float
    unit: str | None = None
    age_h: float
    before_onset: bool = False


class Imaging(_Value):
    """A leg-vein scan: ordered, or reported with a result that may or may not be readable."""

    result: Literal["negative", "inconclusive", "unreadable", "pending"]
    kind: Literal["proximal", "whole"] | None = None
    age_d: float = 0
    age_h: float | None = None
    other_leg: bool = False


class VitalSigns(_Value):
    """Vital signs measured `age_h` hours ago."""

    hr: int | None = None
    spo2: int | None = None
    sbp: int | None = None
    age_h: float


class CurrentDvt(_Value):
    """A DVT confirmed last week, with or without an anticoagulant order."""

    anticoag: bool
    new_signs: bool = False


class Compartment(_Value):
    """Cause and cardinal signs of a compartment syndrome."""

    cause: str
    cardinal: tuple[str, ...]


class Context(_Value):
    """What else the chart of a vascular vignette holds."""

    ddimer: DDimer | None = None
    img: Imaging | None = None
    vit: VitalSigns | None = None
    pe: tuple[str, ...] = ()
    ali: tuple[str, ...] = ()
    ali_acute: bool = False
    acs: Compartment | None = None
    cyanosis: bool = False
    clti: bool = False
    abi: float | None = None
    pad_known: bool = False
    pregnant: bool = False
    pp_days: int | None = None
    anticoag: bool = False
    current_dvt: CurrentDvt | None = None
    amputated_side: bool = False
    cellulitis_same_leg: bool = False
    inpatient_h: float | None = None
    deceased: bool = False


class VascularResult(_Value):
    """The expected state, score interval and cards of the vascular topics."""

    state: str
    cards: tuple[str, ...]
    score: tuple[int, int] | None = None
    dd: str | None = None


class VascularVignette(_Value):
    """One worked patient of the vascular topics; `p` and `a` are Wells items by short name."""

    id: str
    title: str
    pt: Person
    side: Literal["L", "R", "B", "none"]
    trig: tuple[str, ...]
    p: tuple[str, ...] = ()
    a: tuple[str, ...] = ()
    raw: str | None = None
    ctx: Context = Context()
    exp: VascularResult
    why: str

    @property
    def leg(self) -> Side | None:
        """The index leg, None when the vignette has none."""
        return None if self.side == "none" else self.side


class Numbers(_Value):
    """Onsets in days before the visit, and measurements."""

    onset_days: float | None = None
    ces_onset_days: float | None = None
    duration_days: float | None = None
    weakness_days: float | None = None
    aslr: int | None = None
    mrc: int | None = None
    pvr_ml: float | None = None
    abi: float | None = None


class MusculoskeletalVignette(_Value):
    """One worked patient of the musculoskeletal topics; findings read `id` or `id@side`."""

    id: str
    title: str = Field(alias="t")
    age: int
    sex: Sex
    present: tuple[str, ...] = Field(default=(), alias="P")
    absent: tuple[str, ...] = Field(default=(), alias="A")
    n: Numbers = Numbers()
    vasc: str = "none"
    states: tuple[str, ...]
    cards: tuple[str, ...]
    why: str

    @property
    def through_http(self) -> bool:
        """Whether a chart can say it: a fresh calf pain always opens the DVT table."""
        calf = any(finding.partition("@")[0] == "calf_pain" for finding in self.present)
        return not (calf and self.vasc == "none")

    @property
    def concluded(self) -> frozenset[str]:
        """The states that must be concluded, as the service spells them."""
        return frozenset(state.lower() for state in self.states if state not in _INTERFACE)


_V = TypeVar("_V", VascularVignette, MusculoskeletalVignette)


def _read(name: str, model: type[_V]) -> tuple[_V, ...]:
    """The file of the clinical specification, then our own further patients."""
    rows = [
        row
        for file in (name, f"further-{name}")
        for row in yaml.safe_load((FOLDER / file).read_text(encoding="utf-8"))
    ]
    return tuple(model.model_validate(row) for row in rows)


@cache
def vascular() -> tuple[VascularVignette, ...]:
    """Give the vascular vignettes."""
    return _read("vascular.yaml", VascularVignette)


@cache
def musculoskeletal() -> tuple[MusculoskeletalVignette, ...]:
    """Give the musculoskeletal vignettes, without those for the arbitration level only."""
    found = _read("musculoskeletal.yaml", MusculoskeletalVignette)
    return tuple(v for v in found if v.through_http)
