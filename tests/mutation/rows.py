"""Changed conditions of decision rows: what a mistake in a table's logic would look like."""

import ast
import inspect
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from types import ModuleType

from cds_service.clinical.engine import TOPICS

_TABLE = "PREDICATES"
_EXCHANGED: dict[type[ast.AST], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}
_CALLS = {"any": "all", "all": "any"}


@dataclass(frozen=True, slots=True)
class Mutant:
    """One row with another condition, `condition` as Python source."""

    topic: str
    row: str
    condition: str

    def __str__(self) -> str:
        return f"{self.topic} {self.row}: {self.condition}"

    def apply(self) -> None:
        """Put the condition in the place of the true one, in this process only."""
        module = _module(self.topic)
        changed = eval(self.condition, vars(module))  # noqa: S307 - made from our own source below
        vars(module)[_TABLE][self.row] = changed


def mutants() -> tuple[Mutant, ...]:
    """Every changed condition of every topic, each once."""
    found = (
        Mutant(topic.ID, row, ast.unparse(changed))
        for topic in TOPICS
        for row, condition in _conditions(topic)
        for changed in _changed(condition)
    )
    return tuple(dict.fromkeys(found))


def _module(topic: str) -> ModuleType:
    return next(module for module in TOPICS if topic == module.ID)


def _conditions(topic: ModuleType) -> Iterator[tuple[str, ast.Lambda]]:
    """The rows of a topic's table with their conditions; `otherwise` has none to change."""
    for node in ast.parse(inspect.getsource(topic)).body:
        match node:
            case ast.AnnAssign(ast.Name(name), _, ast.Dict(keys, values)) if name == _TABLE:
                for key, value in zip(keys, values, strict=True):
                    if isinstance(key, ast.Constant) and isinstance(value, ast.Lambda):
                        yield str(key.value), value
            case _:
                continue


def _changed(condition: ast.Lambda) -> Iterator[ast.AST]:
    for constant in (True, False):
        yield ast.Lambda(condition.args, ast.Constant(constant))
    for place, node in enumerate(ast.walk(condition.body)):
        for change in _changes(node):
            whole = deepcopy(condition)
            old = list(ast.walk(whole.body))[place]
            yield _Replace(old, change).visit(whole)


def _changes(node: ast.AST) -> Iterator[ast.expr]:
    match node:
        case ast.BoolOp(op, values):
            other: ast.boolop = ast.Or() if isinstance(op, ast.And) else ast.And()
            yield ast.BoolOp(other, values)
            for place in range(len(values)):
                rest = values[:place] + values[place + 1 :]
                yield rest[0] if len(rest) == 1 else ast.BoolOp(op, rest)
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.Compare(left, [compared], [right]) if type(compared) in _EXCHANGED:
            yield ast.Compare(left, [_EXCHANGED[type(compared)]()], [right])
        case ast.Call(ast.Name(name), arguments, keywords) if name in _CALLS:
            yield ast.Call(ast.Name(_CALLS[name]), arguments, keywords)
        case _:
            return


class _Replace(ast.NodeTransformer):
    """Puts another expression in the place of one node."""

    def __init__(self, old: ast.AST, new: ast.expr) -> None:
        self._old = old
        self._new = new

    def visit(self, node: ast.AST) -> ast.AST:
        """Only the node itself is replaced, not others that look alike."""
        return self._new if node is self._old else self.generic_visit(node)
