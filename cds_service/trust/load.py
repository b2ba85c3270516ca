"""Loads `trust.toml` of a site; whatever is wrong in it is told at once, before the start.

A sentence names the file, the key (tenants and issuers as counted from one) and the remedy.
`docs/trust.md` explains the format.
"""

import tomllib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cds_service.content.files import slips
from cds_service.errors import SettingsError, SiteError
from cds_service.settings import Settings
from cds_service.trust.check import check_trust
from cds_service.trust.compile import Keyring, compile_trust
from cds_service.trust.fetch_keys import fetch_key_set
from cds_service.trust.key_sources import Fetch
from cds_service.trust.models import TrustFile
from cds_service.trust.tenants import Trust

TRUST = "trust.toml"


def load_trust(
    settings: Settings, clock: Callable[[], datetime], fetch: Fetch = fetch_key_set
) -> Trust:
    """Everybody whom the site's configuration lets call; nobody where it has no `trust.toml`.

    Raises SiteError with one sentence per problem, and SettingsError where the production profile
    would have nobody to trust.
    """
    demo = settings.profile == "demo"
    path = settings.site / TRUST if settings.site is not None else None
    file = _read(path) if path is not None and path.exists() else TrustFile()
    if not file.tenant and not demo:
        raise SettingsError(
            f"LEGPAIN_PROFILE=production needs to know who may call: set LEGPAIN_SITE to a folder "
            f"whose {TRUST} has a [[tenant]], or set LEGPAIN_PROFILE=demo to try the service on "
            "this machine."
        )
    if not demo and not settings.public_url.startswith("https://"):
        raise SettingsError(
            f"LEGPAIN_PUBLIC_URL: {settings.public_url} is not https; set it to the https address "
            "that callers use, because they sign their tokens for it."
        )
    if path is None:
        return Trust()
    problems = list(check_trust(file, demo=demo))
    keyring = Keyring(path.parent, fetch, clock, demo=demo)
    trust = compile_trust(file, keyring)
    problems += keyring.problems
    if problems:
        raise SiteError(tuple(f"{TRUST}: {problem}" for problem in problems))
    return trust


def _read(path: Path) -> TrustFile:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise SiteError(
            (f"{TRUST}: cannot be read ({error.strerror}); make it readable",)
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SiteError((f"{TRUST}: not valid TOML: {error}",)) from None
    try:
        return TrustFile.model_validate(data)
    except ValidationError as error:
        raise SiteError(
            tuple(f"{TRUST}: {_place(where)}: {remedy}" for where, remedy in slips(error))
        ) from None


def _place(where: tuple[Any, ...]) -> str:
    """The key, lists counted from one: `tenant 1, issuer 2, iss`."""
    words: list[str] = []
    for part in where:
        if isinstance(part, int) and words:
            words[-1] += f" {part + 1}"
        else:
            words.append(str(part))
    return ", ".join(words) or "the file"
