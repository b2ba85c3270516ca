"""What the record of a worked patient says, in words, and what must follow."""

from dataclasses import dataclass

from pydantic import BaseModel

from cds_service.ehr.stories import Story
from tests.spec.vignette import MusculoskeletalVignette, VascularVignette

_SIDES = {"L": "left", "R": "right", "B": "both sides"}
_SEX = {"F": "woman", "M": "man"}
_LABELS = {
    "vit": "vital signs",
    "pe": "chest symptoms",
    "ali": "limb signs",
    "ali_acute": "acute",
    "acs": "compartment",
    "img": "leg-vein scan",
    "ddimer": "D-dimer",
    "pp_days": "days after delivery",
    "age_h": "hours ago",
    "age_d": "days ago",
    "inpatient_h": "hours in hospital",
    "onset_days": "began days ago",
    "ces_onset_days": "saddle or bladder change began days ago",
    "duration_days": "lasts for days",
    "mrc": "MRC",
    "pvr_ml": "residual in mL",
    "abi": "ankle-brachial index",
}


@dataclass(frozen=True, slots=True)
class Record:
    """One worked patient as written: `partial` where only the vascular cards are demanded.

    `cards` are `card/indicator` in order; `states` must be among the conclusions.
    """

    kind: str
    id: str
    title: str
    says: str
    why: str
    cards: tuple[str, ...]
    states: tuple[str, ...]
    partial: bool = False


def vascular_record(vignette: VascularVignette) -> Record:
    """A vignette of the leg veins and arteries."""
    side = _SIDES.get(vignette.side, "no side")
    context = vignette.ctx.model_dump(exclude_defaults=True)
    parts = (
        _person(vignette.pt.age, vignette.pt.sex),
        f"{side}: {_listed(vignette.trig)}" if vignette.trig else "",
        _all_of("present", vignette.p),
        _all_of("recorded absent", vignette.a),
        vignette.raw or "",
        _context(context),
    )
    return Record(
        kind="vignette",
        id=vignette.id,
        title=vignette.title,
        says="; ".join(part for part in parts if part),
        why=vignette.why,
        cards=vignette.exp.cards,
        states=(vignette.exp.state.lower().replace("_", "-"),),
        partial=True,
    )


def musculoskeletal_record(vignette: MusculoskeletalVignette) -> Record:
    """A vignette of back, buttock and nerve roots."""
    numbers = vignette.n.model_dump(exclude_none=True)
    parts = (
        _person(vignette.age, vignette.sex),
        _all_of("present", vignette.present),
        _all_of("recorded absent", vignette.absent),
        _context(numbers),
    )
    return Record(
        kind="vignette",
        id=vignette.id,
        title=vignette.title,
        says="; ".join(part for part in parts if part),
        why=vignette.why,
        cards=tuple("/".join(reversed(card.split(":"))) for card in vignette.cards),
        states=tuple(sorted(vignette.concluded)),
    )


def story_record(story: Story) -> Record:
    """A sample patient of `fixtures/stories`."""
    cards = tuple(f"{card['card']}/{card['indicator']}" for card in story.expected["cards"])
    return Record(
        kind="story",
        id=story.name,
        title=story.name.replace("-", " "),
        says=f"a complete chart: fixtures/stories/{story.name}/request.json",
        why=story.expected["why"],
        cards=cards,
        states=tuple(story.expected["states"]),
    )


def _person(age: int | None, sex: str) -> str:
    return f"{_SEX[sex]} of {age}" if age is not None else f"{_SEX[sex]}, age not recorded"


def _all_of(label: str, findings: tuple[str, ...]) -> str:
    return f"{label}: {_listed(findings)}" if findings else ""


def _listed(findings: tuple[str, ...]) -> str:
    return ", ".join(_words(finding) for finding in findings)


def _words(finding: str) -> str:
    name, _, side = finding.partition("@")
    words = _LABELS.get(name, name.replace("_", " "))
    return f"{words} ({_SIDES[side]})" if side else words


def _context(values: dict[str, object]) -> str:
    return "; ".join(f"{_words(key)}: {_value(value)}" for key, value in values.items())


def _value(value: object) -> str:
    match value:
        case bool():
            return "yes" if value else "no"
        case dict():
            return ", ".join(f"{_words(str(key))} {_value(item)}" for key, item in value.items())
        case tuple() | list():
            return ", ".join(_value(item) for item in value)
        case BaseModel():
            return _value(value.model_dump(exclude_defaults=True))
        case _:
            return f"{value:g}" if isinstance(value, float) else _words(str(value))
