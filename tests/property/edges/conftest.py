"""The copy of the content that all moved limits of a run share."""

import pytest

from tests.property.edges.moved import MovedContent


@pytest.fixture(scope="session")
def moved_content(tmp_path_factory: pytest.TempPathFactory) -> MovedContent:
    """A copy of `cards/` whose limits may be moved."""
    return MovedContent(tmp_path_factory.mktemp("moved"))
