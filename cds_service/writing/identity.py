"""Card and suggestion ids: random, yet provably ours, so that feedback needs no stored patient.

A card uuid (version 8, RFC 9562) holds a nonce and a keyed hash of tenant, card and nonce; a
suggestion uuid is derived from its card's.
"""

import hashlib
import hmac
import secrets
import uuid
from collections.abc import Iterable
from dataclasses import dataclass

_NONCE = 6
_MAC = 8
_VERSION, _VARIANT = 0x80, 0x80


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes and recognizes ids with one secret key."""

    key: bytes

    def card(self, tenant: str, card: str) -> str:
        """A fresh uuid for one showing of a card."""
        return str(self._card(tenant, card, secrets.token_bytes(_NONCE)))

    def card_of(self, tenant: str, text: str, cards: Iterable[str]) -> str | None:
        """The card id a uuid was issued for, None for anything that is not ours."""
        try:
            given = uuid.UUID(text)
        except ValueError:
            return None
        nonce = given.bytes[:_NONCE]
        return next(
            (
                card
                for card in cards
                if hmac.compare_digest(self._card(tenant, card, nonce).bytes, given.bytes)
            ),
            None,
        )

    def suggestion(self, card_uuid: str, suggestion: str) -> str:
        """The uuid of a suggestion of one shown card."""
        digest = self._mac(f"suggestion|{card_uuid}|{suggestion}".encode())
        return str(_shaped(digest[:16]))

    def _card(self, tenant: str, card: str, nonce: bytes) -> uuid.UUID:
        digest = self._mac(b"card|" + f"{tenant}|{card}|".encode() + nonce)
        return _shaped(nonce + b"\0\0" + digest[:_MAC])

    def _mac(self, message: bytes) -> bytes:
        return hmac.new(self.key, message, hashlib.sha256).digest()


def _shaped(raw: bytes) -> uuid.UUID:
    """Version and variant bits set; the rest is kept."""
    shaped = bytearray(raw)
    shaped[6] = (shaped[6] & 0x0F) | _VERSION
    shaped[8] = (shaped[8] & 0x3F) | _VARIANT
    return uuid.UUID(bytes=bytes(shaped))
