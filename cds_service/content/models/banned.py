"""`_common/banned.toml`: words that nothing shown to people may contain."""

from typing import Annotated

from pydantic import Field

from cds_service.content.models.base import Strict, Words


class BannedPhrase(Strict):
    """Some words, and why they are not used."""

    words: Words
    because: Words


class BannedFile(Strict):
    """`banned.toml`."""

    phrase: Annotated[tuple[BannedPhrase, ...], Field(strict=False)]
