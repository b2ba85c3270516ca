"""What deploy/ promises: nothing more than the service needs, reachable from one machine."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

DEPLOY = Path(__file__).parents[2] / "deploy"
SECRET = re.compile(r"password|passwd|secret|token|api_?key|private_?key|credential", re.IGNORECASE)


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    """Give the instructions of the Dockerfile, each as its word and its argument."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    code = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    lines = code.replace("\\\n", " ").splitlines()
    return [(word, rest.strip()) for word, _, rest in (li.partition(" ") for li in lines) if word]


@pytest.fixture(scope="module")
def final_stage(instructions: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Give the instructions of the image that runs."""
    start = max(at for at, (word, _) in enumerate(instructions) if word == "FROM")
    return instructions[start:]


@pytest.fixture(scope="module", params=["compose.yaml", "production/compose.yaml"])
def service(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Give the one service of each compose file."""
    return service_of(request.param)


def service_of(name: str) -> dict[str, Any]:
    """Read the one service of a compose file."""
    compose = yaml.safe_load((DEPLOY / name).read_text(encoding="utf-8"))
    (only,) = compose["services"].values()
    assert isinstance(only, dict)
    return only


def test_every_base_image_names_a_fixed_tag(instructions: list[tuple[str, str]]) -> None:
    """No stage starts from an unnamed or moving tag."""
    stages = [rest.split()[0] for word, rest in instructions if word == "FROM"]
    assert stages
    for image in stages:
        tag = image.partition(":")[2]
        assert tag, image
        assert "latest" not in tag, image


def test_the_image_installs_hashed_files_only(instructions: list[tuple[str, str]]) -> None:
    """Every installation checks hashes, or takes the wheel just built and nothing from outside."""
    commands = [part for word, rest in instructions if word == "RUN" for part in rest.split("&&")]
    installs = [command for command in commands if re.search(r"\bpip\b.*\binstall\b", command)]
    assert any("-r requirements/postgres.txt" in command for command in installs)
    for command in installs:
        hashed = "--require-hashes" in command and "-r requirements/" in command
        local = "--no-deps" in command and "--no-index" in command
        assert hashed or local, command


def test_the_image_builds_without_downloading_a_build_tool(
    instructions: list[tuple[str, str]],
) -> None:
    """The wheel is built with the locked build tool, not with one fetched on the way."""
    commands = [part for word, rest in instructions if word == "RUN" for part in rest.split("&&")]
    (build,) = [command for command in commands if "pip wheel" in command]
    assert "--no-build-isolation" in build
    assert "--no-deps" in build


def test_the_image_runs_as_a_numeric_user_that_is_not_root(
    final_stage: list[tuple[str, str]],
) -> None:
    """The service runs as a numeric user other than 0, so that a cluster can verify it."""
    users = [rest for word, rest in final_stage if word == "USER"]
    assert users
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", users[-1])


def test_the_image_needs_no_shell_to_run(final_stage: list[tuple[str, str]]) -> None:
    """Start and health check name their program directly."""
    (command,) = [rest for word, rest in final_stage if word == "CMD"]
    (health,) = [rest for word, rest in final_stage if word == "HEALTHCHECK"]
    assert command.startswith('["legpain-cds", "serve"')
    assert 'CMD ["python"' in health
    assert "/health/live" in health


def test_the_image_and_the_compose_file_hold_no_secret(
    instructions: list[tuple[str, str]], service: dict[str, Any]
) -> None:
    """No setting baked into the image or the compose file is a secret, or is named like one."""
    baked = [rest for word, rest in instructions if word in {"ENV", "ARG"}]
    given = [f"{name}={value}" for name, value in service["environment"].items()]
    for setting in [*baked, *given]:
        assert not SECRET.search(setting), setting
        assert not re.search(r"://[^/\s]*:[^/\s]*@", setting), setting


def test_compose_publishes_on_loopback_only(service: dict[str, Any]) -> None:
    """Nobody but the host itself reaches the published port."""
    assert service["ports"] == ["127.0.0.1:8080:8080"]
    assert "network_mode" not in service


def test_compose_takes_every_right_away(service: dict[str, Any]) -> None:
    """The container has a read-only root, no capability, and no way to gain one."""
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "devices", "pid", "ipc", "user"} & set(service)


def test_compose_writes_to_its_volume_and_to_memory_only(service: dict[str, Any]) -> None:
    """What may be written is the data volume, where the database is, and /tmp in memory."""
    mounts = [mount for mount in service["volumes"] if not mount.endswith(":ro")]
    assert mounts == ["data:/data"]
    assert service["tmpfs"] == ["/tmp"]  # noqa: S108 - a mount point, not a file of ours
    assert service["environment"]["LEGPAIN_DATABASE_URL"].startswith("sqlite:////data/")


def test_only_the_demo_serves_callers_without_a_token() -> None:
    """The other compose file runs the production profile, with its site and its public address."""
    given = service_of("production/compose.yaml")["environment"]
    assert given["LEGPAIN_PROFILE"] == "production"
    assert given["LEGPAIN_PUBLIC_URL"].startswith("https://")
    assert "LEGPAIN_DEMO_ON_ANY_ADDRESS" not in given
    assert given["LEGPAIN_SITE"] == "/site"
    assert "./site:/site:ro" in service_of("production/compose.yaml")["volumes"]


def test_the_card_key_is_asked_for_and_not_given() -> None:
    """Compose stops with a sentence where nobody sets it."""
    given = service_of("production/compose.yaml")["environment"]["LEGPAIN_CARD_KEY"]
    assert re.fullmatch(r"\$\{LEGPAIN_CARD_KEY:\?[a-z ]+\}", given)


def test_postgresql_is_reached_by_the_service_only() -> None:
    """Its port is not published, and its password is asked for and not given."""
    compose = yaml.safe_load((DEPLOY / "postgres" / "compose.yaml").read_text(encoding="utf-8"))
    service, database = (compose["services"][name] for name in ("legpain-cds", "database"))
    assert "ports" not in database
    asked = re.compile(r"\$\{POSTGRES_PASSWORD:\?[a-z ]+\}")
    assert asked.fullmatch(database["environment"]["POSTGRES_PASSWORD"])
    (url,) = service["environment"].values()
    assert asked.sub("x", url) == "postgresql+psycopg://legpain:x@database/legpain"
