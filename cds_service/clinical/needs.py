"""What the logic of each topic asks of its content; the service does not start without it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Needs:
    """Names of thresholds, windows and groups that the code reads, no more and no fewer."""

    thresholds: frozenset[str] = frozenset()
    windows: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()


SHARED_WINDOWS = frozenset(
    {
        "due_date_ahead",
        "due_date_past",
        "gestation_term",
        "postpartum",
        "pregnancy_record",
        "vital_signs",
    }
)

NEEDS: Mapping[str, Needs] = {
    "cauda_equina": Needs(
        thresholds=frozenset({"residual_volume"}),
        windows=frozenset(
            {
                "bilateral_pain",
                "confirmed",
                "emergency_imaging",
                "late",
                "pair_of_sides",
                "recent",
                "residual",
            }
        ),
        groups=frozenset({"alone", "leak_codes", "pain_or_leg", "with_pain"}),
    ),
    "dvt": Needs(
        thresholds=frozenset(
            {
                "adult_age",
                "calf_difference",
                "cellulitis_points",
                "d_dimer",
                "d_dimer_age",
                "d_dimer_per_year",
                "ddu_factor",
                "heart_rate",
                "left_calf_difference",
                "paresis_mrc",
                "wells_alternative_points",
                "wells_likely",
            }
        ),
        windows=frozenset(
            {
                "alternative_answer",
                "bed_rest",
                "cancer",
                "circumference_pair",
                "current_dvt",
                "d_dimer",
                "d_dimer_order",
                "exam_sign",
                "inpatient",
                "known_dvt_early",
                "open_encounter",
                "plaster",
                "postpartum_late",
                "pregnancy_scan",
                "same_study",
                "scan",
                "scan_wait",
                "scan_wait_likely",
                "surgery",
                "trigger",
                "trigger_onset",
            }
        ),
        groups=frozenset(
            {
                "alternatives",
                "ddu_codes",
                "deciding_order",
                "feu_codes",
                "folds_any_side",
                "folds_same_side",
                "history",
                "leg_signs",
                "root_topics",
                "strong_triggers",
                "visible_triggers",
                "weak_triggers",
                "wells_items",
            }
        ),
    ),
    "gate": Needs(
        thresholds=frozenset({"adult_age"}),
        groups=frozenset({"leg_or_buttock", "opens_support", "pain", "painless", "vascular"}),
    ),
    "pulmonary_embolism": Needs(
        thresholds=frozenset(
            {"heart_rate", "respiratory_rate", "saturation", "saturation_symptom", "systolic"}
        ),
        windows=frozenset({"ctpa_order", "ctpa_result", "known_pe", "symptom"}),
        groups=frozenset({"symptoms"}),
    ),
    "radiculopathy": Needs(
        thresholds=frozenset({"features"}),
        windows=frozenset({"early", "known_mri", "known_referral"}),
        groups=frozenset(
            {
                "back_pain",
                "care_orders",
                "cauda_equina_questions",
                "features",
                "leg_pain",
                "lumbar_surgery",
                "neuro_features",
                "sides_rank",
                "tests",
            }
        ),
    ),
    "sij": Needs(
        thresholds=frozenset({"cluster_of_five", "cluster_of_four"}),
        windows=frozenset({"pelvic_girdle"}),
        groups=frozenset(
            {
                "bone_risk",
                "complaint",
                "core",
                "hip_signs",
                "l4",
                "l5",
                "loads_hip",
                "prone",
                "sides_rank",
                "six",
                "test_order",
                "w5",
            }
        ),
    ),
}
