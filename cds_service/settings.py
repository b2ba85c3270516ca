"""Configuration from LEGPAIN_* environment variables; a wrong value stops the start."""

import ipaddress
import secrets
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from cds_service.errors import SettingsError

_LEAST_KEY = 32  # characters


class Settings(BaseSettings):
    """All settings of the service.

    `profile` is production by default, which needs configured trust; demo needs no token and
    serves loopback only unless `demo_on_any_address` is set. `card_key` signs card ids; production
    needs one that all processes share (`card_key`), the demo makes one up at each start.
    `explain` adds reasons to each answer; the demo profile does so unless it is switched off.
    `client_profile` is the kind of EHR that calls where nobody is asked for a token.
    A body must be complete in `body_seconds`; a call beyond `most_calls_at_once` is refused.
    Comments in feedback are dropped unless `comment_days` says how long they are kept.
    `services` are the ids of the CDS services to offer, separated by commas.
    `deadline_ms` holds for a whole call, reading FHIR servers included. The demo profile reads the
    servers of this machine and `fhir_servers` (base addresses separated by commas), also without
    a token unless `fhir_without_token` is off; production reads those of trust.toml.
    `fhir_on_private_network` lets a configured name lead to a private address.
    `site` is the folder of what one site adds: `trust.toml` says who may call, `concept-maps/`
    translate its own codes, `terminology/` holds the expansions that `terminology refresh` fetches
    with `terminology_token`. `fhir_token` is what the command `call` shows a FHIR server.
    """

    model_config = SettingsConfigDict(env_prefix="LEGPAIN_", extra="ignore")

    profile: Literal["demo", "production"] = "production"
    services: Annotated[tuple[str, ...], NoDecode] = (
        "leg-pain",
        "leg-pain-encounter",
        "leg-pain-problem",
    )
    database_url: str = Field(default="sqlite:///legpain.db", repr=False)
    public_url: str = "http://127.0.0.1:8080"
    explain: bool = False
    client_profile: str = "generic-2.0"
    guidelines: Literal["nice", "us"] = "nice"
    demo_on_any_address: bool = False
    cards: Path | None = None
    site: Path | None = None
    deadline_ms: int = Field(default=450, ge=150, le=10_000)
    fhir_servers: Annotated[tuple[str, ...], NoDecode] = ()
    fhir_without_token: bool = True
    fhir_on_private_network: bool = False
    card_key: SecretStr | None = None
    terminology_token: SecretStr | None = None
    fhir_token: SecretStr | None = None
    comment_days: int = Field(default=0, ge=0, le=365)
    max_body_bytes: int = Field(default=32 * 1024 * 1024, gt=0)
    max_feedback_bytes: int = Field(default=64 * 1024, gt=0)
    body_seconds: float = Field(default=10, gt=0, le=600)
    most_calls_at_once: int = Field(default=64, gt=0)

    @field_validator("services", "fhir_servers", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        """Values separated by commas; an empty text names none."""
        if isinstance(value, str):
            return tuple(name.strip() for name in value.split(",") if name.strip())
        return value

    @model_validator(mode="after")
    def _demo_explains(self) -> Self:
        """The demo EHR shows why: it needs the reasons."""
        if self.profile == "demo" and "explain" not in self.model_fields_set:
            self.explain = True
        return self


def read_settings(**overrides: object) -> Settings:
    """The settings of this process; raises SettingsError naming the variable and the remedy."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]  # pydantic checks the values
    except ValidationError as error:
        slips = (f"LEGPAIN_{str(slip['loc'][0]).upper()}: {slip['msg']}" for slip in error.errors())
        raise SettingsError("; ".join(slips)) from None


def check_bind(settings: Settings, host: str) -> None:
    """Refuse to serve callers without a token to a network; raises SettingsError."""
    if settings.profile == "production":
        return
    if not _loopback(host) and not settings.demo_on_any_address:
        message = (
            f"The demo profile asks nobody for a token and therefore serves only this machine, "
            f"not {host}; use --host 127.0.0.1, or set LEGPAIN_DEMO_ON_ANY_ADDRESS=true if only "
            "trusted callers can reach it."
        )
        raise SettingsError(message)


def card_key(settings: Settings) -> bytes:
    """What card ids are signed with; raises SettingsError where production has no key to keep.

    With a key made up at the start, feedback on the cards of another process, or of an earlier
    start, would be taken for feedback on somebody else's cards.
    """
    given = settings.card_key.get_secret_value() if settings.card_key else ""
    if settings.profile == "production" and len(given) < _LEAST_KEY:
        raise SettingsError(
            f"LEGPAIN_CARD_KEY is {'too short' if given else 'not set'}: set it to at least "
            f"{_LEAST_KEY} random characters, the same for all processes, and keep it (for example "
            "with: openssl rand -hex 32); it signs card ids, by which feedback is recognized."
        )
    return given.encode() or secrets.token_bytes(32)


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
