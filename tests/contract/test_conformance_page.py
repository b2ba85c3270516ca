"""The conformance page tells what the tests judge; nothing is unjudged without a reason."""

from tests.conformance.marks import judges
from tests.conformance.page import PAGE, requirements, write


def test_every_requirement_is_judged_or_says_why_not() -> None:
    """A requirement has tests, or a reason why no test can judge it; never both, never neither."""
    judged = judges()
    for requirement in requirements():
        assert bool(judged.get(requirement.id)) != bool(requirement.unjudged), requirement.id


def test_tests_name_requirements_that_exist() -> None:
    """A slip in a mark is not silently a requirement without a test."""
    assert judges().keys() <= {requirement.id for requirement in requirements()}


def test_the_page_is_up_to_date() -> None:
    """The page lists the tests as they are; they run here like any other."""
    assert PAGE.read_text(encoding="utf-8") == write(judges()), "run make conformance"
