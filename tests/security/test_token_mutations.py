"""Whatever is changed in a good token, it is good no longer."""

import json
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cds_service.app import build_service
from cds_service.errors import NotTrustedError
from cds_service.trust.admission import Gate
from tests.security.callers import NOW, SECONDS, Draft, bearer, encoded, settings, token

ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
ORDER_P384 = int(
    "ffffffffffffffffffffffffffffffffffffffffffffffff"
    "c7634d81f4372ddf581a0db248b0a77aecec196accc52973",
    16,
)


@pytest.fixture(scope="module")
def gate(site: Path) -> Gate:
    """The door of a service that trusts two tenants."""
    return build_service(settings(site), lambda: NOW).gate


def is_accepted(gate: Gate, authorization: list[str]) -> bool:
    """Whether the door opens."""

    async def ask() -> bool:
        try:
            await gate.admit_call(authorization, "leg-pain")
        except NotTrustedError:
            return False
        return True

    return anyio.run(ask)


@st.composite
def edits(draw: st.DrawFn, text: str) -> str:
    """The text after a few characters were replaced, removed, added or moved."""
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(text) - 1))
        sign = draw(st.sampled_from([*ALPHABET, ".", "=", "+", " ", ",", "\n", "\0", "é"]))
        kept = draw(st.sampled_from([text[at], ""]))
        text = text[:at] + sign + kept + text[at + 1 :]
        text = draw(st.sampled_from([text, text[:at] + text[at + 1 :]])) or "."
    return text


values: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=4,
)


@pytest.mark.requirement("SEC-3", "SEC-18")
@given(data=st.data(), signer=st.sampled_from([("ec", "ES384"), ("rsa", "RS384")]))
def test_no_edited_token_is_accepted(
    gate: Gate, data: st.DataObject, signer: tuple[str, str]
) -> None:
    """Not one character of it may differ."""
    good = Draft(signer=signer[0], signed_as=signer[1]).sign()
    edited = data.draw(edits(good))
    assert edited == good or not is_accepted(gate, bearer(edited))
    assert is_accepted(gate, bearer(good))


@pytest.mark.requirement("SEC-3", "SEC-8", "SEC-10")
@given(
    name=st.sampled_from(["iss", "aud", "exp", "iat", "jti", "nbf", "sub", "tenant", "x"]),
    value=values,
)
@example(name="exp", value=SECONDS + 301)
@example(name="jti", value="another")
def test_no_other_claims_fit_the_signature(gate: Gate, name: str, value: Any) -> None:
    """A claim changed after signing is noticed, whatever it says now."""
    draft = Draft()
    claims = draft.full_claims()
    good = Draft(raw_claims=json.dumps(claims).encode()).sign()
    head, _, signature = good.split(".")
    changed = encoded(claims | {name: value})
    forged = f"{head}.{changed}.{signature}"
    assert forged == good or not is_accepted(gate, bearer(forged))


@pytest.mark.requirement("SEC-3", "SEC-4", "SEC-5", "SEC-17")
@given(name=st.sampled_from(["alg", "typ", "kid", "jku", "jwk", "crit", "cty", "x"]), value=values)
@example(name="alg", value="none")
@example(name="alg", value="HS384")
@example(name="cty", value="JWT")
def test_no_other_header_fits_the_signature(gate: Gate, name: str, value: Any) -> None:
    """Neither does a header changed after signing."""
    good = token()
    _, claims, signature = good.split(".")
    changed = encoded(Draft().full_header() | {name: value})
    forged = f"{changed}.{claims}.{signature}"
    assert forged == good or not is_accepted(gate, bearer(forged))


@pytest.mark.requirement("SEC-8")
@given(
    name=st.sampled_from(["iss", "exp", "iat", "jti", "aud"]),
    value=values.filter(lambda value: not isinstance(value, str | int | float) or value is True),
)
def test_no_value_of_another_type_is_a_claim(gate: Gate, name: str, value: Any) -> None:
    """Well signed or not: a claim that is no text or number of its kind is refused."""
    assert not is_accepted(gate, bearer(Draft(claims={name: value}).sign()))


@pytest.mark.requirement("SEC-12")
def test_the_twin_of_an_elliptic_signature_is_the_same_token(gate: Gate) -> None:
    """ECDSA lets anybody write a second signature; the token id makes it a replay."""
    good = token()
    message, _, signature = good.rpartition(".")
    both = urlsafe_b64decode(signature)  # 96 bytes need no padding
    r, s = both[:48], int.from_bytes(both[48:])
    twin = f"{message}.{encoded(r + (ORDER_P384 - s).to_bytes(48))}"
    assert twin != good
    assert is_accepted(gate, bearer(good))
    assert not is_accepted(gate, bearer(twin))
