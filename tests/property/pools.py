"""What random charts are made of: a scene is a kind of patient, and what such charts hold.

A new topic adds a scene, or its findings to one that is there.
"""

from dataclasses import dataclass, replace

from tests.spec.fhir_json import LOINC, Json, coding, own

LEG_COMPLAINTS = (
    "calf_pain", "leg_swelling", "calf_swelling", "calf_tenderness", "leg_erythema_warmth",
    "leg_discoloration", "leg_pain", "leg_pain_below_knee", "radicular_pain", "buttock_leg_pain",
    "exertional_calf_pain", "suspected_dvt",
)  # fmt: skip
SPINE_COMPLAINTS = (
    "low_back_pain", "buttock_pain", "posterior_pelvic_pain", "bilateral_radicular_pain",
    "groin_pain",
)  # fmt: skip
COMPLAINTS = LEG_COMPLAINTS + SPINE_COMPLAINTS
WELLS = (
    "active_cancer", "paralysis_or_leg_immobilization", "bedridden_or_major_surgery",
    "deep_vein_tenderness", "entire_leg_swollen", "calf_swelling_3cm", "pitting_edema",
    "collateral_superficial_veins", "previous_dvt",
)  # fmt: skip
SIJ_TESTS = (
    "sij_thigh_thrust", "sij_distraction", "sij_compression", "sij_sacral_thrust",
    "sij_gaenslen", "sij_faber",
)  # fmt: skip
GIRDLE_TESTS = (
    "sij_thigh_thrust", "sij_faber", "sij_gaenslen", "mod_trendelenburg", "ldl_palpation",
    "symphysis_palpation", "aslr",
)  # fmt: skip
INFLAMMATORY = (
    "onset_before_45", "onset_before_35", "wakes_second_half_night", "improves_with_movement",
    "nsaid_response_48h", "fdr_spa", "arthritis", "enthesitis", "psoriasis", "uveitis", "hla_b27",
)  # fmt: skip
WALKING = ("neurogenic_claudication", "no_pain_seated", "relief_bending_forward")
HIP = ("hip_ir_painful", "hip_oa")
GLUTEAL = ("sitting_intolerance", "active_piriformis", "seated_piriformis_stretch")
STRAIN = ("calf_strain_mechanism", "calf_focal_tenderness", "calf_bruising")
ROOT_TESTS = ("slr", "crossed_slr", "motor_deficit", "reflex_reduced", "sensory_deficit")
FEATURES = ("paresthesia", "radicular_quality", "pain_cough_sneeze", "leg_pain_dominant")
SPINE_FLAGS = (
    "saddle_sensory_change", "bladder_dysfunction", "bowel_dysfunction", "sexual_dysfunction",
    "anal_tone_reduced", "bilateral_leg_deficit",
)  # fmt: skip
CHEST = ("dyspnea_new", "pleuritic_chest_pain", "hemoptysis", "syncope")
CANCER = (
    "cancer_history", "nmsc_history", "night_pain", "unremitting_pain", "progressive_pain",
    "pain_straining", "spinal_tenderness", "weight_loss", "umn_signs", "gait_disturbance",
)  # fmt: skip
INFECTION = (
    "fever", "bacteraemia", "ivdu", "immunosuppression", "recent_spinal_procedure", "crp_raised",
    "esr_raised", "inflammatory_disease",
)  # fmt: skip
FRACTURE = (
    "major_trauma", "minor_trauma", "sudden_onset", "sacral_tenderness", "cannot_weightbear",
    "osteoporosis", "steroid_longterm", "pelvic_radiotherapy",
)  # fmt: skip
WEAKNESS = (
    "motor_deficit", "motor_progressive", "motor_longstanding_stable", "sij_injection_48h",
    "sensory_deficit", "gait_disturbance",
)  # fmt: skip
ISCHEMIA = (
    "pulseless", "pallor", "cold", "paralysis", "paresthesia", "ali", "revascularization",
    "pad_known",
)  # fmt: skip
COMPARTMENT = (
    "passive_stretch_pain", "tense_compartment", "pain_out_of_proportion", "acs",
    "limb_fracture", "crush_injury", "limb_surgery", "tight_cast", "reperfusion", "long_lie",
    "fasciotomy", "calf_bruising",
)  # fmt: skip
VESSELS = ("svt", "svt_high", "pad_known", "clti", "rest_pain", "tissue_loss")
CONTEXT = (
    "alternative_diagnosis_as_likely", "worsening_14d", "pregnant", "anticoag", "centralizes",
    "fortin_finger", "cyanosis", "cellulitis_same_leg", "ces_mri_requested", "sij_fusion",
    "axspa_known", "symmetrical_distal_sensory", "longstanding_incontinence", "prior_lumbar_fusion",
)  # fmt: skip
ASKED = tuple(
    dict.fromkeys(
        COMPLAINTS + WELLS + SIJ_TESTS + ROOT_TESTS + FEATURES + SPINE_FLAGS + CHEST + CANCER
        + INFECTION + FRACTURE + WEAKNESS + ISCHEMIA + COMPARTMENT + VESSELS + CONTEXT
        + GIRDLE_TESTS + INFLAMMATORY + WALKING + HIP + GLUTEAL + STRAIN
    )
)  # fmt: skip
# Findings of the patient, not of a leg.
UNSIDED = ("active_cancer", "paralysis_or_leg_immobilization", "bedridden_or_major_surgery",
           "previous_dvt", *SPINE_FLAGS, *INFLAMMATORY)  # fmt: skip

# Codes that name a leg, beside those of the other leg.
MIRRORED = (
    ("7771000", "24028007"),
    ("39432-0", "39443-7"),
    ("M79.605", "M79.604"),
    ("M54.32", "M54.31"),
    ("I82.402", "I82.401"),
    ("R22.42", "R22.41"),
    ("I82.512", "I82.511"),
    ("L03.116", "L03.115"),
    ("M21.372", "M21.371"),
    ("G81.94", "G81.93"),
    ("C50.912", "C50.911"),
    ("T79.A22A", "T79.A21A"),
    ("S82.202A", "S82.201A"),
    ("I70.212", "I70.211"),
    ("I70.262", "I70.261"),
    ("I80.02", "I80.01"),
)
LEG_DIAGNOSES = (
    "M79.605", "M79.604", "M79.89", "R22.42", "R22.43", "I82.402", "I82.401", "I82.511",
    "Z86.718", "L03.116", "Z33.1", "Z3A.20", "Z79.01", "I26.99",
)  # fmt: skip
SPINE_DIAGNOSES = (
    "M54.31", "M54.32", "M54.16", "M54.50", "M53.3", "R33.9", "R32", "N40.1", "G83.4", "M21.371",
    "G81.94", "E11.42",
)  # fmt: skip
CANCER_DIAGNOSES = ("C50.911", "C61", "C79.51", "Z51.11", "Z85.3", "Z85.828", "R63.4")
BONE_DIAGNOSES = ("V43.52XA", "W19.XXXA", "M81.0", "S32.010A", "Z79.52")
LIMB_DIAGNOSES = (
    "I74.3", "T79.A22A", "S82.202A", "I70.212", "I70.262", "I73.9", "I80.02", "I80.3",
)  # fmt: skip
DIAGNOSES = (
    LEG_DIAGNOSES + SPINE_DIAGNOSES + CANCER_DIAGNOSES + BONE_DIAGNOSES + LIMB_DIAGNOSES
    + ("R50.9",)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """A measurement with the values and the spellings of the unit that charts hold."""

    code: Json
    category: str
    values: tuple[float, ...]
    units: tuple[tuple[str, str | None], ...]
    high: float | None = None


D_DIMER = Measure(
    coding(LOINC, "48065-7"),
    "laboratory",
    (120, 499, 500, 640, 4000),
    (("ng/mL FEU", None), ("ng/mL{FEU}", None), ("", None), ("mg/mL", None)),
)
LOW_D_DIMER = replace(D_DIMER, values=(120,), units=D_DIMER.units[:1])
CALF = Measure(own("calf_circumference"), "exam", (36.0, 38.9, 39.0, 42.0), (("cm", "cm"),))
PRESSURE = Measure(coding(LOINC, "8480-6"), "vital-signs", (84, 89, 90, 130), (("mmHg", "mm[Hg]"),))
SATURATION = Measure(coding(LOINC, "59408-5"), "vital-signs", (88, 90, 94, 98), (("%", "%"),))
PULSE = Measure(coding(LOINC, "8867-4"), "vital-signs", (70, 100, 101, 130), (("/min", "/min"),))
RESIDUAL = Measure(own("pvr_ml"), "exam", (50, 199, 200, 600), (("mL", "mL"),))
POWER = Measure(own("mrc"), "exam", (0, 2, 3, 4, 5), (("", None), ("", "{score}")))
TEMPERATURE = Measure(
    coding(LOINC, "8310-5"), "vital-signs", (36.6, 37.9, 38.0, 39.5), (("Cel", "Cel"),)
)
CRP = Measure(coding(LOINC, "1988-5"), "laboratory", (2, 5, 6, 90), (("mg/L", "mg/L"),), high=5)
INDEX = Measure(own("abi"), "exam", (0.5, 0.9, 0.91, 1.2, 1.41), (("", "1"),))
DELTA = Measure(own("delta_pressure"), "exam", (10, 29, 30, 60), (("mmHg", "mm[Hg]"),))
MEASURES = (
    D_DIMER, CALF, PRESSURE, SATURATION, PULSE, RESIDUAL, POWER, TEMPERATURE, CRP, INDEX, DELTA,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scene:
    """What the patient complains of, and what else the charts of such patients hold.

    A `panel` is examined or asked as a whole, what is `absent` is asked and denied; `since` tells
    how many days ago the complaint began.
    """

    complaints: tuple[str, ...]
    findings: tuple[str, ...]
    diagnoses: tuple[str, ...]
    measures: tuple[Measure, ...] = MEASURES
    panel: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    since: int | None = None
    child: bool = False


_ROOT = (*FEATURES, *ROOT_TESTS)
_WELLS = (*WELLS, "alternative_diagnosis_as_likely")
SCENES = (
    Scene(LEG_COMPLAINTS, WELLS + CONTEXT, LEG_DIAGNOSES, (D_DIMER, CALF)),
    Scene(LEG_COMPLAINTS, CONTEXT, LEG_DIAGNOSES, (D_DIMER,), panel=_WELLS),
    Scene(LEG_COMPLAINTS, CHEST + WELLS, LEG_DIAGNOSES, (PRESSURE, SATURATION, PULSE)),
    Scene(("leg_pain", "calf_pain"), ISCHEMIA + _ROOT, LIMB_DIAGNOSES, (INDEX,)),
    Scene(("leg_pain", "calf_swelling"), COMPARTMENT, LIMB_DIAGNOSES, (DELTA,)),
    Scene(("exertional_calf_pain", "leg_pain"), VESSELS, LIMB_DIAGNOSES, (INDEX,)),
    Scene(SPINE_COMPLAINTS, SPINE_FLAGS + CONTEXT, SPINE_DIAGNOSES, (RESIDUAL, POWER)),
    Scene(("bilateral_radicular_pain",), CONTEXT, SPINE_DIAGNOSES, (RESIDUAL,), panel=SPINE_FLAGS),
    Scene(SPINE_COMPLAINTS, CANCER + _ROOT, CANCER_DIAGNOSES + SPINE_DIAGNOSES, (POWER,)),
    Scene(SPINE_COMPLAINTS, INFECTION + _ROOT, (*SPINE_DIAGNOSES, "R50.9"), (TEMPERATURE, CRP)),
    Scene(SPINE_COMPLAINTS, FRACTURE, BONE_DIAGNOSES),
    Scene(("radicular_pain", "leg_pain"), WEAKNESS + SPINE_FLAGS, SPINE_DIAGNOSES, (POWER,)),
    Scene(("radicular_pain", "leg_pain"), FEATURES, SPINE_DIAGNOSES, (POWER,), panel=ROOT_TESTS),
    Scene(("buttock_pain",), SIJ_TESTS + CONTEXT, ("M53.3", "M54.50")),
    Scene(("posterior_pelvic_pain",), CONTEXT, ("M53.3",), panel=SIJ_TESTS),
    Scene(("posterior_pelvic_pain", "groin_pain"), ("pregnant",), ("Z33.1",), panel=GIRDLE_TESTS),
    Scene(("buttock_pain",), INFLAMMATORY, ("M54.50",), (CRP,), panel=INFLAMMATORY, since=400),
    Scene(("buttock_leg_pain",), VESSELS, ("I73.9",), (INDEX,), panel=WALKING),
    Scene(("buttock_pain",), SIJ_TESTS, ("M54.50",), (INDEX,), panel=("groin_pain", *HIP)),
    Scene(("buttock_pain",), FEATURES, ("M53.3",), (POWER,), panel=GLUTEAL, absent=SIJ_TESTS),
    Scene(
        ("calf_pain",), STRAIN, ("M54.50",), (LOW_D_DIMER,), panel=STRAIN, absent=_WELLS, since=10
    ),
    Scene(COMPLAINTS, CANCER + INFECTION + ROOT_TESTS, DIAGNOSES, (TEMPERATURE,), child=True),
)
