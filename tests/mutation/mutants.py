"""Mutants of a module: its source with one small thing changed, as a slip of the hand would change it.

What no test can notice is left as it is: annotations, and numbers of a thousand and more, which say how wide
a column of numbers is or how much work a search may be.
"""

import ast
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}

IDLE = ("strict", "frozen", "kw_only", "slots", "maxsize")  # arguments that change no result
FEWEST_OF_WORK = 1_000
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One change of a module."""

    path: Path
    source: str
    at: int  #: place of the changed node in the walk of its tree

    @property
    def line(self) -> int:
        """Where it is."""
        return int(getattr(_node(ast.parse(self.source), self.at), "lineno", 0))

    @property
    def before(self) -> str:
        """What stands there."""
        return ast.unparse(_node(ast.parse(self.source), self.at))

    @property
    def after(self) -> str:
        """What stands there instead."""
        return ast.unparse(_node(self.tree, self.at))

    @property
    def tree(self) -> ast.Module:
        """The module with the change."""
        tree = ast.parse(self.source)
        _change(_node(tree, self.at))
        return ast.fix_missing_locations(tree)


def mutants(path: Path) -> list[Mutant]:
    """Every change of a module; its source is read now."""
    source = path.read_text("utf-8")
    walk = list(ast.walk(ast.parse(source)))
    idle = {id(node) for at in walk for node in _idle(at)}
    return [
        Mutant(path=path, source=source, at=at)
        for at, node in enumerate(walk)
        if _can_change(node) and id(node) not in idle
    ]


def _idle(node: ast.AST) -> Iterable[ast.AST]:
    """What stands below a node and changes no result."""
    if isinstance(node, ast.keyword) and node.arg in IDLE:
        return ast.walk(node.value)
    annotations = (getattr(node, name, None) for name in ("annotation", "returns"))
    spans = [node] if isinstance(node, ast.BinOp) and isinstance(node.op, ast.LShift) else []
    return [below for found in (*annotations, *spans) if found for below in ast.walk(found)]


def _node(tree: ast.Module, at: int) -> ast.AST:
    return next(islice(ast.walk(tree), at, None))


def _can_change(node: ast.AST) -> bool:
    match node:
        case ast.Compare(ops=[operator]):
            return type(operator) in COMPARISONS
        case ast.BinOp(op=sign):
            return type(sign) in OPERATORS
        case ast.Constant(value=value):
            return isinstance(value, int) and abs(value) < FEWEST_OF_WORK
        case ast.Call(func=ast.Name(id=name)):
            return name in CALLS
    return isinstance(node, ast.BoolOp) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert)
    )


def _change(node: ast.AST) -> None:
    match node:
        case ast.Compare(ops=[operator]):
            node.ops = [COMPARISONS[type(operator)]()]
        case ast.BoolOp(op=operator):
            node.op = ast.Or() if isinstance(operator, ast.And) else ast.And()
        case ast.BinOp(op=operator):
            node.op = OPERATORS[type(operator)]()
        case ast.UnaryOp(op=operator, operand=operand):  # twice is not at all
            node.operand = ast.UnaryOp(op=operator, operand=operand)
        case ast.Constant(value=bool(value)):
            node.value = not value
        case ast.Constant(value=int(value)):
            node.value = value + 1
        case ast.Call(func=ast.Name(id=name) as func):
            func.id = CALLS[name]
