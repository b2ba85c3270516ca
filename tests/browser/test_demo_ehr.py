"""The demo EHR as people use it: with a mouse, by keyboard, on a phone, without a script."""

import json
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.accessibility import findings
from tests.browser.conftest import OpenPage
from tests.contract.odd_fhir_server import Said, odd_server
from tests.processes import Served

PENDING = "/patients/dvt-likely-pending-alt"
SIJ = "/patients/sij-continue"
MARKUP = "<img src=x onerror=alert(1)>"
OTHER_TYPES = (
    *("Observation", "Procedure", "MedicationRequest"),
    *("DiagnosticReport", "ServiceRequest"),
)
PHONE = {"width": 390, "height": 844}


def cards(page: Page) -> Locator:
    """The cards that are shown."""
    return page.locator("article.card")


def choose(page: Page, finding: str, status: str) -> None:
    """Press one of the three choices of a finding."""
    page.locator(f"label[for='{finding}-{status}']").click()


def wells(page: Page) -> Locator:
    """The score interval in words."""
    return page.locator("figure.line figcaption").first


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_accessible(open_page: OpenPage, scheme: str) -> None:
    """No serious finding of axe with list, cards and forms unfolded."""
    page = open_page("/", color_scheme=scheme)
    expect(page.locator("#decisive li").first).to_be_visible()
    unfolded = "nav details, .card details, .add, .box"
    page.evaluate(
        f"document.querySelectorAll('{unfolded}').forEach((one) => {{ one.open = true; }})"
    )
    assert findings(page) == []


def test_it_fits_a_phone(open_page: OpenPage) -> None:
    """At 390 pixels nothing scrolls sideways, and another patient is two taps away."""
    page = open_page("/", viewport=PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_text("Choose another sample patient").click()
    page.get_by_role("link", name="Megan Ashworth").click()
    expect(page.get_by_role("heading", name="Megan Ashworth")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]


def test_what_is_unknown_decides(open_page: OpenPage) -> None:
    """Wells 0 to 8 with the alternative open: a clinician's no makes it 2 to 8, a yes 0 to 6."""
    page = open_page(PENDING)
    expect(wells(page)).to_contain_text("0 to 8 points")
    expect(cards(page)).to_have_count(1)
    choose(page, "alternative_diagnosis_as_likely", "absent")
    expect(wells(page)).to_contain_text("2 to 8 points")
    expect(wells(page)).to_contain_text("Reached")
    expect(page.locator("#told")).to_contain_text("1 card.")
    choose(page, "alternative_diagnosis_as_likely", "present")
    expect(wells(page)).to_contain_text("0 to 6 points")
    page.get_by_role("link", name="Back to the record").click()
    expect(wells(page)).to_contain_text("0 to 8 points")


def test_the_keyboard_is_enough(open_page: OpenPage) -> None:
    """Arrow keys set a finding, focus stays on it, and Enter accepts a suggestion."""
    page = open_page(SIJ)
    thrust = page.locator("#sij_compression-unknown")
    thrust.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("figure.line figcaption").first).to_contain_text("1 to 3 positive tests")
    expect(page.locator("#sij_compression-absent")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("figure.line figcaption").first).to_contain_text("2 to 4 positive tests")
    page.get_by_role("button", name="Record the remaining SIJ").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".order")).to_have_count(1)
    page.locator("details.override summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Reason")).to_be_focused()


def test_missing_items_that_decide_are_listed(open_page: OpenPage) -> None:
    """Of the seven missing items one alone changes the card: the judgment on alternatives."""
    page = open_page(PENDING)
    item = page.locator("#decisive li")
    expect(item.first).to_contain_text("alternative diagnosis at least as likely")
    expect(item.first).to_contain_text("Critical: dvt-likely")
    expect(page.locator("#decisive")).to_contain_text("Alone without effect")


def test_an_accepted_suggestion_becomes_a_draft(open_page: OpenPage) -> None:
    """Feedback is sent and answered with 200, the draft stands under orders and stays there."""
    page = open_page(PENDING)
    page.get_by_role("button", name="Order proximal leg vein ultrasound").click()
    sent = page.locator(".sent")
    expect(sent).to_contain_text("/cds-services/leg-pain/feedback")
    expect(sent).to_contain_text("200")
    order = page.locator(".order")
    expect(order).to_contain_text("Ultrasound of the leg veins, proximal")
    expect(order).to_contain_text("draft")
    choose(page, "pitting_edema", "present")
    expect(wells(page)).to_contain_text("1 to 9 points")
    expect(order).to_have_count(1)
    expect(page.locator(".accepted")).to_contain_text("Order proximal leg vein ultrasound")


def test_an_override_takes_the_card_away(open_page: OpenPage) -> None:
    """The reason is one of the card's, the comment is sent too, and the card can come back."""
    page = open_page(PENDING)
    page.get_by_text("Override", exact=True).click()
    page.get_by_label("Reason").select_option(label="Not the symptomatic leg")
    page.get_by_label("Comment").fill("seen yesterday")
    page.get_by_role("button", name="Override this card").click()
    expect(cards(page)).to_have_count(0)
    page.get_by_text("Feedback request and answer").click()
    told = json.loads(page.locator(".sent pre").first.inner_text())["feedback"][0]
    assert told["outcome"] == "overridden"
    assert told["overrideReason"]["reason"]["code"] == "other-leg"
    assert told["overrideReason"]["userComment"] == "seen yesterday"
    page.get_by_role("button", name="Show again").click()
    expect(cards(page)).to_have_count(1)


def test_other_hooks_ask_their_own_service(open_page: OpenPage) -> None:
    """A visit that begins and a problem that is added call the other two services."""
    page = open_page(PENDING)
    page.locator("label[for='at-leg-pain-encounter']").click()
    expect(page.locator(".wire")).to_contain_text("POST /cds-services/leg-pain-encounter")
    page.locator("label[for='at-leg-pain-problem']").click()
    expect(page.locator(".wire")).to_contain_text("POST /cds-services/leg-pain-problem")
    expect(cards(page)).to_have_count(1)
    page.get_by_label("Problem just added").select_option(label="Osteoarthritis of knee")
    expect(page.locator(".none")).to_be_visible()


def test_silence_is_told_with_its_reason(open_page: OpenPage) -> None:
    """A chart without complaint has no cards and says why; an added complaint brings one."""
    page = open_page("/patients/unrelated-chart")
    expect(page.locator(".none")).to_contain_text("no pain finding, no vascular trigger")
    choose(page, "leg_swelling", "present")
    expect(cards(page)).to_have_count(1)
    expect(page.locator(".chart .assumed")).to_contain_text("leg swelling")


def test_copying(open_page: OpenPage, demo: Served) -> None:
    """The copied request is the JSON that was sent, the copied address the discovery URL."""
    page = open_page(PENDING, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the discovery address").click()
    expect(page.locator("#told")).to_have_text("Copied.")
    pasted = "navigator.clipboard.readText()"
    assert page.evaluate(pasted) == f"{demo.address}/cds-services"
    page.get_by_text("Request POST").click()
    page.get_by_role("button", name="Copy the request").click()
    expect(page.locator(".copied")).to_have_count(2)
    request = json.loads(page.evaluate(pasted))
    assert request["hook"] == "patient-view"
    assert request["prefetch"]["patient"]["resourceType"] == "Patient"


def test_a_server_that_may_not_be_asked_is_told(open_page: OpenPage) -> None:
    """The sentence names the variable, and what was typed is still in the box."""
    page = open_page("/")
    page.get_by_text("Open a patient of another FHIR server").click()
    page.get_by_label("FHIR base address").fill("https://ehr.example.org/fhir")
    page.get_by_label("Patient id").fill("123")
    page.get_by_role("button", name="Open the chart").click()
    expect(page.get_by_role("alert")).to_contain_text("LEGPAIN_FHIR_SERVERS")
    expect(page.get_by_label("FHIR base address")).to_have_value("https://ehr.example.org/fhir")


def test_a_chart_of_another_server_that_holds_markup(open_page: OpenPage) -> None:
    """It is opened as of its last visit, and what looks like markup is text that does nothing."""
    about = {"reference": "Patient/p1"}
    code = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "M79.661"}]}
    when = "2019-05-06T09:30:00Z"
    told: dict[str, Any] = {
        "metadata": {"resourceType": "CapabilityStatement", "fhirVersion": "4.0.1"},
        "Patient/p1": {
            "resourceType": "Patient",
            "id": "p1",
            "name": [{"family": MARKUP}],
            "birthDate": "1960-02-03",
        },
        "Condition": {
            "resourceType": "Condition",
            "id": "c1",
            "subject": about,
            "code": code | {"text": MARKUP},
            "recordedDate": when,
        },
        "Encounter": {
            "resourceType": "Encounter",
            "id": "e1",
            "status": "finished",
            "subject": about,
            "period": {"start": when, "end": when},
            "reasonCode": [{"text": MARKUP}],
        },
    }
    with odd_server() as server:
        empty = {"resourceType": "Bundle", "type": "searchset"}
        server.answers |= dict.fromkeys(OTHER_TYPES, Said(empty))
        for path, resource in told.items():
            alone = path in ("metadata", "Patient/p1")
            bundle = empty | {"entry": [{"resource": resource}]}
            server.answers[path] = Said(resource if alone else bundle)
        page = open_page("/fhir-server")
        page.get_by_label("FHIR base address").fill(server.base)
        page.get_by_label("Patient id").fill("p1")
        page.get_by_label("Look from").select_option(label="the last visit")
        page.get_by_role("button", name="Open the chart").click()
        expect(page.get_by_role("heading", name=MARKUP)).to_be_visible()
        expect(cards(page)).not_to_have_count(0)
        page.wait_for_load_state()  # the script follows the text
        choose(page, "calf_swelling_3cm", "present")
        expect(wells(page)).to_contain_text("-1 to")
        expect(page.locator(".chart li", has_text=MARKUP)).to_have_count(2)
    assert page.locator("img").count() == 0


def test_it_works_without_a_script(open_page: OpenPage) -> None:
    """Choices, the list of deciding items and feedback are plain forms."""
    page = open_page(PENDING, java_script_enabled=False)
    choose(page, "alternative_diagnosis_as_likely", "absent")
    page.get_by_role("button", name="Ask the service again").click()
    expect(wells(page)).to_contain_text("2 to 8 points")
    page.get_by_role("button", name="Order proximal leg vein ultrasound").click()
    expect(page.locator(".order")).to_have_count(1)
    expect(wells(page)).to_contain_text("2 to 8 points")
    choose(page, "alternative_diagnosis_as_likely", "unknown")
    page.get_by_role("button", name="Try each of them").click()
    expect(page.locator("#decisive li").first).to_contain_text("alternative diagnosis")
