"""A small FHIR terminology server on this machine, with a hierarchy of a few concepts.

Codes of the code table stand where SNOMED CT has them; the others are invented, with a valid check
digit, because no real one may be needed to tell the rules.
"""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeAlias
from urllib.parse import parse_qs, urlsplit

from cds_service.content.check_digits import snomed_holds

Json: TypeAlias = dict[str, Any]
SNOMED = "http://snomed.info/sct"
INTERNATIONAL = f"{SNOMED}/900000000000207008/version/20260801"
US_EDITION = f"{SNOMED}/731000124108/version/20260901"
ECL = re.compile(r"http://snomed\.info/sct\?fhir_vs=ecl/<<([0-9]+)")
ADDRESS = "http://127.0.0.1:{port}/fhir"


def invented(number: int) -> str:
    """A concept id that no table holds, with its check digit."""
    stem = f"98765{number:03d}00"
    return next(f"{stem}{digit}" for digit in range(10) if snomed_holds(f"{stem}{digit}"))


CANCER, SECONDARY, BREAST = "363346000", "128462008", "254837009"
BASAL_CELL, SQUAMOUS, IN_SITU, MELANOMA_IN_SITU = "254701007", "254651007", "109355002", "189758001"
LEG_PAIN, CALF_PAIN, FOOT_PAIN, HIP_PAIN = "10601006", "300954003", "47933007", "49218002"
DVT, CHRONIC_DVT, CHRONIC_CALF_DVT = "404223003", "15760351000119105", "132131000119102"
PREGNANT, NORMAL_PREGNANCY = "77386006", "72892002"
LEG_SITE, FOOT_SITE = "61685007", "56459004"
SWELLING, ANKLE_EDEMA, LOWER_LEG = "102572006", "26237000", "449707004"

SARCOMA = invented(1)
METASTASIS = invented(2)
NOSE_BASAL_CELL = invented(3)
BREAST_IN_SITU = invented(4)
LEFT_LEG_PAIN = invented(5)
LEFT_CALF_PAIN = invented(6)
HEEL_PAIN = invented(7)
LEFT_DVT = invented(8)
LEFT_CHRONIC_DVT = invented(9)
LATE_PREGNANCY = invented(10)
TOE_SITE = invented(11)
LEFT_ANKLE_EDEMA = invented(12)
RIGHT_LOWER_LEG_EDEMA = invented(13)

DISPLAYS = {
    SARCOMA: "Malignant tumor of left thigh (invented)",
    METASTASIS: "Secondary malignant tumor of fibula (invented)",
    NOSE_BASAL_CELL: "Basal cell carcinoma of tip of nose (invented)",
    BREAST_IN_SITU: "Carcinoma in situ of left breast (invented)",
    LEFT_LEG_PAIN: "Pain in left shin (invented)",
    LEFT_CALF_PAIN: "Pain in left calf at night (invented)",
    HEEL_PAIN: "Pain in heel (invented)",
    LEFT_DVT: "Thrombosis of left soleal vein (invented)",
    LEFT_CHRONIC_DVT: "Chronic thrombosis of left soleal vein (invented)",
    LATE_PREGNANCY: "Late pregnancy (invented)",
    TOE_SITE: "Structure of left toe (invented)",
    LEFT_ANKLE_EDEMA: "Edema of left ankle (invented)",
    RIGHT_LOWER_LEG_EDEMA: "Edema of right lower leg (invented)",
}
CHILDREN = {
    CANCER: (SECONDARY, BREAST, BASAL_CELL, SQUAMOUS, IN_SITU, SARCOMA),
    SECONDARY: (METASTASIS,),
    BREAST: (BREAST_IN_SITU,),
    BASAL_CELL: (NOSE_BASAL_CELL,),
    IN_SITU: (BREAST_IN_SITU,),
    LEG_PAIN: (CALF_PAIN, FOOT_PAIN, LEFT_LEG_PAIN),
    CALF_PAIN: (LEFT_CALF_PAIN,),
    FOOT_PAIN: (HEEL_PAIN,),
    DVT: (LEFT_DVT, CHRONIC_CALF_DVT, LEFT_CHRONIC_DVT),
    CHRONIC_DVT: (CHRONIC_CALF_DVT, LEFT_CHRONIC_DVT),
    PREGNANT: (NORMAL_PREGNANCY, LATE_PREGNANCY),
    LEG_SITE: (FOOT_SITE,),
    FOOT_SITE: (TOE_SITE,),
    SWELLING: (ANKLE_EDEMA, LOWER_LEG),
    ANKLE_EDEMA: (LEFT_ANKLE_EDEMA,),
    LOWER_LEG: (RIGHT_LOWER_LEG_EDEMA,),
}


def below(code: str) -> list[str]:
    """The concept and everything below it, each once."""
    found = [code]
    for one in found:
        found += [child for child in CHILDREN.get(one, ()) if child not in found]
    return found


@dataclass(frozen=True, slots=True)
class Asked:
    """One question: the concept (empty for any other question), the page, the credentials."""

    code: str
    count: int
    offset: int
    authorization: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back over the wire; `drip` seconds pass before each tenth of the body."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    drip: float = 0.0


def expansion(codes: list[str], asked: Asked, version: str = INTERNATIONAL, **more: Any) -> Json:
    """A ValueSet with one page of an expansion; keywords replace or add members."""
    page = codes[asked.offset : asked.offset + asked.count]
    contains = [
        {"system": SNOMED, "code": code, "display": DISPLAYS.get(code, f"Concept {code}")}
        for code in page
    ]
    told = {
        "timestamp": "2026-11-20T15:00:00Z",
        "total": len(codes),
        "offset": asked.offset,
        "parameter": [{"name": "version", "valueUri": f"{SNOMED}|{version}"}],
        "contains": contains,
    }
    return {"resourceType": "ValueSet", "status": "active", "expansion": told | more}


def outcome(code: str, text: str) -> Json:
    """An OperationOutcome with one error."""
    issue = {"severity": "error", "code": code, "diagnostics": text}
    return {"resourceType": "OperationOutcome", "issue": [issue]}


def reply(content: Json, status: int = 200) -> Reply:
    """FHIR JSON as a reply."""
    return Reply(json.dumps(content).encode(), status, {"content-type": "application/fhir+json"})


def answer(asked: Asked) -> Reply:
    """What the server answers unless a test replaces it."""
    if not asked.code:
        return reply(outcome("not-supported", "only descendants"), 400)
    return reply(expansion(below(asked.code), asked))


class Server:
    """The running server; `respond` may be replaced, `asked` keeps every question."""

    def __init__(self, port: int) -> None:
        self.address = ADDRESS.format(port=port)
        self.asked: list[Asked] = []
        self.respond: Callable[[Asked], Reply] = answer

    def once(self, code: str, instead: Callable[[Asked], Reply]) -> None:
        """Answer questions about one concept in another way."""
        self.respond = lambda asked: instead(asked) if asked.code == code else answer(asked)


@contextmanager
def serving() -> Iterator[Server]:
    """Serve on a free port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        wbufsize = -1  # head and body in one packet

        def do_GET(self) -> None:
            place = urlsplit(self.path)
            given = {name: values[0] for name, values in parse_qs(place.query).items()}
            found = ECL.fullmatch(given.get("url", ""))
            known = place.path == "/fhir/ValueSet/$expand"
            asked = Asked(
                code=found[1] if found and known else "",
                count=int(given.get("count", "0")),
                offset=int(given.get("offset", "0")),
                authorization=self.headers.get("authorization", ""),
            )
            server.asked.append(asked)
            told = server.respond(asked)
            try:
                self.send_response(told.status)
                for name, value in told.headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(told.body)))
                self.end_headers()
                part = len(told.body) // 10 + 1
                for start in range(0, len(told.body), part):
                    if told.drip:
                        self.wfile.flush()
                        time.sleep(told.drip)
                    self.wfile.write(told.body[start : start + part])
            except OSError:
                self.close_connection = True

        def log_message(self, *_args: Any, **_named: Any) -> None:
            """Say nothing."""

    class Listening(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_args: Any) -> None:
            """A caller who hangs up is no error of the server."""

    with Listening(("127.0.0.1", 0), Handler) as listening:
        server = Server(listening.server_address[1])
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            listening.shutdown()
            thread.join()
