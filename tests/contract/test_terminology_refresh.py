"""`legpain-cds terminology refresh` against a terminology server on this machine."""

import csv
import json
import os
import shutil
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from cds_service.commands.terminology.server import TerminologyServer
from cds_service.content.load import content_folder
from cds_service.errors import TerminologyError
from tests.contract.command import Ended, Run
from tests.contract.terminology_server import (
    ANKLE_EDEMA,
    BASAL_CELL,
    BREAST,
    CANCER,
    CHRONIC_DVT,
    DVT,
    FOOT_PAIN,
    INTERNATIONAL,
    LEG_PAIN,
    LEG_SITE,
    SARCOMA,
    SNOMED,
    US_EDITION,
    Asked,
    Reply,
    Server,
    below,
    expansion,
    outcome,
    reply,
    serving,
)

Instead = Callable[[Asked], Reply]
CACHE = Path("terminology") / "expansions.json"
with (content_folder() / "_codes" / "terminology.csv").open(encoding="utf-8") as file:
    TABLE = list(csv.DictReader(file))
ROOTS = {row["code"] for row in TABLE if row["match"] == "descendants"}
US_ROW = "550991000124107"
LEFT_OUT = {code for row in TABLE for code in row["minus"].split()}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A terminology server, reached without a proxy."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.delenv("LEGPAIN_TERMINOLOGY_TOKEN", raising=False)
    with serving() as running:
        yield running


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> Path:
    """The folder LEGPAIN_SITE; `run` has cleared the variable before."""
    assert run is not None
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.setenv("LEGPAIN_SITE", str(folder))
    return folder


def refreshed(run: Run, server: Server, *more: object) -> Ended:
    """The command, which must succeed."""
    ended = run("terminology", "refresh", "--server", server.address, *more)
    assert ended.code == 0, ended.err
    return ended


def kept(path: Path) -> Any:
    """The file as JSON."""
    return json.loads(path.read_text(encoding="utf-8"))


def members(path: Path) -> dict[str, list[str]]:
    """Members of every set."""
    return {one["code"]: sorted(one["members"]) for one in kept(path)["sets"]}


def older(site: Path) -> bytes:
    """A file of an earlier success."""
    (site / CACHE).parent.mkdir()
    (site / CACHE).write_bytes(b"the last good file")
    return (site / CACHE).read_bytes()


def test_every_row_with_descendants_is_asked_and_kept(run: Run, server: Server, site: Path) -> None:
    """Each set has its question, its members with their displays, and their number."""
    ended = refreshed(run, server)
    sets = {one["code"]: one for one in kept(site / CACHE)["sets"]}
    assert sets.keys() >= ROOTS | LEFT_OUT
    assert sorted(sets[CANCER]["members"]) == sorted(below(CANCER))
    assert sets[CANCER]["ecl"] == f"<<{CANCER}"
    assert sets[CANCER]["count"] == len(below(CANCER))
    assert sets[CANCER]["groups"] == ["cancer-active"]
    assert sets[CANCER]["members"][SARCOMA] == "Malignant tumor of left thigh (invented)"
    assert f"{CANCER} (cancer-active): {len(below(CANCER))}" in ended.out
    assert INTERNATIONAL in ended.out


def test_the_file_says_where_and_when_it_was_made(run: Run, server: Server, site: Path) -> None:
    """Server, edition with version, date with offset, and for which code table."""
    refreshed(run, server)
    told = kept(site / CACHE)
    assert told["server"] == server.address
    assert told["version"] == INTERNATIONAL
    assert told["refreshed"].endswith("Z")
    assert told["table"]
    assert told["unknown"] == []


def test_codes_below_a_root_that_say_something_else_are_asked_too(
    run: Run, server: Server, site: Path
) -> None:
    """Ankle edema is weak where edema of the leg is strong, so its descendants are fetched.

    Breast cancer says what every cancer says; nobody is asked for it.
    """
    refreshed(run, server)
    sets = members(site / CACHE)
    assert ANKLE_EDEMA in sets
    assert BREAST not in sets


def test_large_sets_come_in_pages(run: Run, server: Server, site: Path) -> None:
    """Each page begins where the last one ended, in whole pages, and nothing is lost."""
    refreshed(run, server, "--count", 2)
    pages = [asked for asked in server.asked if asked.code == CANCER]
    assert {asked.count for asked in pages} == {2}
    assert [asked.offset for asked in pages] == list(range(0, len(below(CANCER)), 2))
    assert members(site / CACHE)[CANCER] == sorted(below(CANCER))


def test_a_server_without_a_total_is_asked_until_nothing_comes(
    run: Run, server: Server, site: Path
) -> None:
    """`total` is optional in FHIR; the last page is the one without members."""

    def untold(asked: Asked) -> Reply:
        told = expansion(below(asked.code), asked)
        del told["expansion"]["total"]
        return reply(told)

    server.respond = untold
    refreshed(run, server, "--count", 3)
    assert members(site / CACHE)[CANCER] == sorted(below(CANCER))
    for one, other in pairwise(a.offset for a in server.asked if a.code == CANCER):
        assert other > one


def test_the_same_code_twice_in_a_page_counts_once(run: Run, server: Server, site: Path) -> None:
    """A hierarchy may show a code under two parents, nested or not."""

    def nested(asked: Asked) -> Reply:
        inner = [{"system": SNOMED, "code": SARCOMA, "display": "twice"}]
        told = expansion(below(CANCER), asked)
        told["expansion"]["contains"][0]["contains"] = inner
        told["expansion"]["contains"].append({"display": "a heading without a code"})
        return reply(told)

    server.once(CANCER, nested)
    refreshed(run, server)
    assert members(site / CACHE)[CANCER] == sorted(below(CANCER))


@pytest.mark.parametrize("file", ["new/expansions.json", "here.json"])
def test_another_place_may_be_named(run: Run, server: Server, tmp_path: Path, file: str) -> None:
    """`--output` needs no LEGPAIN_SITE, makes the folder, and says where the service reads."""
    path = tmp_path / file
    ended = refreshed(run, server, "--output", path)
    assert CANCER in members(path)
    assert "below LEGPAIN_SITE" in ended.out
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_without_any_place_the_command_says_so(run: Run, server: Server) -> None:
    """Nobody is asked when the answer could not be kept."""
    ended = run("terminology", "refresh", "--server", server.address)
    assert ended.code == 2
    assert "Set LEGPAIN_SITE to your site's folder, or give --output" in ended.err
    assert server.asked == []


@pytest.mark.usefixtures("site")
def test_the_token_of_the_environment_is_sent_and_never_shown(
    run: Run, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a Bearer token, to this server alone."""
    monkeypatch.setenv("LEGPAIN_TERMINOLOGY_TOKEN", "s3cret")
    ended = refreshed(run, server)
    assert {asked.authorization for asked in server.asked} == {"Bearer s3cret"}
    assert "s3cret" not in ended.out + ended.err


@pytest.mark.usefixtures("site")
def test_without_a_token_none_is_sent(run: Run, server: Server) -> None:
    """Many servers inside a hospital ask for none."""
    refreshed(run, server)
    assert {asked.authorization for asked in server.asked} == {""}


@pytest.mark.usefixtures("site")
@pytest.mark.parametrize(
    ("address", "token", "sentence"),
    [
        ("ftp://tx.example.org", "", "must be the base of a FHIR server"),
        ("tx.example.org/fhir", "", "must be the base of a FHIR server"),
        ("https://", "", "must be the base of a FHIR server"),
        ("http://[::", "", "must be the base of a FHIR server"),
        ("https://tx.example.org/fhir?x=1", "", "must be the base of a FHIR server"),
        ("https://user:pass@tx.example.org/fhir", "", "set LEGPAIN_TERMINOLOGY_TOKEN instead"),
        ("http://tx.example.org/fhir", "s3cret", "sent over https only"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused(
    run: Run, monkeypatch: pytest.MonkeyPatch, address: str, token: str, sentence: str
) -> None:
    """Before anything is sent; neither password nor token is repeated."""
    if token:
        monkeypatch.setenv("LEGPAIN_TERMINOLOGY_TOKEN", token)
    ended = run("terminology", "refresh", "--server", address)
    assert ended.code == 2
    assert sentence in ended.err
    assert "pass@" not in ended.err
    assert "s3cret" not in ended.err


def _status(status: int, code: str, text: str) -> Instead:
    return lambda _asked: reply(outcome(code, text), status)


def _changed(**more: Any) -> Instead:
    return lambda asked: reply(expansion(below(asked.code), asked, **more))


def _contains(system: str, code: str) -> Instead:
    entry = {"system": system, "code": code, "display": "x"}
    return _changed(contains=[entry], total=1)


COSTLY = {"url": "http://hl7.org/fhir/StructureDefinition/valueset-toocostly", "valueBoolean": True}

FAILURES = [
    pytest.param(
        _status(503, "transient", "index is being built"),
        "the server answers 503: index is being built",
        id="HTTP error with an outcome",
    ),
    pytest.param(
        lambda _asked: Reply(b"<html>Bad gateway</html>", 502),
        "answers 502 with something that is no FHIR JSON",
        id="HTTP error of a proxy",
    ),
    pytest.param(
        lambda _asked: Reply(b'{"resourceType":"Bundle"}', 404),
        "answers 404 without an expansion; check that the address",
        id="not a terminology server",
    ),
    pytest.param(
        _status(200, "too-costly", "more than 1000 codes"),
        "the server answers 200: more than 1000 codes",
        id="OperationOutcome with status 200",
    ),
    pytest.param(
        _status(401, "login", "who are you"),
        "access denied; set LEGPAIN_TERMINOLOGY_TOKEN",
        id="unauthorized",
    ),
    pytest.param(
        _status(403, "forbidden", "no"), "access denied; set LEGPAIN_TERMINOLOGY_TOKEN", id="denied"
    ),
    pytest.param(
        lambda _asked: Reply(b"", 301, {"location": "https://evil.example.org/fhir?x=1"}),
        "redirects to https://evil.example.org/fhir, which is not followed",
        id="redirect to another host",
    ),
    pytest.param(
        lambda _asked: Reply(b"", 302, {"location": "/elsewhere"}),
        "/elsewhere, which is not followed; if you trust that address",
        id="redirect on the same host",
    ),
    pytest.param(
        lambda _asked: Reply(b"{" + b" " * 33 * 1024 * 1024 + b"}"),
        "a page is larger than 32 MiB; try a smaller --count",
        id="too large",
    ),
    pytest.param(lambda _asked: Reply(b"{"), "no FHIR JSON", id="broken JSON"),
    pytest.param(lambda _asked: Reply(b"[" * 100_000), "no FHIR JSON", id="a bomb of brackets"),
    pytest.param(lambda _asked: Reply(b"\xff\xfe{}"), "no FHIR JSON", id="no UTF-8"),
    pytest.param(
        _contains("http://hl7.org/fhir/sid/icd-10-cm", CANCER),
        "http://hl7.org/fhir/sid/icd-10-cm is not SNOMED CT",
        id="wrong system",
    ),
    pytest.param(_contains("", CANCER), "no system is not SNOMED CT", id="no system"),
    pytest.param(
        _contains(SNOMED, "363346001"), "the check digit of 363346001 fails", id="wrong check digit"
    ),
    pytest.param(
        _contains(SNOMED, "1.22475E+16"), "the check digit of 1.22475E+16 fails", id="no code"
    ),
    pytest.param(
        _changed(extension=[COSTLY]), "cut the expansion short; it is too costly", id="cut short"
    ),
    pytest.param(
        _changed(total=5_000),
        f"announces 5,000 members and lists {len(below(CANCER))}",
        id="fewer members than announced",
    ),
    pytest.param(
        _changed(total=1),
        f"announces 1 members and lists {len(below(CANCER))}",
        id="more members than announced",
    ),
    pytest.param(
        _contains(SNOMED, SARCOMA), "does not list the concept itself", id="another question"
    ),
    pytest.param(
        lambda asked: reply(expansion(below(asked.code), asked, US_EDITION)),
        "the server changed from",
        id="edition changed meanwhile",
    ),
]


@pytest.mark.parametrize(("instead", "sentence"), FAILURES)
def test_a_failure_keeps_the_last_good_file(
    run: Run, server: Server, site: Path, instead: Instead, sentence: str
) -> None:
    """One bad answer among many: a sentence with the set, exit status 2, and the old file."""
    before = older(site)
    server.once(CANCER, instead)
    ended = run("terminology", "refresh", "--server", server.address)
    assert ended.code == 2
    assert f"{CANCER} (cancer-active): " in ended.err
    assert sentence in ended.err
    assert "is as it was" in ended.err
    assert (site / CACHE).read_bytes() == before
    assert [path.name for path in (site / CACHE).parent.iterdir()] == [CACHE.name]


def test_without_an_older_file_nothing_is_written(run: Run, server: Server, site: Path) -> None:
    """No half a file: rows take members from one another."""
    server.once(CANCER, _status(500, "exception", "oops"))
    ended = run("terminology", "refresh", "--server", server.address)
    assert ended.code == 2
    assert "Nothing was written" in ended.err
    assert list(site.iterdir()) == []


def test_a_repeated_page_is_noticed(run: Run, server: Server, site: Path) -> None:
    """A server that cannot page would be asked forever."""

    def always_the_first(asked: Asked) -> Reply:
        first = Asked(asked.code, asked.count, 0, "")
        return reply(expansion(below(asked.code), first))

    server.once(CANCER, always_the_first)
    ended = run("terminology", "refresh", "--server", server.address, "--count", 2)
    assert ended.code == 2
    assert "the server repeats a page; try a larger --count" in ended.err
    assert list(site.iterdir()) == []


@pytest.mark.usefixtures("site")
def test_the_token_does_not_follow_a_redirect(
    run: Run, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other server is never asked."""
    monkeypatch.setenv("LEGPAIN_TERMINOLOGY_TOKEN", "s3cret")
    with serving() as other:
        server.respond = lambda _asked: Reply(b"", 307, {"location": other.address})
        ended = run("terminology", "refresh", "--server", server.address)
        assert other.asked == []
    assert ended.code == 2
    assert "not followed" in ended.err


@pytest.mark.usefixtures("site")
def test_a_server_that_is_not_there_is_a_sentence(run: Run) -> None:
    """Nobody listens on the port of a server that has stopped."""
    with serving() as stopped:
        address = stopped.address
    ended = run("terminology", "refresh", "--server", address)
    assert ended.code == 2
    assert f"{address} cannot be read" in ended.err
    assert "check the address and that the server is up" in ended.err


def test_an_interrupted_write_keeps_the_old_file(
    run: Run, server: Server, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full: the new file is gone, the old one is whole."""
    before = older(site)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    ended = run("terminology", "refresh", "--server", server.address)
    assert ended.code == 2
    assert "cannot be written (No space left on device); give another place" in ended.err
    assert (site / CACHE).read_bytes() == before
    assert [path.name for path in (site / CACHE).parent.iterdir()] == [CACHE.name]


@pytest.mark.parametrize(
    "unknown",
    [
        pytest.param(_status(404, "not-found", "no such concept"), id="not-found"),
        pytest.param(_status(422, "code-invalid", "unknown code"), id="code-invalid"),
        pytest.param(
            _status(400, "processing", "Concepts in the ECL request do not exist or are inactive"),
            id="as Snowstorm says it",
        ),
        pytest.param(lambda asked: reply(expansion([], asked)), id="empty expansion"),
    ],
)
def test_a_concept_that_the_server_does_not_know_is_named(
    run: Run, server: Server, site: Path, unknown: Instead
) -> None:
    """It stays known by its enumerated members; the others are fetched."""
    server.once(LEG_SITE, unknown)
    ended = refreshed(run, server)
    told = kept(site / CACHE)
    assert told["unknown"] == [LEG_SITE]
    assert LEG_SITE not in members(site / CACHE)
    assert CANCER in members(site / CACHE)
    assert f"{LEG_SITE} (site-leg): the server does not know it" in ended.out
    assert f"Still known by enumerated members only: site-leg ({LEG_SITE})" in ended.out


def test_a_server_that_knows_nothing_is_no_terminology_server(
    run: Run, server: Server, site: Path
) -> None:
    """A FHIR server without SNOMED CT would otherwise leave an empty file."""
    server.respond = _status(404, "not-found", "no such value set")
    ended = run("terminology", "refresh", "--server", server.address)
    assert ended.code == 2
    assert "check that it is a terminology server with SNOMED CT" in ended.err
    assert list(site.iterdir()) == []


@pytest.fixture
def us_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    """Content in which a code of the US extension stands for its descendants."""
    assert run is not None
    folder = tmp_path / "cards"
    shutil.copytree(content_folder(), folder)
    path = folder / "_codes" / "terminology.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    changed = [
        line.replace(",exact,", ",descendants,", 1) if f",{US_ROW}," in line else line
        for line in lines
    ]
    assert changed != lines
    path.write_text("".join(changed), encoding="utf-8")
    monkeypatch.setenv("LEGPAIN_CARDS", str(folder))


@pytest.mark.usefixtures("us_row")
@pytest.mark.parametrize(
    ("version", "asked"), [(INTERNATIONAL, False), (US_EDITION, True), ("", True)]
)
def test_the_international_edition_is_not_asked_for_us_concepts(
    run: Run, server: Server, site: Path, version: str, *, asked: bool
) -> None:
    """Column edition: `us` rows are asked of the US edition, or where the edition is not told."""

    def of(question: Asked) -> Reply:
        return reply(expansion(below(question.code), question, version))

    server.respond = of
    ended = refreshed(run, server)
    assert (US_ROW in {question.code for question in server.asked}) is asked
    assert (US_ROW in kept(site / CACHE)["unknown"]) is not asked
    if not asked:
        assert f"{US_ROW} (cancer-remission): not asked" in ended.out
    if not version:
        assert "an edition that the server does not name" in ended.out


def test_chronic_thrombosis_and_skin_cancer_are_fetched_to_be_left_out(
    run: Run, server: Server, site: Path
) -> None:
    """Column minus: what a row leaves out is asked by its own code, also of some editions only."""
    refreshed(run, server)
    sets = members(site / CACHE)
    assert {CHRONIC_DVT, BASAL_CELL, FOOT_PAIN, LEG_PAIN, DVT} <= sets.keys()


@pytest.mark.parametrize(
    "drip", [pytest.param(0.6, id="silent"), pytest.param(0.1, id="one tenth at a time")]
)
def test_a_slow_server_is_given_up(server: Server, drip: float) -> None:
    """The time is for the whole page, so that a trickle does not stretch it."""
    server.respond = lambda asked: replace(reply(expansion(below(asked.code), asked)), drip=drip)
    client = TerminologyServer(
        server.address, lambda system: system == SNOMED, token="", timeout=0.3, count=10
    )
    began = time.monotonic()
    with pytest.raises(TerminologyError, match=r"no whole page within 0\.3 seconds"):
        client.expand(CANCER)
    assert time.monotonic() - began < 0.9
    client.close()


@pytest.mark.parametrize(
    ("bound", "sentence"),
    [
        ("_MOST_MEMBERS", "more than 3 members; that cannot be right"),
        ("_MOST_PAGES", "more than 3 pages; try a larger --count"),
    ],
)
def test_members_and_pages_are_bounded(
    server: Server, monkeypatch: pytest.MonkeyPatch, bound: str, sentence: str
) -> None:
    """A server that never comes to an end is given up."""
    monkeypatch.setattr(f"cds_service.commands.terminology.server.{bound}", 3)
    client = TerminologyServer(
        server.address, lambda system: system == SNOMED, token="", timeout=30, count=1
    )
    with pytest.raises(TerminologyError, match=sentence):
        client.expand(CANCER)
    client.close()
