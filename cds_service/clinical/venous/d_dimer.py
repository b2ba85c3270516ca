"""D-dimer results brought to one basis; a result that cannot prove its unit is not used.

The rules are those of `cards/dvt/topic.toml`: FEU or DDU from the code and the unit together,
age-adjusted threshold for FEU only, DDU doubled for comparison.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from cds_service.clinical.fact import Order, Quantity, Statement, Status
from cds_service.clinical.findings import Findings
from cds_service.clinical.moment import Moment
from cds_service.clinical.rulebook import TopicRules
from cds_service.clinical.venous.treatment import Anticoagulation

_BASIS = re.compile(r"[{(\[]?\b(FEU|DDU)\b[})\]]?", re.IGNORECASE)


class DDimer(StrEnum):
    """What the D-dimer says of this episode."""

    NONE = "none"
    PENDING = "pending"
    STALE = "stale"
    NOT_VALID = "not-valid"
    UNINTERPRETABLE = "uninterpretable"
    NEGATIVE = "negative"
    POSITIVE = "positive"


@dataclass(frozen=True, slots=True)
class DDimerResult:
    """One result; `value` and `threshold` in ug/L, `basis` FEU or DDU, `problem` why unusable."""

    kind: DDimer
    statement: Statement | None = None
    value: float | None = None
    threshold: float | None = None
    basis: str = ""
    problem: str = ""


def read_d_dimer(
    findings: Findings, rules: TopicRules, onset: Moment | None, treated: Anticoagulation
) -> DDimerResult:
    """The result that counts: an earlier positive is not cancelled by a later negative."""
    results = [
        _read_one(statement, findings, rules, onset, treated)
        for statement in findings.statements("reader:d_dimer")
    ]
    results.sort(key=_recency, reverse=True)
    ordered = _open_order(findings, rules)
    for kind in (DDimer.POSITIVE, DDimer.NEGATIVE):
        for result in results:
            if result.kind is kind:
                return result
    newest = results[0] if results else DDimerResult(DDimer.NONE)
    if newest.kind is DDimer.PENDING:
        return newest
    if ordered and _younger(ordered, newest):
        return DDimerResult(DDimer.PENDING)
    order = (DDimer.UNINTERPRETABLE, DDimer.NOT_VALID, DDimer.STALE, DDimer.NONE)
    done = [result for result in results if result.kind is not DDimer.PENDING]
    return min([*done, DDimerResult(DDimer.NONE)], key=lambda result: order.index(result.kind))


def _read_one(
    statement: Statement,
    findings: Findings,
    rules: TopicRules,
    onset: Moment | None,
    treated: Anticoagulation,
) -> DDimerResult:
    taken = statement.noted
    if statement.preliminary:
        awaited = taken is None or taken.within(rules.windows["d_dimer_order"], findings.as_of)
        return DDimerResult(DDimer.PENDING if awaited else DDimer.STALE, statement)
    if taken is None or statement.issued_only:
        return DDimerResult(DDimer.UNINTERPRETABLE, statement, problem="no-collection-time")
    before = onset is not None and not statement.in_encounter and not taken.not_before(onset)
    if before or not taken.within(rules.windows["d_dimer"], findings.as_of):
        return DDimerResult(DDimer.STALE, statement)
    if treated.first_dose is not None and taken.strictly_after(treated.first_dose):
        return DDimerResult(DDimer.NOT_VALID, statement, problem="after-anticoagulant")
    return _interpret(statement, rules, findings.age)


def _interpret(statement: Statement, rules: TopicRules, age: int | None) -> DDimerResult:
    quantity = statement.quantity
    if quantity is None:
        return _qualitative(statement, rules)
    basis, problem = _basis(statement, quantity, rules)
    factor = rules.units.get(_plain_unit(quantity))
    if factor is None:
        problem = "unit-missing" if not (quantity.unit or quantity.code) else "unit-not-accepted"
    if problem or factor is None:
        return DDimerResult(DDimer.UNINTERPRETABLE, statement, problem=problem)
    value = quantity.value * factor
    compared = value * (rules.thresholds["ddu_factor"] if basis == "DDU" else 1)
    threshold = rules.thresholds["d_dimer"]
    if basis == "FEU" and age is not None and age >= rules.thresholds["d_dimer_age"]:
        threshold = age * rules.thresholds["d_dimer_per_year"]
    kind = _compare(compared, threshold, quantity)
    if kind is DDimer.NEGATIVE and basis == "DDU" and _above_lab_limit(quantity):
        kind = DDimer.POSITIVE
    problem = "comparator" if kind is DDimer.UNINTERPRETABLE else ""
    if kind is DDimer.NEGATIVE and _codes(statement) & set(rules.groups["unlicensed_codes"]):
        kind, problem = DDimer.UNINTERPRETABLE, "assay-not-licensed"
    return DDimerResult(kind, statement, compared, threshold, basis, problem)


def _qualitative(statement: Statement, rules: TopicRules) -> DDimerResult:
    """A coded result counts only where the site lists the assay as licensed to exclude VTE."""
    if _codes(statement) & set(rules.groups["licensed_codes"]):
        if statement.status is Status.PRESENT:
            return DDimerResult(DDimer.POSITIVE, statement)
        if statement.status is Status.ABSENT:
            return DDimerResult(DDimer.NEGATIVE, statement)
    return DDimerResult(DDimer.UNINTERPRETABLE, statement, problem="qualitative")


def _codes(statement: Statement) -> set[str]:
    return {code.rpartition("|")[2] for code in statement.codes}


def _basis(statement: Statement, quantity: Quantity, rules: TopicRules) -> tuple[str, str]:
    codes = _codes(statement)
    by_code = {
        basis
        for basis, group in (("FEU", "feu_codes"), ("DDU", "ddu_codes"))
        if codes & set(rules.groups[group])
    }
    by_unit = {found.upper() for found in _BASIS.findall(f"{quantity.unit} {quantity.code}")}
    said = by_code | by_unit
    if len(said) > 1:
        return "", "basis-conflict"
    return (said.pop(), "") if said else ("", "basis-unknown")


def _plain_unit(quantity: Quantity) -> str:
    """The unit without FEU/DDU marks, lower-cased, as the unit table spells it."""
    text = _BASIS.sub("", quantity.unit or quantity.code)
    return re.sub(r"[\s{}()\[\]]+", "", text).lower().replace("µ", "u").replace("μ", "u")


def _compare(value: float, threshold: float, quantity: Quantity) -> DDimer:
    """Negative is strictly below the threshold; a bound decides only on its own side."""
    if quantity.comparator in ("<", "<="):
        strict = quantity.comparator == "<"
        below = value <= threshold if strict else value < threshold
        return DDimer.NEGATIVE if below else DDimer.UNINTERPRETABLE
    if quantity.comparator in (">", ">="):
        return DDimer.POSITIVE if value >= threshold else DDimer.UNINTERPRETABLE
    return DDimer.NEGATIVE if value < threshold else DDimer.POSITIVE


def _above_lab_limit(quantity: Quantity) -> bool:
    above = quantity.high is not None and quantity.value > quantity.high
    return above or quantity.flagged_high


def _open_order(findings: Findings, rules: TopicRules) -> Order | None:
    placed = [
        order
        for order in findings.facts.orders
        if order.kinds & {"order:d_dimer", "reader:d_dimer"}
        and order.placed
        and order.status == "active"
        and order.authored is not None
        and order.authored.within(rules.windows["d_dimer_order"], findings.as_of)
    ]
    return max(
        placed,
        key=lambda order: order.authored.last if order.authored else findings.as_of,
        default=None,
    )


def _younger(order: Order, result: DDimerResult) -> bool:
    taken = result.statement.noted if result.statement else None
    return taken is None or (order.authored is not None and order.authored.last >= taken.last)


def _recency(result: DDimerResult) -> float:
    taken = result.statement.noted if result.statement else None
    return taken.last.timestamp() if taken else 0.0
