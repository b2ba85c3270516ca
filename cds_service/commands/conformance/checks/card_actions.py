"""Suggestions, actions and links on cards; and that the same data give the same cards."""

import re
from collections.abc import Iterator

from cds_service.commands.conformance.checks.card_texts import THEME, judge_cards, listed, text
from cds_service.commands.conformance.checks.request_shape import judge_same
from cds_service.commands.conformance.probe import Probe
from cds_service.commands.conformance.records import edited, marked_up
from cds_service.commands.conformance.verdict import (
    Level,
    Verdict,
    broken,
    kept,
    not_applicable,
)
from cds_service.ehr.answer import Json

SHALL, DERIVED = Level.SHALL, Level.DERIVED
_WEB = re.compile(r"https?://[^\s/]+\S*")
_BEHAVIORS = ("at-most-one", "any")
_SINGLE = "at-most-one"
_RESOURCE_ID = re.compile(r"[A-Z][A-Za-z]+/[A-Za-z0-9\-.]+")
# As a client that renders raw HTML in Markdown would see it.
_LIVE = re.compile(r"(?<!\\)<img src=x|(?<!\\)\]\(javascript:", re.IGNORECASE)
_MARKUP = "<img src=x onerror=alert(1)> [x](javascript:alert(1))"


@THEME.add(
    "selection-behavior",
    *("CARD-12", "CARD-13"),
    level=SHALL,
    title="Suggestions come with a known selectionBehavior",
)
def _selection(probe: Probe) -> Verdict:
    def slips(card: Json) -> Iterator[str]:
        behavior = card.get("selectionBehavior")
        if "suggestions" in card and behavior is None:
            yield "with suggestions without selectionBehavior"
        elif behavior is not None and behavior not in _BEHAVIORS:
            yield f"with selectionBehavior {behavior!r}"

    return judge_cards(probe, slips, "selectionBehavior stands where it must")


@THEME.add(
    "suggestions",
    *("SUG-1", "SUG-3", "SUG-4", "SUG-5"),
    level=SHALL,
    title="Suggestions have a label and actions; one at most is recommended of at-most-one",
)
def _suggestions(probe: Probe) -> Verdict:
    def slips(card: Json) -> Iterator[str]:
        offered = listed(card.get("suggestions"))
        for suggestion in offered:
            if not text(suggestion.get("label")):
                yield "with a suggestion without label"
            if "actions" in suggestion and not listed(suggestion["actions"]):
                yield "with a suggestion whose actions are empty"
        chosen = sum(one.get("isRecommended") is True for one in offered)
        if chosen > 1 and card.get("selectionBehavior") == _SINGLE:
            yield f"of which {chosen} suggestions are recommended, but one can be taken"

    return judge_cards(probe, slips, "suggestions are complete")


def _actions(card: Json) -> list[Json]:
    offered = listed(card.get("suggestions"))
    return [action for one in offered for action in listed(one.get("actions"))]


@THEME.add(
    "actions",
    *("ACT-1", "ACT-2", "ACT-3", "ACT-4", "JSON-2"),
    level=SHALL,
    title="Actions have a type, a description, and a resource to create or update",
)
def _action_members(probe: Probe) -> Verdict:
    def slips(card: Json) -> Iterator[str]:
        for action in _actions(card):
            kind, resource = action.get("type"), action.get("resource")
            if kind not in ("create", "update", "delete"):
                yield f"with an action of type {kind!r}"
            if not text(action.get("description")):
                yield "with an action without description"
            if kind in ("create", "update") and not _is_resource(resource):
                yield f"with an action that has nothing to {kind}"

    return judge_cards(probe, slips, "actions are complete")


def _is_resource(value: object) -> bool:
    return isinstance(value, dict) and text(value.get("resourceType"))


@THEME.add(
    "delete-actions",
    "ACT-5",
    level=Level.SHOULD,
    title="A delete action names the resource by resourceId",
)
def _deletes(probe: Probe) -> Verdict:
    def slips(card: Json) -> Iterator[str]:
        for action in _actions(card):
            named = _RESOURCE_ID.fullmatch(str(action.get("resourceId")))
            if action.get("type") == "delete" and (not named or "resource" in action):
                yield "with a delete that does not name its resource as Type/id"

    return judge_cards(probe, slips, "no delete, or well-formed ones")


@THEME.add(
    "drafts-of-the-patient",
    "ACT-7",
    level=DERIVED,
    title="What an action creates is about the patient in context",
    safety=True,
)
def _drafts(probe: Probe) -> Verdict:
    seen = 0
    for shown in probe.showcase():
        for action in (a for card in shown.answer.cards for a in _actions(card)):
            resource = action.get("resource")
            held = resource if isinstance(resource, dict) else {}
            about = held.get("subject") or held.get("patient") or held.get("for")
            reference = str(about.get("reference", "")) if isinstance(about, dict) else ""
            seen += 1
            if reference and not reference.endswith(f"Patient/{shown.patient.patient_id}"):
                return broken(f"Patient {shown.patient.name!r}: an action is about another.")
    return kept(f"{seen} actions.") if seen else not_applicable("No card has an action.")


@THEME.add(
    "not-for-all-clients",
    *("SUG-6", "LINK-5", "RESP-3", "RESP-4"),
    level=DERIVED,
    title="No actionSelectionBehavior and no systemActions unless the client asked for them",
    cases=(150,),
)
def _not_for_all(probe: Probe) -> Verdict:
    for shown in probe.showcase():
        document = shown.answer.document
        if isinstance(document, dict) and "systemActions" in document:
            return broken(f"Patient {shown.patient.name!r}: systemActions.")

    def slips(card: Json) -> Iterator[str]:
        if any("actionSelectionBehavior" in one for one in listed(card.get("suggestions"))):
            yield "with actionSelectionBehavior"

    return judge_cards(probe, slips, "none of them")


@THEME.add(
    "links",
    *("LINK-1", "LINK-2", "LINK-3", "LINK-4"),
    level=SHALL,
    title="Links have label, url and type; appContext stands on SMART links only",
    cases=(144,),
)
def _links(probe: Probe) -> Verdict:
    def slips(card: Json) -> Iterator[str]:
        for link in listed(card.get("links")):
            if not text(link.get("label")) or not _WEB.fullmatch(str(link.get("url"))):
                yield "with a link without label or absolute URL"
            if link.get("type") not in ("absolute", "smart"):
                yield f"with a link of type {link.get('type')!r}"
            if "appContext" in link and link.get("type") != "smart":
                yield "with appContext on a link that is no SMART link"

    return judge_cards(probe, slips, "links are complete")


@THEME.add(
    "same-again",
    *("REQ-13", "REQ-14"),
    level=DERIVED,
    title="The same request again gives the same cards",
    cases=(146,),
    safety=True,
)
def _same_again(probe: Probe) -> Verdict:
    again = probe.call(probe.subject.body)
    return judge_same(again, probe.subject.answer, "The same body with the same hookInstance")


@THEME.add(
    "inert-markup",
    *("CARD-10", "CARD-11"),
    level=DERIVED,
    title="Markup in the record stays text on the card",
    cases=(143,),
    safety=True,
    by_prefetch=True,
)
def _inert_markup(probe: Probe) -> Verdict:
    patient = probe.subject.patient
    answer = probe.call(probe.body(patient, edited(probe.prefetch(patient), marked_up(_MARKUP))))
    if not answer.cards:
        return not_applicable(f"A record full of markup: {answer.told}.")
    if any(_LIVE.search(str(card.get("detail", ""))) for card in answer.cards):
        return broken("HTML and script links of the record stand alive in detail.")
    return kept(f"A record full of markup: {answer.told}, none of it alive.")
