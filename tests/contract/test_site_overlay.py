"""A site may narrow and reword what ships; whatever else it writes stops the start."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from cds_service.app import create_app
from cds_service.content.load import content_folder, load_library
from cds_service.content.review import due
from cds_service.content.served import load_content
from cds_service.content.site.overlay import with_overlay
from cds_service.ehr.stories import read_stories
from cds_service.errors import SiteError
from cds_service.settings import Settings
from tests.spec.moments import AS_OF

SHIPPED = load_library()
EXAMPLE = content_folder() / "_codes" / "example-site"
EXPLAIN = "org.legpain-cds.explain"
FRONT = "+++\n{}\n+++\n{}"
Connect = Callable[[FastAPI], httpx.AsyncClient]
Write = Callable[[str, str], Path]


@pytest.fixture(name="write")
def _write(tmp_path: Path) -> Write:
    """Write one file of a site's `cards/`; the site's folder."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / "cards" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return tmp_path

    return write


def served(site: Path) -> FastAPI:
    """The service of this site, explaining itself."""
    return create_app(
        Settings(profile="demo", explain=True, database_url="sqlite://", site=site),
        clock=lambda: AS_OF,
    )


async def answer(connect: Connect, app: FastAPI, story: str) -> tuple[list[str], dict[str, Any]]:
    """The cards that a sample patient gets, and the explanation."""
    request = next(s for s in read_stories() if s.name == story).today(AS_OF.date())
    async with connect(app) as client:
        response = await client.post("/cds-services/leg-pain", json=request)
    assert response.status_code == httpx.codes.OK
    body = response.json()
    return [c["source"]["topic"]["code"] for c in body["cards"]], body["extension"][EXPLAIN]


# ── what a site may do ───────────────────────────────────────────────────────


def test_a_site_owns_its_reviews(write: Write) -> None:
    """Owner, dates and sign-off are the site's own; everything else of the topic stays."""
    site = write(
        "hip/topic.toml",
        'owner = "hip clinic"\nreviewed = 2026-12-01\n'
        "next_review = 2027-06-01\nsigned_off = true\n",
    )
    found = with_overlay(SHIPPED, site)
    topic = found.topics["hip"]
    assert (topic.owner, topic.signed_off) == ("hip clinic", True)
    assert str(topic.next_review) == "2027-06-01"
    assert topic.row == SHIPPED.topics["hip"].row
    assert [t.id for t in due(found, topic.next_review)] == ["hip"]


def test_a_site_sets_numbers_within_their_range(write: Write) -> None:
    """The rules read the site's numbers, and the book calls them local policy."""
    write("_common/windows.toml", "[windows.vital_signs]\nhours = 12\n")
    site = write(
        "dvt/topic.toml",
        "[thresholds.d_dimer]\nvalue = 400\n[windows.exam_sign]\nhours = 48\n",
    )
    found = with_overlay(SHIPPED, site)
    rules = found.rulebook.topics["dvt"]
    assert rules.thresholds["d_dimer"] == 400
    assert rules.windows["exam_sign"].total_seconds() == 48 * 3600
    assert found.rulebook.topics["pulmonary_embolism"].windows["vital_signs"].seconds == 12 * 3600
    assert found.topics["dvt"].thresholds["d_dimer"].status == "policy"
    assert rules.thresholds["wells_likely"] == 2


def test_a_site_rewords_a_card(write: Write) -> None:
    """Summary, short name, text, US wording, variants and drafts may read differently."""
    shipped = SHIPPED.cards["sij-two-of-four"]
    front = (
        'summary = "{{side}}: 2 of 4 SIJ tests positive; 1 more ({{tests}}) may meet the 3-test '
        'rule."\n'
        'short = "two of four"\n'
        "[variant.cannot-reach]\n"
        'summary = "2 of 4 SIJ tests positive ({{side}}); the 3-test rule is out of reach."\n'
        "[[suggestion]]\n"
        'id = "remaining-sij-tests"\n'
        'label = "Finish the SIJ tests"'
    )
    body = f"Ask the back clinic, extension 4412.\n\n{shipped.body}"
    site = write("sij/sij-two-of-four.md", FRONT.format(front, body))
    card = with_overlay(SHIPPED, site).cards["sij-two-of-four"]
    assert card.short == "two of four"
    assert card.summary.startswith("{{side}}: 2 of 4")
    assert card.body.startswith("Ask the back clinic")
    assert card.variant["cannot-reach"].summary == (
        "2 of 4 SIJ tests positive ({{side}}); the 3-test rule is out of reach."
    )
    assert card.variant["cannot-reach"].body == shipped.variant["cannot-reach"].body
    assert card.suggestion[0].label == "Finish the SIJ tests"
    assert card.suggestion[0].order == shipped.suggestion[0].order
    assert (card.evidence, card.source) == (shipped.evidence, shipped.source)


async def test_a_routine_card_is_switched_off_in_the_open(connect: Connect, write: Write) -> None:
    """The patient gets no card; the state is still concluded, and readiness names the card."""
    app = served(write("sij/topic.toml", 'off = ["sij-continue"]\n'))
    cards, explained = await answer(connect, app, "sij-continue")
    assert "sij-continue" not in cards
    states = [a["state"] for a in explained["assessments"]]
    assert "sij-continue" in states
    async with connect(app) as client:
        ready = (await client.get("/health/ready")).json()
    assert ready["switchedOff"] == ["sij-continue"]
    assert ready["contentVersion"] == explained["contentVersion"]
    assert ready["contentVersion"].startswith(f"{SHIPPED.version}+")


def test_the_version_names_every_change_of_a_site(write: Write) -> None:
    """Cards written from another wording carry another content version."""
    first = with_overlay(SHIPPED, write("hip/topic.toml", 'owner = "a"\n')).version
    second = with_overlay(SHIPPED, write("hip/topic.toml", 'owner = "b"\n')).version
    assert len({SHIPPED.version, first, second}) == 3


def test_a_site_without_cards_changes_nothing(tmp_path: Path) -> None:
    """The content is then what ships, by its version too."""
    assert with_overlay(SHIPPED, tmp_path).version == SHIPPED.version


def test_the_example_site_is_sound() -> None:
    """It shows a review, a window and a rewording."""
    found = load_content(site=EXAMPLE).library
    assert found.topics["sij"].owner == "musculoskeletal clinic"
    assert found.topics["dvt"].windows["exam_sign"].hours == 48
    assert found.cards["calf-strain"].short == "calf strain leaflet"
    assert found.switched_off == frozenset()


# ── what a site may not do ───────────────────────────────────────────────────

HIP = SHIPPED.cards["hip"]
LONG = f"Groin pain with {{{{finding}}}} ({{{{side}}}}): {'x' * 140}"
REFUSED = [
    pytest.param(
        "hip/topic.toml",
        'title = "Hip"\n',
        "hip/topic.toml: line 1: title: this key is not known here",
        id="another title",
    ),
    pytest.param(
        "hip/topic.toml",
        '[[row]]\nid = "H1"\n',
        "hip/topic.toml: line 1: row: this key is not known here",
        id="decision rows",
    ),
    pytest.param(
        "hip/topic.toml",
        "[groups]\n",
        "hip/topic.toml: line 1: groups: this key is not known here",
        id="groups of findings",
    ),
    pytest.param(
        "sij/topic.toml",
        "\n[thresholds.cluster_of_five]\nvalue = 2\n",
        "sij/topic.toml: line 2: thresholds.cluster_of_five: 2 is outside the allowed range 3 to 3",
        id="threshold out of range",
    ),
    pytest.param(
        "sij/topic.toml",
        "[thresholds.cluster_of_six]\nvalue = 3\n",
        "sij/topic.toml: line 1: thresholds.cluster_of_six: there is no such threshold here",
        id="unknown threshold",
    ),
    pytest.param(
        "dvt/topic.toml",
        "[thresholds.d_dimer]\nvalue = 400\nallowed = [1, 9999]\n",
        "dvt/topic.toml: line 3: thresholds.d_dimer.allowed: this key is not known here",
        id="another range",
    ),
    pytest.param(
        "dvt/topic.toml",
        "[windows.exam_sign]\nhours = 720\n",
        "dvt/topic.toml: line 1: windows.exam_sign: 720 is outside the allowed range 36 to 144",
        id="window out of range",
    ),
    pytest.param(
        "dvt/topic.toml",
        "[windows.exam_sign]\ndays = 72\n",
        "dvt/topic.toml: line 1: windows.exam_sign: is counted in hours; give hours and no other",
        id="window in another unit",
    ),
    pytest.param(
        "dvt/topic.toml",
        "[windows.exam]\nhours = 48\n",
        "dvt/topic.toml: line 1: windows.exam: there is no such window here",
        id="unknown window",
    ),
    pytest.param(
        "hip/topic.toml",
        "next_review = 2026-01-01\n",
        "hip/topic.toml: line 1: next_review: lies before the review",
        id="review that runs backwards",
    ),
    pytest.param(
        "dvt/topic.toml",
        'off = ["dvt-likely"]\n',
        "dvt/topic.toml: line 1: off: dvt-likely is no routine card and stays on",
        id="urgent card off",
    ),
    pytest.param(
        "cauda_equina/topic.toml",
        'off = ["cauda-equina-suspected"]\n',
        "cauda_equina/topic.toml: line 1: off: cauda-equina-suspected is no routine card",
        id="emergency card off",
    ),
    pytest.param(
        "dvt/topic.toml",
        'off = ["dvt-weak-risk"]\n',
        "dvt/topic.toml: line 1: off: dvt-weak-risk is no routine card and stays on",
        id="any card of DVT off",
    ),
    pytest.param(
        "cauda_equina/topic.toml",
        'off = ["cauda-equina-safety-net"]\n',
        "cauda_equina/topic.toml: line 1: off: cauda-equina-safety-net belongs to a topic with",
        id="routine card of a topic with emergencies off",
    ),
    pytest.param(
        "lumbar_stenosis/topic.toml",
        'off = ["lumbar-stenosis"]\n',
        "lumbar_stenosis/topic.toml: line 1: off: lumbar-stenosis withholds other cards",
        id="card off that withholds others",
    ),
    pytest.param(
        "hip/topic.toml",
        'off = ["sij-continue"]\n',
        "hip/topic.toml: line 1: off: sij-continue is no card of this topic",
        id="card of another topic off",
    ),
    pytest.param(
        "hip/hip.md",
        FRONT.format(
            'summary = "Groin pain ({{side}}): examine the hip; FABER is a hip sign."', ""
        ),
        "hip/hip.md: line 2: summary: placeholder {{finding}} is missing",
        id="lost placeholder",
    ),
    pytest.param(
        "hip/hip.md",
        FRONT.format('summary = "{{finding}} {{side}} {{score}}"', ""),
        "hip/hip.md: line 2: placeholder score: hip does not supply it",
        id="strange placeholder",
    ),
    pytest.param(
        "hip/hip.md",
        FRONT.format("", HIP.body.replace("44%", "many")),
        "hip/hip.md: body: figure 44 is missing; the shipped text has it",
        id="lost figure",
    ),
    pytest.param(
        "hip/hip.md",
        FRONT.format(f'summary = "{LONG}"', ""),
        "hip/hip.md: line 2: summary: ",
        id="summary too long",
    ),
    pytest.param(
        "hip/hip.md",
        FRONT.format("", f"{HIP.body}\n\n<b>Now</b>"),
        "hip/hip.md: body: HTML is not shown by every EHR",
        id="HTML",
    ),
    pytest.param(
        "hip/hip.md",
        FRONT.format("", f"{HIP.body}\n\nNo DVT, all is well."),
        "hip/hip.md: body: contains 'no dvt'",
        id="banned words",
    ),
    pytest.param(
        "sij/sij-supported.md",
        FRONT.format(
            "",
            SHIPPED.cards["sij-supported"].body.replace("unstable or out of place", "worn"),
        ),
        "sij/sij-supported.md: the words ",
        id="words that a claim rests on",
    ),
    pytest.param(
        "sij/sij-supported.md",
        FRONT.format("", f"{SHIPPED.cards['sij-supported'].body}\n\nThe joint is stuck."),
        "sij/sij-supported.md: contains 'joint is stuck', which no card may say",
        id="words that a claim forbids",
    ),
    pytest.param(
        "hip/hip.md",
        FRONT.format('evidence = ["EM-57"]', ""),
        "hip/hip.md: line 2: evidence: this key is not known here",
        id="other evidence",
    ),
    pytest.param(
        "hip/hip.md",
        FRONT.format('[[suggestion]]\nid = "mri"\nlabel = "Order MRI"', ""),
        "hip/hip.md: line 3: suggestion mri: the shipped card does not offer it",
        id="another order",
    ),
    pytest.param(
        "hip/hip.md",
        FRONT.format('[us]\nsummary = "x"', ""),
        "hip/hip.md: line 2: us: the shipped card has no US wording",
        id="US wording where none ships",
    ),
    pytest.param(
        "hip/hip.md",
        FRONT.format('[variant.new]\nsummary = "x"', ""),
        "hip/hip.md: line 2: variant.new: the shipped card has no such variant",
        id="variant that does not ship",
    ),
    pytest.param(
        "hip/hip.md",
        "No front block.",
        "hip/hip.md: line 1: the front block must stand between two lines of +++",
        id="no front block",
    ),
    pytest.param(
        "hip/our-hip.md",
        FRONT.format('summary = "x"', "y"),
        "hip/our-hip.md: no file that a site may bring",
        id="a card of its own",
    ),
    pytest.param(
        "sij/hip.md",
        FRONT.format('short = "x"', ""),
        "sij/hip.md: no file that a site may bring",
        id="card in another topic",
    ),
    pytest.param(
        "knee/topic.toml",
        'owner = "x"\n',
        "knee/topic.toml: no file that a site may bring",
        id="a topic of its own",
    ),
    pytest.param(
        "_common/triage.toml",
        "most_cards = 9\n",
        "_common/triage.toml: no file that a site may bring",
        id="triage",
    ),
    pytest.param(
        "_service/check-failed.md",
        FRONT.format('short = "x"', ""),
        "_service/check-failed.md: no file that a site may bring",
        id="messages of the service",
    ),
    pytest.param(
        "hip/rule.py",
        "print(1)\n",
        "hip/rule.py: no file that a site may bring",
        id="a program",
    ),
]


@pytest.mark.parametrize(("name", "text", "sentence"), REFUSED)
def test_what_a_site_may_not_change_stops_the_start(
    write: Write, name: str, text: str, sentence: str
) -> None:
    """The sentence names the site's own file and line, what is wrong and what to do."""
    with pytest.raises(SiteError) as refused:
        with_overlay(SHIPPED, write(name, text))
    told = refused.value.problems
    assert any(p.startswith(f"LEGPAIN_SITE/cards/{sentence}") for p in told), "\n".join(told)
    assert all(p.startswith("LEGPAIN_SITE/cards/") and "\n" not in p for p in told)


def test_everything_wrong_is_told_at_once(write: Write) -> None:
    """One start shows the slips of all files."""
    write("hip/topic.toml", 'title = "Hip"\n')
    site = write("knee/topic.toml", 'owner = "x"\n')
    with pytest.raises(SiteError) as refused:
        served(site)
    assert [p.partition(": ")[0] for p in refused.value.problems] == [
        "LEGPAIN_SITE/cards/hip/topic.toml",
        "LEGPAIN_SITE/cards/knee/topic.toml",
    ]
