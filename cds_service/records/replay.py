"""Which tokens were used: a digest of issuer and token id, kept until the token has expired."""

import hashlib
import threading

from sqlalchemy import BigInteger, Column, Engine, String, Table, delete
from sqlalchemy.exc import SQLAlchemyError

from cds_service.errors import StoreDownError
from cds_service.records.database import METADATA, insert_unless_there

_USED = Table(
    "used_token",
    METADATA,
    Column("digest", String(64), primary_key=True),
    Column("until", BigInteger, nullable=False, index=True),
)
_BETWEEN_PRUNINGS = 60  # seconds


class ReplayStore:
    """Shared by all workers through the database; times are seconds since 1970."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pruning = threading.Lock()
        self._pruned = 0

    def first_use(self, issuer: str, jti: str, now: int, until: int) -> bool:
        """Whether no worker has seen this token before; from now on it was seen.

        Raises StoreDownError.
        """
        try:
            self._prune(now)
            with self._engine.begin() as connection:
                used = {"digest": _digest(issuer, jti), "until": until}
                return insert_unless_there(connection, _USED, used)
        except SQLAlchemyError:
            raise StoreDownError from None

    def _prune(self, now: int) -> None:
        """Forget expired tokens, once a minute at most in each worker."""
        with self._pruning:
            if now - self._pruned < _BETWEEN_PRUNINGS:
                return
            self._pruned = now
        with self._engine.begin() as connection:
            connection.execute(delete(_USED).where(_USED.c.until < now))


def _digest(issuer: str, jti: str) -> str:
    """The same for no two pairs: the length says where the issuer ends."""
    return hashlib.sha256(f"{len(issuer)}:{issuer}{jti}".encode()).hexdigest()
