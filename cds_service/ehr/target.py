"""A CDS service as its clients meet it: every call to it goes through here and is kept."""

import json
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx

from cds_service.ehr.answer import Answer, Json
from cds_service.ehr.credentials import Credentials
from cds_service.errors import CallError

DISCOVERY = "/cds-services"
_JSON_TYPE = {"content-type": "application/json", "accept": "application/json"}


@dataclass(slots=True)
class Target:
    """Calls one base URL.

    `public` is the base by which others know the service, when it stands behind a proxy; tokens
    are signed for it. `answers` keeps every answer of the run, for what must hold of all.
    """

    base: str
    credentials: Credentials
    timeout: float
    public: str = ""
    answers: list[Answer] = field(default_factory=list)
    client: httpx.Client = field(init=False)

    def __post_init__(self) -> None:
        self.client = httpx.Client(timeout=self.timeout, trust_env=False, follow_redirects=False)

    def close(self) -> None:
        """Close the connections."""
        self.client.close()

    def url(self, path: str) -> str:
        """The address of a path below the base URL."""
        return f"{self.base}{path}"

    def audience(self, path: str) -> str:
        """The address that a token for a path is signed for."""
        return f"{self.public or self.base}{path}"

    def ask(
        self,
        method: str,
        path: str,
        *,
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
        anonymous: bool = False,
    ) -> Answer:
        """One call; a header given here wins, `anonymous` sends no credentials."""
        url = self.url(path)
        own = {} if anonymous else self.credentials.headers(self.audience(path))
        started = time.perf_counter()
        try:
            response = self.client.request(
                method, url, content=content, headers=own | (headers or {})
            )
            content_back = response.content
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            took = time.perf_counter() - started
            answer = Answer(method, url, 0, {}, b"", took, _why(error, self.timeout))
        else:
            took = time.perf_counter() - started
            answer = Answer(method, url, response.status_code, response.headers, content_back, took)
        self.answers.append(answer)
        return answer

    def post(
        self,
        path: str,
        body: Any,
        *,
        headers: dict[str, str] | None = None,
        anonymous: bool = False,
    ) -> Answer:
        """POST a JSON document, or bytes as they are."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = _JSON_TYPE | (headers or {})
        return self.ask("POST", path, content=content, headers=given, anonymous=anonymous)


def checked_base(url: str) -> str:
    """The base URL without /cds-services; raises CallError for what is no URL."""
    base = url.rstrip("/").removesuffix(DISCOVERY)
    where = urlsplit(base)
    if where.scheme not in ("http", "https") or not where.hostname:
        raise CallError(f"{url}: give the base URL of the service, http:// or https://.")
    return base


def listed_services(answer: Answer) -> tuple[Json, ...]:
    """The services with an id that an answer to discovery lists; none where it is none."""
    document = answer.document
    services = document.get("services") if isinstance(document, dict) else None
    found = services if isinstance(services, list) else []
    return tuple(s for s in found if isinstance(s, dict) and isinstance(s.get("id"), str))


def _why(error: Exception, timeout: float) -> str:
    if isinstance(error, httpx.TimeoutException):
        return f"no answer within {timeout:g} s"
    if isinstance(error, httpx.ConnectError):
        return "no connection"
    return f"no HTTP answer ({type(error).__name__})"
