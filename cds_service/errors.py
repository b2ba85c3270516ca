"""Errors by audience.

LegPainError
├── ClientMistakeError    4xx: the request is wrong; may be shown, never echoes input
├── NotTrustedError       401: the caller did not prove who they are; no explanation is given
├── DataUnavailableError  412: required data were neither delivered nor readable
├── TooManyCallsError     429, 503: more calls than agreed, or than can be answered at once
├── StoreDownError        503: the database does not answer; the call may be sent again
├── ContentError          the content in cards/ is wrong; the service does not start
├── SiteError             the site's own folder is wrong; the service does not start
├── CallError             a server or service cannot be called at all; says what to change
├── ConformanceError      a service cannot be judged at all; says what to change
├── KeysUnavailableError  the keys of an issuer cannot be fetched; the last good ones serve on
├── TerminologyError      a terminology server or its answer cannot be used; nothing was changed
└── SettingsError         the configuration is wrong; the service does not start
"""


class LegPainError(Exception):
    """Base of all errors the service raises itself."""


class ClientMistakeError(LegPainError):
    """The request breaks a rule; `code` names the sentence shown, `where` the member at fault."""

    def __init__(self, code: str, where: str = "", status: int = 400) -> None:
        super().__init__(code)
        self.code = code
        self.where = where
        self.status = status


class NotTrustedError(LegPainError):
    """No valid token; `reason` is a code for the log, `issuer` the entry of the configuration.

    Neither ever holds anything of the token.
    """

    def __init__(self, reason: str, issuer: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.issuer = issuer


class DataUnavailableError(LegPainError):
    """Required queries that could not be answered; `keys` are prefetch keys, never values.

    `other_version` tells that one of them came in a FHIR version that is not read.
    """

    def __init__(self, keys: tuple[str, ...], *, other_version: bool = False) -> None:
        super().__init__(", ".join(keys))
        self.keys = keys
        self.other_version = other_version


class TooManyCallsError(LegPainError):
    """Nothing is wrong with the request, which may be sent again after some `seconds`.

    `code` names the sentence shown.
    """

    def __init__(self, code: str, status: int, seconds: int) -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.seconds = seconds


class StoreDownError(LegPainError):
    """What must be remembered cannot be."""


class ContentError(LegPainError):
    """Sentences that name file, key and remedy."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class SiteError(LegPainError):
    """Sentences that name file, row and remedy."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


class KeysUnavailableError(LegPainError):
    """A key set that did not come; `reason` is a code for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TerminologyError(LegPainError):
    """A sentence that names the server's fault and the remedy."""


class CallError(LegPainError):
    """A sentence that says why a FHIR server or CDS service cannot be used, and the remedy."""


class ConformanceError(LegPainError):
    """A sentence that says why a service cannot be judged, and the remedy."""


class SettingsError(LegPainError):
    """A sentence that names the setting and the remedy."""
