"""What is not JSON is refused, in whatever way it fails to be."""

import json
from collections.abc import Callable

from cds_service.commands.conformance.checks.request_shape import judge_refusal, judge_same
from cds_service.commands.conformance.probe import Probe
from cds_service.commands.conformance.verdict import (
    Check,
    Level,
    Theme,
    Verdict,
    broken,
    doubtful,
    kept,
)

THEME = Theme("JSON")
_UNSUPPORTED = 415
_DEEP = 100_000
Damage = Callable[[str], bytes]


def _twice(text: str) -> bytes:
    return text.replace('"hook":', '"hook": "other", "hook":', 1).encode()


def _latin(text: str) -> bytes:
    return text.replace('"hook":', '"note": "caf\u00e9", "hook":', 1).encode("latin-1", "replace")


def _nan(text: str) -> bytes:
    return text.replace('"hook":', '"note": NaN, "hook":', 1).encode()


_MALFORMED: tuple[tuple[str, str, int, tuple[int, ...], Damage], ...] = (
    (
        "truncated",
        "A body that breaks off",
        14,
        (41,),
        lambda text: text[: len(text) // 2].encode(),
    ),
    ("trailing-comma", "A trailing comma", 14, (42,), lambda text: f"{text[:-1]},}}".encode()),
    ("comment", "A comment", 14, (43,), lambda text: f"{text[:-1]} /* note */}}".encode()),
    ("array-body", "An array as the body", 0, (48,), lambda text: f"[{text}]".encode()),
    ("text-body", "A text as the body", 0, (), lambda _text: b'"patient-view"'),
    ("empty-body", "An empty body", 0, (49,), lambda _text: b""),
    ("latin-1", "Bytes that are not UTF-8", 0, (45,), _latin),
)
_LENIENT: tuple[tuple[str, str, tuple[int, ...], Damage], ...] = (
    ("not-a-number", "NaN as a value", (46,), _nan),
    ("duplicate-key", "The member hook twice", (47,), _twice),
    ("byte-order-mark", "A byte order mark", (44,), lambda text: b"\xef\xbb\xbf" + text.encode()),
)


def _send(probe: Probe, damage: Damage) -> bytes:
    return damage(json.dumps(probe.subject.body))


def _malformed(
    name: str, sent: str, situation: int, cases: tuple[int, ...], damage: Damage
) -> Check:
    def judge(probe: Probe) -> Verdict:
        return judge_refusal(probe.call(_send(probe, damage)), sent)

    return Check(
        name,
        ("JSON-1", "ERR-3"),
        Level.SHALL,
        f"{sent} is refused with 400",
        judge,
        THEME.name,
        situation,
        cases,
    )


def _lenient(name: str, sent: str, cases: tuple[int, ...], damage: Damage) -> Check:
    def judge(probe: Probe) -> Verdict:
        answer = probe.call(_send(probe, damage))
        if answer.ok:
            return doubtful(f"{sent}: {answer.told}; strict readers refuse it.")
        return judge_refusal(answer, sent)

    return Check(
        name,
        ("JSON-8",),
        Level.DERIVED,
        f"{sent} is refused with 400",
        judge,
        THEME.name,
        cases=cases,
        safety=True,
    )


THEME.checks += [_malformed(*row) for row in _MALFORMED]
THEME.checks += [_lenient(*row) for row in _LENIENT]


@THEME.add(
    "deep-nesting",
    *("JSON-8", "ERR-7"),
    level=Level.DERIVED,
    title="A body nested 100,000 deep is refused",
    cases=(50,),
    safety=True,
)
def _deep_nesting(probe: Probe) -> Verdict:
    text = json.dumps(probe.subject.body)
    nested = "[" * _DEEP + "]" * _DEEP
    answer = probe.call(f'{text[:-1]}, "prefetch": {nested}}}'.encode())
    return judge_refusal(answer, f"Nesting of {_DEEP:,} levels")


@THEME.add(
    "json-types",
    "JSON-9",
    level=Level.DERIVED,
    title="application/json with parameters is accepted, as is any Accept header",
    cases=(55,),
)
def _json_types(probe: Probe) -> Verdict:
    headers = {"content-type": "application/json; charset=utf-8", "accept": "*/*"}
    answer = probe.call(probe.subject.body, headers)
    return judge_same(answer, probe.subject.answer, "application/json; charset=utf-8")


@THEME.add(
    "other-types",
    "JSON-9",
    level=Level.DERIVED,
    title="A body of another type is refused with 415",
    cases=(52,),
)
def _other_types(probe: Probe) -> Verdict:
    answer = probe.call(probe.subject.body, {"content-type": "text/plain"})
    told = f"Content-Type text/plain: {answer.told}"
    if answer.status == _UNSUPPORTED:
        return kept(f"{told}.")
    return broken(f"{told}, where 415 belongs.")
