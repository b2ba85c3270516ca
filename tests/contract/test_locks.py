"""What is installed: exact versions, each file known by its hash, from no particular place."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("build", "runtime", "postgres", "dev", "evaluate", "audit", "fuzz")
HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}")


def lock_text(name: str) -> str:
    """Read one lock."""
    return (ROOT / "requirements" / f"{name}.txt").read_text(encoding="utf-8")


def logical_lines(name: str) -> list[str]:
    """Give a lock's lines the way pip reads them: joined where continued, without comments."""
    joined = lock_text(name).replace("\\\n", " ")
    return [line.strip() for line in joined.splitlines() if line.partition("#")[0].strip()]


def requirement_of(line: str) -> Requirement:
    """Read the requirement at the start of a line."""
    return Requirement(line.partition("--hash")[0])


def pins(name: str) -> dict[str, str]:
    """Map each package of a lock to its version."""
    requirements = [requirement_of(line) for line in logical_lines(name)]
    return {
        canonicalize_name(requirement.name): str(requirement.specifier).removeprefix("==")
        for requirement in requirements
    }


def wanted(name: str) -> list[Requirement]:
    """Give what pyproject.toml asks of a lock."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)
    groups = project["dependency-groups"]
    runtime = project["project"]["dependencies"]
    postgres = project["project"]["optional-dependencies"]["postgres"]
    direct = {
        "build": groups["build"],
        "runtime": runtime,
        "postgres": [*runtime, *postgres],
        "dev": [*runtime, *groups["build"], *groups["dev"]],
        "evaluate": groups["evaluate"],
        "audit": groups["audit"],
        "fuzz": groups["fuzz"],
    }[name]
    return [Requirement(entry) for entry in direct if isinstance(entry, str)]


@pytest.mark.parametrize("name", LOCKS)
def test_every_requirement_is_exact_and_hashed(name: str) -> None:
    """A lock admits one version of each package, and only files whose hash it knows."""
    lines = logical_lines(name)
    assert lines
    for line in lines:
        assert re.fullmatch(r"==[^=*,]+", str(requirement_of(line).specifier)), line
        assert HASH.findall(line), line


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_names_no_place(name: str) -> None:
    """A lock holds neither an address nor a path nor an option that says where files come from."""
    text = lock_text(name)
    assert "://" not in text
    for line in logical_lines(name):
        assert not line.startswith("-"), line
        assert requirement_of(line).url is None, line
        assert HASH.sub("", line).count("--") == 0, line


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_is_up_to_date_with_the_project(name: str) -> None:
    """Everything pyproject.toml asks for is pinned, at a version it accepts."""
    pinned = pins(name)
    for requirement in wanted(name):
        version = pinned.get(canonicalize_name(requirement.name))
        assert version is not None, f"{requirement.name} is not in {name}.txt: run `make lock`"
        assert version in requirement.specifier, f"{requirement} is not {version}: run `make lock`"


@pytest.mark.parametrize("name", ["build", "runtime", "postgres"])
def test_tests_run_on_what_is_shipped(name: str) -> None:
    """What users install is, version for version, what the tests ran on."""
    assert pins(name).items() <= pins("dev").items()


@pytest.mark.parametrize(("name", "common"), [("evaluate", "pydantic"), ("audit", "rich")])
def test_tools_apart_change_nothing_of_what_the_tests_ran_on(name: str, common: str) -> None:
    """What the patient generator or the audit share with the development tools is the same."""
    tools, apart = pins("dev"), pins(name)
    shared = tools.keys() & apart.keys()
    assert common in shared
    assert {each: apart[each] for each in shared} == {each: tools[each] for each in shared}
