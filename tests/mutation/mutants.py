"""Mutants of a module: its source with one small thing changed, as a slip of the hand would change it."""

import ast
from dataclasses import dataclass
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

IDLE = ("strict", "frozen", "kw_only", "slots")  # arguments that change no result
CALLS = {"min": "max", "max": "min", "any": "all", "all": "any"}


@dataclass(frozen=True, kw_only=True)
class Mutant:
    """One change."""

    path: Path
    line: int
    before: str
    after: str
    tree: ast.Module


def places(path: Path) -> list[int]:
    """Where a module can be changed: places in the walk of its tree."""
    walk = list(ast.walk(ast.parse(path.read_text("utf-8"))))
    idle = {id(node.value) for node in walk if isinstance(node, ast.keyword) and node.arg in IDLE}
    return [at for at, node in enumerate(walk) if _can_change(node) and id(node) not in idle]


def mutant(path: Path, at: int) -> Mutant:
    """The module changed at one place."""
    tree = ast.parse(path.read_text("utf-8"))
    node = next(found for number, found in enumerate(ast.walk(tree)) if number == at)
    before = ast.unparse(node)
    _change(node)
    ast.fix_missing_locations(tree)
    line = getattr(node, "lineno", 0)
    return Mutant(path=path, line=line, before=before, after=ast.unparse(node), tree=tree)


def _can_change(node: ast.AST) -> bool:
    match node:
        case ast.Compare(ops=[operator]):
            return type(operator) in COMPARISONS
        case ast.BinOp(op=sign):
            return type(sign) in OPERATORS and not _of_types(node)
        case ast.Constant(value=value):
            return isinstance(value, int)
        case ast.Call(func=ast.Name(id=name)):
            return name in CALLS
    return isinstance(node, ast.BoolOp) or (
        isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not | ast.Invert)
    )


def _of_types(node: ast.BinOp) -> bool:
    """Whether it is an annotation such as `int | None`; those are not run."""
    ends = ast.unparse(node)
    return isinstance(node.op, ast.BitOr) and any(word in ends for word in ("None", "Indexes", "str", "int"))


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
