"""A slip in a content file is refused in a sentence, or the service still answers as it should."""

import json
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import example, given

from cds_service.app import build_service
from cds_service.commands.assess import advice_on, cards_of
from cds_service.content.library import Library
from cds_service.content.load import content_folder, load_library
from cds_service.ehr.stories import read_stories
from cds_service.errors import ContentError
from cds_service.hooks.drafts_check import check_drafts
from cds_service.hooks.request import decode_request
from cds_service.pipeline import vocabulary
from cds_service.settings import Settings
from tests.contract.schemas import faults
from tests.property.mutations import Mutation, mutations
from tests.spec.moments import AS_OF

SERVICE = build_service(Settings(profile="demo", database_url="sqlite://"))
ASKED = ("dvt-likely", "sij-and-radiculopathy-examine", "cauda-equina-suspected")
REQUESTS = tuple(
    decode_request(json.dumps(story.today(AS_OF.date())).encode())
    for story in read_stories()
    if story.name in ASKED
)


@pytest.fixture(scope="module", name="root")
def _root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A copy of the content; files that stay as they are get parsed only once."""
    copied = Path(shutil.copytree(content_folder(), tmp_path_factory.mktemp("content") / "cards"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tomllib, "loads", lru_cache(maxsize=1024)(tomllib.loads))
        yield copied


def started(root: Path) -> Library | tuple[str, ...]:
    """The library that a service would start with, or the sentences that it ends with."""
    try:
        library = load_library(root)
        check_drafts(library)
    except ContentError as error:
        return error.problems
    return library


def assert_answers(library: Library) -> None:
    """Three patients get cards that the published contract accepts."""
    service = replace(
        SERVICE,
        library=library,
        words=vocabulary(library),
        writer=replace(SERVICE.writer, library=library),
    )
    for request in REQUESTS:
        advice = advice_on(service, request, AS_OF)
        assert not isinstance(advice, str), advice
        cards = cards_of(service, advice)
        assert not advice.crashes
        assert faults("leg-pain-response", {"cards": cards}) == set()


@given(mutation=mutations())
@example(mutation=Mutation("_common/sentences.toml", "text with a placeholder", 3))
def test_a_slip_never_starts_a_broken_service(root: Path, mutation: Mutation) -> None:
    """Either sentences that name a file of cards/, or three patients get valid cards."""
    path = root / mutation.file
    shipped = path.read_bytes()
    try:
        mutation.spoil(root)
        found = started(root)
    finally:
        path.write_bytes(shipped)
    if isinstance(found, Library):
        assert_answers(found)
    else:
        assert found
        assert all(told.startswith("cards/") and "\n" not in told for told in found), found
