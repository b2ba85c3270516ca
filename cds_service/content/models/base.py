"""What all content models share: strict, frozen, unknown keys refused."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, RootModel

Words = Annotated[str, Field(min_length=1)]
# A number of days or hours that a calendar can hold, and a number of entries that a file can.
Span = Annotated[int, Field(ge=0, le=50_000)]
Keys = Annotated[tuple[str, ...], Field(strict=False)]


class Strict(BaseModel):
    """A slip becomes a sentence that names file and key."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Values(RootModel[dict[str, Words]]):
    """A file of texts by name."""

    model_config = ConfigDict(strict=True, frozen=True)
