"""What the clinician did with a card, sent to the service as CDS Hooks has it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from cds_service.ehr.answer import Answer, Json
from cds_service.pages.demo.fhir_text import text
from cds_service.pages.demo.form import Form
from cds_service.pages.demo.inside import Inside

DISMISSED = "dismissed without a reason"
_MOST_COMMENT = 500


@dataclass(frozen=True, slots=True)
class Sent:
    """Feedback and what the service answered."""

    sentence: str
    feedback: Json
    answer: Answer


@dataclass(frozen=True, slots=True)
class Done:
    """What a button changed: orders and hidden cards of this visit."""

    orders: tuple[Json, ...]
    hidden: dict[str, str]
    sent: Sent | None = None


async def after(form: Form, service: str, inside: Inside) -> Done:
    """Send what a button asks for; without one everything stays as it was."""
    hidden = {card: reason for card, reason in form.hidden.items() if card != form.again}
    if form.accepted is not None:
        item = _item(form.accepted, "accepted")
        item["acceptedSuggestions"] = [{"id": text(form.accepted.get("suggestion"))}]
        label = text(form.accepted.get("label"))
        sent = await _sent(f"Accepted: {label}.", item, service, inside)
        orders = (*form.orders, form.accepted) if sent.answer.ok else form.orders
        return Done(orders, hidden, sent)
    if form.overridden is not None:
        item, reason = _override(form.overridden, form)
        sent = await _sent(f"Overridden: {reason}.", item, service, inside)
        if sent.answer.ok:
            hidden[text(form.overridden.get("id"))] = reason
        return Done(form.orders, hidden, sent)
    return Done(form.orders, hidden)


def _override(overridden: Json, form: Form) -> tuple[Json, str]:
    """The item, and the reason in words."""
    card = text(overridden.get("id"))
    item = _item(overridden, "overridden")
    code, _, display = form.one(f"reason.{card}").partition(" ")
    if not code:
        return item, DISMISSED
    system, _, code = code.rpartition("|")
    reason: Json = {"reason": {"code": code, "system": system}}
    if comment := form.one(f"comment.{card}")[:_MOST_COMMENT]:
        reason["userComment"] = comment
    item["overrideReason"] = reason
    return item, display or code


def _item(action: Json, outcome: str) -> Json:
    stamp = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"card": text(action.get("card")), "outcome": outcome, "outcomeTimestamp": stamp}


async def _sent(sentence: str, item: Json, service: str, inside: Inside) -> Sent:
    feedback = {"feedback": [item]}
    answer = await inside.tell(service, feedback)
    return Sent(sentence, feedback, answer)
