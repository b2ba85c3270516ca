"""Card and suggestion ids: random, yet provably ours."""

import uuid

import pytest

from cds_service.writing.identity import Signer

SIGNER = Signer(b"a key of the service")
CARDS = ("dvt-likely", "sij-examine")
ISSUED = SIGNER.card("hospital-a", "sij-examine")


def test_a_card_id_is_a_uuid_of_version_8() -> None:
    """RFC 9562 reserves version 8 for ids like these."""
    read = uuid.UUID(ISSUED)
    assert read.version == 8
    assert read.variant == uuid.RFC_4122
    assert str(read) == ISSUED


def test_an_issued_id_is_recognized() -> None:
    """The id tells its card back without any store."""
    assert SIGNER.card_of("hospital-a", ISSUED, CARDS) == "sij-examine"
    assert SIGNER.card_of("hospital-a", ISSUED.upper(), CARDS) == "sij-examine"


def test_another_tenant_key_or_card_does_not_recognize_it() -> None:
    """Only the same tenant, key and card make the same id."""
    assert SIGNER.card_of("hospital-b", ISSUED, CARDS) is None
    assert Signer(b"another key").card_of("hospital-a", ISSUED, CARDS) is None
    assert SIGNER.card_of("hospital-a", ISSUED, ("dvt-likely",)) is None
    assert SIGNER.card_of("hospital-a", ISSUED, ()) is None


@pytest.mark.parametrize("place", range(len(ISSUED)))
def test_an_id_changed_in_any_place_is_not_ours(place: int) -> None:
    """Every hexadecimal digit is covered."""
    if ISSUED[place] == "-":
        return
    other = "0" if ISSUED[place] != "0" else "1"
    changed = ISSUED[:place] + other + ISSUED[place + 1 :]
    assert SIGNER.card_of("hospital-a", changed, CARDS) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "dvt-likely",
        "0" * 500,
        "{" + "0" * 32 + "}",
        "6f1c5a0e-9d3b-4c55-8a7e-2b1d0c9e8f77",
        "é" * 36,
        "\x00",
    ],
)
def test_any_other_text_is_not_ours(text: str) -> None:
    """Feedback may carry anything; nothing of it is an error."""
    assert SIGNER.card_of("hospital-a", text, CARDS) is None


def test_every_showing_has_its_own_id() -> None:
    """Two answers with the same card carry different ids."""
    assert len({SIGNER.card("hospital-a", "sij-examine") for _ in range(100)}) == 100


def test_suggestion_ids_depend_on_card_and_suggestion() -> None:
    """The same suggestion of the same showing has one id, any other another."""
    one = SIGNER.suggestion(ISSUED, "scan")
    assert SIGNER.suggestion(ISSUED, "scan") == one
    assert SIGNER.suggestion(ISSUED, "d-dimer") != one
    assert SIGNER.suggestion(SIGNER.card("hospital-a", "sij-examine"), "scan") != one
    assert uuid.UUID(one).version == 8
