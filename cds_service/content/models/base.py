"""What all content models share: strict, frozen, unknown keys refused."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel

Words = Annotated[str, Field(min_length=1)]
Keys = Annotated[tuple[str, ...], Field(strict=False)]


class Strict(BaseModel):
    """A slip becomes a sentence that names file and key."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Values(RootModel[dict[str, Words]]):
    """A file of texts by name."""

    model_config = ConfigDict(strict=True, frozen=True)
