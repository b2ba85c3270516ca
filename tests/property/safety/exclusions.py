"""Cards that never stand side by side, from the tables and the deferral matrix of the documents.

Beside a card's id, `id/indicator` and `id@tier` name one form of a card. Every card of the content
stands in the table; a new one is added to the groups whose rules it follows.
"""

from dataclasses import dataclass

EMBOLISM = ("pe-unstable", "pe-suspected")
LIMB = ("limb-ischemia", "compartment-syndrome")
CAUDA = ("cauda-equina-suspected",)
CORD = ("spinal-metastasis-neurology", "cord-compression", "spinal-infection-deficit")
EMERGENCIES = (*EMBOLISM, *LIMB, "phlegmasia", *CAUDA, *CORD, "leg-weakness-acute")
VESSELS = ("clti", "svt", "pad-abi-needed", "pad-abi-low", "pad-tbi-needed", "pad-exercise-abi")
# A question of DVT that is open; an undetermined leg without any sign holds less back.
DVT_CHILD = ("dvt-pediatric",)
DVT_QUIET = ("dvt-undetermined/info",)
DVT_ADULT = (
    "dvt-likely", "dvt-likely-pending-alt", "dvt-d-dimer-positive", "dvt-undetermined/warning",
    "dvt-known-untreated", "dvt-known-new-signs", "dvt-pregnancy", "dvt-pregnancy-scan-negative",
    "dvt-scan-overdue", "dvt-scan-inconclusive", "dvt-scan-repeat", "dvt-scan-unreadable",
    "dvt-scan-needs-d-dimer", "dvt-anticoagulated", "dvt-inpatient", "dvt-unlikely",
    "dvt-unlikely-cancer", "dvt-d-dimer-unusable", "dvt-bilateral", "dvt-cellulitis",
    "dvt-amputee", "dvt-weak-risk@urgent",
)  # fmt: skip
DVT_OPEN = (*DVT_ADULT, *DVT_CHILD, "dvt-age-unknown")
DVT = (*DVT_OPEN, *DVT_QUIET, "dvt-weak-risk")
ROOT_OPEN = ("radiculopathy-examine", "radiculopathy-incomplete")
ROOT = (*ROOT_OPEN, "radiculopathy-supported", "radiculopathy-indeterminate")
JOINT_OPEN = ("sij-examine", "sij-continue")
JOINT_UNLIKELY = ("sij-unreachable", "sij-all-negative")
JOINT = (
    *JOINT_OPEN, *JOINT_UNLIKELY, "sij-supported", "sij-two-of-four", "sij-centralizes",
    "sij-mixed",
)  # fmt: skip
GIRDLE = (
    "pelvic-girdle-examine", "pelvic-girdle-continue", "pelvic-girdle-supported",
    "pelvic-girdle-negative",
)  # fmt: skip
GLUTEAL = ("deep-gluteal",)
PROVOKED = (*JOINT, *GIRDLE, *GLUTEAL)
HELD = (*PROVOKED, "hip", "calf-strain")
INFLAMMATION = ("axial-spa-refer", "axial-spa-hla-b27", "axial-spa-ask")
ROUTINE = (
    *ROOT, *HELD, *INFLAMMATION, "lumbar-stenosis", "cauda-equina-safety-net",
    "leg-weakness-after-injection", "pad-abi-needed", "pad-abi-low", "pad-tbi-needed",
    "pad-exercise-abi", "svt@routine", "dvt-weak-risk@routine", "assessment-incomplete",
)  # fmt: skip
WEAKNESS = (
    "leg-weakness-acute", "leg-weakness-established", "leg-weakness-ungraded",
    "leg-weakness-after-injection",
)  # fmt: skip
RED_FLAGS = (
    "spinal-metastasis-pain", "spinal-metastasis-check", "spinal-infection", "fracture-trauma",
    "fracture-fragility",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Exclusion:
    """No card of `one` stands beside a card of `other`, or only of another leg."""

    one: tuple[str, ...]
    other: tuple[str, ...]
    source: str
    same_leg: bool = False


EXCLUSIONS = (
    Exclusion(EMERGENCIES, ROUTINE, "design 6.3: an emergency drops all routine cards"),
    Exclusion((*EMBOLISM, "phlegmasia"), DVT, "row D1 and ruling 11: folded"),
    Exclusion(LIMB, DVT, "row D1 and ruling 11: folded on the same leg", same_leg=True),
    Exclusion((*EMBOLISM, *LIMB, "phlegmasia"), VESSELS, "table O: not beside an emergency"),
    Exclusion(VESSELS, VESSELS, "table O: at most one"),
    Exclusion(CAUDA, WEAKNESS, "table MOT, row 1: handled there"),
    Exclusion(EMBOLISM, ("pe-consider",), "table E, row E6: none of the others"),
    Exclusion(DVT_OPEN, (*HELD, *ROOT_OPEN, "lumbar-stenosis"), "matrix: DVT not excluded"),
    Exclusion(DVT_QUIET, HELD, "ruling 37: an undetermined leg without any sign"),
    Exclusion(("cauda-equina-ask", "cauda-equina-late"), PROVOKED, "matrix: cauda equina asked"),
    Exclusion(RED_FLAGS, PROVOKED, "matrix: nothing is provoked under a red flag"),
    Exclusion(("leg-weakness-established",), JOINT_OPEN, "matrix: weakness first"),
    Exclusion(("radiculopathy-supported",), (*JOINT_OPEN, *JOINT_UNLIKELY), "matrix: root first"),
    Exclusion(("axial-spa-refer",), JOINT_OPEN, "matrix: inflammation first"),
    Exclusion(("lumbar-stenosis",), ("sij-examine",), "matrix: stenosis"),
    Exclusion(GLUTEAL, (*JOINT_UNLIKELY, *ROOT), "ruling 37: once root and joint are unlikely"),
    Exclusion(GIRDLE, JOINT, "2.6: the joint table is for adults who are not pregnant"),
    Exclusion(
        ("child-red-flag", *DVT_CHILD),
        (*DVT_ADULT, *DVT_QUIET, "pad-abi-needed", "pad-abi-low", "pad-tbi-needed"),
        "rows D4 and G2, O4: adult tables",
    ),
    Exclusion(("child-red-flag",), (*ROOT, *HELD, *INFLAMMATION, "lumbar-stenosis"), "row G2"),
    Exclusion(("check-failed",), (*HELD, "lumbar-stenosis"), "matrix: a check that did not run"),
)
