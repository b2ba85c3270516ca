"""Check digits of SNOMED CT and LOINC codes; a code that fails them was mistyped or cut."""

import re

_SNOMED = re.compile(r"[1-9][0-9]{5,17}")
_LOINC = re.compile(r"[0-9]{1,7}-[0-9]")
_TEN = 10
# The dihedral group of order ten, by which Verhoeff's check digit is computed.
_MULTIPLY = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_PERMUTE = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def slip_of(system: str, code: str) -> str:
    """What is wrong with a code of these two systems; empty for others and for those that hold."""
    name, holds = _CHECKS.get(system, ("", None))
    wrong = holds is not None and not holds(code)
    return f"no valid {name} code, its check digit fails; copy it anew" if wrong else ""


def snomed_holds(code: str) -> bool:
    """Whether a SNOMED CT identifier has the right shape and Verhoeff's digit."""
    if not _SNOMED.fullmatch(code):
        return False
    check = 0
    for position, character in enumerate(reversed(code)):
        digit = int(character)
        for _ in range(position % 8):
            digit = _PERMUTE[digit]
        check = _MULTIPLY[check][digit]
    return check == 0


def loinc_holds(code: str) -> bool:
    """Whether a LOINC code has the right shape and its Mod-10 digit."""
    if not _LOINC.fullmatch(code):
        return False
    digits, _, check = code.partition("-")
    total = 0
    for position, character in enumerate(reversed(digits)):
        doubled = int(character) * (2 if position % 2 == 0 else 1)
        total += doubled // _TEN + doubled % _TEN
    return -total % _TEN == int(check)


_CHECKS = {"snomed": ("SNOMED CT", snomed_holds), "loinc": ("LOINC", loinc_holds)}
