"""The browser of the tests: an installed Chromium, else Debian's, else Playwright's own."""

import os
import shutil
import subprocess
import sys

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Several test processes may come here at once: the later ones wait, then find it done.
_APT = ("apt-get", "-o", "DPkg::Lock::Timeout=600")
_INSTALL = (*_APT, "install", "--yes", "--no-install-recommends", "chromium")
_SECONDS = 900
_REMEDY = (
    "No Chromium for the browser tests could be found or installed; run "
    "`.venv/bin/python -m playwright install --with-deps chromium` and start again."
)


class NoBrowserError(Exception):
    """Without a browser only the tests that need one fail."""


def chromium() -> str | None:
    """The path of a Chromium, installed if need be; None stands for Playwright's own.

    Raises NoBrowserError with a sentence that names the command to run.
    """
    found = _installed()
    if found is None and _is_root() and shutil.which("apt-get"):
        if not _run(*_INSTALL):  # a machine without package lists gets them first
            _run(*_APT, "update")
            _run(*_INSTALL)
        found = _installed()
    if found is None and not _run(sys.executable, "-m", "playwright", "install", "chromium"):
        raise NoBrowserError(_REMEDY)
    return found


def _installed() -> str | None:
    return next((path for path in map(shutil.which, _NAMES) if path), None)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _run(*command: str) -> bool:
    """Whether it went well."""
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(
            command, env=quiet, capture_output=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
