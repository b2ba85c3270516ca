"""What is shipped: the wheel holds the service and its content, and runs on its own."""

import importlib.metadata
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command the way a user's shell would, and give its output; a failure shows it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    result = subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout
    return result.stdout


def files_below(folder: Path) -> set[str]:
    """Name every file below a folder of the repository, caches aside."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the source distribution, and from nothing but that the wheel, once for this module."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def names(wheel: Path) -> set[str]:
    """Name every file in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment that has our dependencies but not our repository."""
    home = tmp_path_factory.mktemp("installed")
    venv.create(home, with_pip=False)
    binaries = home / "bin"
    pip = (sys.executable, "-m", "pip", "--python", binaries / "python")
    run(*pip, "install", "--quiet", "--no-deps", "--no-index", wheel, cwd=home)
    # The path file comes last: a .pth file found through it, such as that of an editable
    # installation, is not followed.
    packages = sysconfig.get_path("purelib", vars={"base": str(home), "platbase": str(home)})
    Path(packages, "dependencies.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return binaries


@pytest.mark.parametrize(
    ("folder", "inside"),
    [
        pytest.param("cds_service", "cds_service", id="service"),
        pytest.param("cards", "cds_service/_cards", id="content"),
        pytest.param("docs/contracts", "cds_service/_contracts", id="contracts"),
        pytest.param("fixtures/stories", "cds_service/_stories", id="stories"),
    ],
)
def test_the_wheel_carries_every_file_the_service_reads(
    names: set[str], folder: str, inside: str
) -> None:
    """Every file of the service, of its content and of its stories is in the wheel."""
    expected = files_below(ROOT / folder)
    assert expected
    assert {f"{inside}/{name}" for name in expected} <= names


def test_the_wheel_claims_one_name_only(names: set[str]) -> None:
    """The wheel installs cds_service and its metadata, and no second top-level name."""
    version = importlib.metadata.version("legpain-cds")
    top = {name.split("/")[0] for name in names}
    assert top == {"cds_service", f"legpain_cds-{version}.dist-info"}


def test_the_wheel_carries_its_license(names: set[str]) -> None:
    """License and notice travel with the wheel."""
    licenses = {name.rsplit("/", 1)[1] for name in names if "/licenses/" in name}
    assert licenses == {"LICENSE", "NOTICE"}


def test_the_installed_package_is_the_wheel(installed: Path, tmp_path: Path) -> None:
    """The environment of these tests runs the installed copy and never the repository."""
    printed = run(
        *(installed / "python", "-c", "import cds_service; print(cds_service.__file__)"),
        cwd=tmp_path,
    )
    assert Path(printed.strip()).is_relative_to(installed.parent)


def test_the_installed_command_answers_from_an_empty_folder(
    installed: Path, tmp_path: Path
) -> None:
    """After installation, `legpain-cds` runs anywhere and lists what it can do."""
    printed = run(installed / "legpain-cds", "--help", cwd=tmp_path)
    assert "demo" in printed
    assert "serve" in printed
    assert list(tmp_path.iterdir()) == []
