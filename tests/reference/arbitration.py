"""Order, deferral and cap: musculoskeletal.md §3 with rulings 10, 30, 37, 54, 55, design §6.5."""

from tests.reference.model import Verdict

EMERGENCY = (
    "pe-unstable",
    "pe-suspected",
    "limb-ischemia",
    "phlegmasia",
    "compartment-syndrome",
    "cauda-equina-suspected",
    "spinal-metastasis-neurology",
    "cord-compression",
    "leg-weakness-acute",
    "spinal-infection-deficit",
)
CRITICAL_DVT = ("dvt-likely", "dvt-d-dimer-positive", "dvt-likely-pending-alt")
URGENT = (
    *CRITICAL_DVT,
    "pe-consider",
    "cauda-equina-ask",
    "cauda-equina-late",
    "clti",
    "dvt/warning",
    "spinal-metastasis-pain",
    "spinal-infection",
    "fracture-trauma",
    "fracture-fragility",
    "spinal-metastasis-check",
    "leg-weakness-established",
    "leg-weakness-ungraded",
    "svt/warning",
    "child-red-flag",
    "dvt/info",
)
ROUTINE = (
    "dvt-weak-risk",
    "leg-weakness-after-injection",
    "cauda-equina-safety-net",
    "radiculopathy-supported",
    "axial-spa-refer",
    "radiculopathy-examine",
    "radiculopathy-incomplete",
    "radiculopathy-indeterminate",
    "axial-spa-hla-b27",
    "pelvic-girdle-supported",
    "pelvic-girdle-continue",
    "pelvic-girdle-examine",
    "pelvic-girdle-negative",
    "sij-supported",
    "sij-two-of-four",
    "sij-centralizes",
    "sij-continue",
    "sij-examine",
    "sij-mixed",
    "sij-all-negative",
    "sij-unreachable",
    "lumbar-stenosis",
    "pad-abi-needed",
    "pad-abi-low",
    "pad-tbi-needed",
    "pad-exercise-abi",
    "svt",
    "hip",
    "deep-gluteal",
    "axial-spa-ask",
    "calf-strain",
)
PELVIC = ("sij-", "pelvic-girdle-", "deep-gluteal")
FLAGS = (
    "cauda-equina-ask",
    "cauda-equina-late",
    "spinal-metastasis-pain",
    "spinal-metastasis-check",
    "spinal-infection",
    "fracture-trauma",
    "fracture-fragility",
)
CAP = 3
# What holds back which cards, by their beginnings; DVT is told in the code.
MATRIX: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (FLAGS, PELVIC),
    (("leg-weakness-established",), ("sij-examine", "sij-continue")),
    (
        ("radiculopathy-supported",),
        ("sij-examine", "sij-continue", "sij-unreachable", "sij-all-negative"),
    ),
    (("axial-spa-refer",), ("sij-examine", "sij-continue")),
    (("lumbar-stenosis",), ("sij-examine",)),
    (("deep-gluteal",), ("sij-unreachable", "sij-all-negative")),  # ruling 37: it replaces them
    (("svt",), ("pad-",)),  # table O: at most one of its cards
)


def arbitrate(verdicts: list[Verdict], *, suspected: bool) -> list[tuple[str, str]]:
    """The cards that show, in order, with their indicators."""
    cards = [v for v in verdicts if v.card]
    states = {v.state for v in verdicts}
    held = _held(cards, suspected=suspected)
    kept = [v for v in cards if _tier(v) < 2 or not v.card.startswith(held)]
    if "clti" in {v.card for v in cards}:  # table O: at most one of its cards
        kept = [v for v in kept if v.card != "svt"]
    if any(_tier(v) == 0 for v in kept) or "cauda-equina-acted" in states:
        kept = [v for v in kept if _tier(v) < 2]
    urgent = [v for v in kept if _tier(v) < 2]
    routine = sorted((v for v in kept if _tier(v) == 2), key=_place)
    kept = sorted(urgent, key=_place) + routine[: max(0, CAP - len(urgent))]
    shown = [(v.card, v.indicator) for v in kept]
    silent = suspected and not any(v.topic == "dvt" and v.card for v in cards)
    if not shown and silent and cards and "cauda-equina-acted" not in states:
        return [("assessment-incomplete", "info")]
    return shown


def _tier(verdict: Verdict) -> int:
    """Emergency 0, urgent 1, routine 2."""
    if verdict.card in EMERGENCY:
        return 0
    return 1 if verdict.urgent or verdict.indicator == "warning" else 2


def _place(verdict: Verdict) -> tuple[int, int]:
    tier = _tier(verdict)
    names: tuple[str, ...] = (EMERGENCY, URGENT, ROUTINE)[tier]
    of_dvt = verdict.topic == "dvt" and verdict.card not in (*CRITICAL_DVT, "phlegmasia")
    name = verdict.card
    if tier == 1 and of_dvt:
        name = f"dvt/{verdict.indicator}"
    if tier == 1 and name == "svt":
        name = "svt/warning"
    return tier, names.index(name)


def _held(cards: list[Verdict], *, suspected: bool) -> tuple[str, ...]:
    """Everything the matrix holds back."""
    names = {v.card for v in cards}
    held = [beginning for by, what in MATRIX if names & {*by} for beginning in what]
    if suspected:
        held += [*PELVIC, "hip", "calf-strain"]
        shown = [v for v in cards if v.topic == "dvt"]
        quiet = [v for v in shown if (v.state, v.indicator) == ("undetermined", "info")]
        if not quiet:  # ruling 37: without point or sign only the pelvic tests wait
            held.append("lumbar-stenosis")
        if shown and not quiet:  # ruling 10: a silent state never removes radiculopathy
            held += ["radiculopathy-examine", "radiculopathy-incomplete"]
    return tuple(held)
