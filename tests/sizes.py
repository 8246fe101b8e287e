"""Which expressions cannot be empty, and which an assertion shows not to be."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from written_names import Function, Module

Comprehension = ast.GeneratorExp | ast.ListComp | ast.SetComp | ast.DictComp
SAME = {
    "enumerate",
    "sorted",
    "reversed",
    "list",
    "tuple",
    "set",
    "frozenset",
    "iter",
    "dict",
    "map",
}
SAME |= {"chain", "product", "pairwise", "permutations", "combinations", "Counter"}
"""Functions that give something where they are given something."""

VIEWS = {"items", "values", "keys", "split", "splitlines", "from_iterable"}
EMPTY = {"set", "list", "dict", "tuple", "Counter", "frozenset"}


class Written(ast.NodeVisitor):
    """Tell whether an expression, as it is written, has at least one entry."""

    def __init__(self, module: Module, known: Mapping[str, Sequence[ast.expr | None]]) -> None:
        self._module = module
        self._known = known
        self._under_way: set[str] = set()

    def visit(self, node: ast.AST) -> bool:
        return bool(super().visit(node))

    def generic_visit(self, node: ast.AST) -> bool:
        return False

    def _visit_entries(self, node: ast.List | ast.Tuple | ast.Set) -> bool:
        return any(not isinstance(each, ast.Starred) or self.visit(each) for each in node.elts)

    visit_List = visit_Tuple = visit_Set = _visit_entries  # noqa: N815 - the names ast looks for

    def visit_Dict(self, node: ast.Dict) -> bool:
        pairs = zip(node.keys, node.values, strict=True)
        return any(key is not None or self.visit(value) for key, value in pairs)

    def visit_Constant(self, node: ast.Constant) -> bool:
        return isinstance(node.value, str | bytes) and bool(node.value)

    def visit_JoinedStr(self, node: ast.JoinedStr) -> bool:
        return True

    def visit_Starred(self, node: ast.Starred) -> bool:
        return self.visit(node.value)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> bool:
        return self.visit(node.value)

    def visit_BinOp(self, node: ast.BinOp) -> bool:
        joins = isinstance(node.op, ast.Add | ast.BitOr)
        return self.visit(node.left) or (joins and self.visit(node.right))

    def visit_Subscript(self, node: ast.Subscript) -> bool:
        return isinstance(node.slice, ast.Slice) and self.visit(node.value)

    def _visit_made(self, node: Comprehension) -> bool:
        return all(not each.ifs and self.visit(each.iter) for each in node.generators)

    visit_ListComp = visit_SetComp = visit_DictComp = visit_GeneratorExp = _visit_made  # noqa: N815

    def visit_Name(self, node: ast.Name) -> bool:
        if node.id in self._known:
            if node.id in self._under_way:
                return False
            self._under_way.add(node.id)
            values = self._known[node.id]
            is_written = bool(values) and all(each and self.visit(each) for each in values)
            self._under_way.discard(node.id)
            return is_written
        found = self._module.find(node.id)
        if found is None:
            return False
        what, module = found
        if isinstance(what, ast.ClassDef):
            return any("Enum" in ast.unparse(each) for each in what.bases)
        return isinstance(what, ast.expr) and Written(module, {}).visit(what)

    def visit_Call(self, node: ast.Call) -> bool:
        name = name_of(node)
        if name == "range":
            return not any(
                isinstance(each, ast.Call) for arg in node.args for each in ast.walk(arg)
            )
        if name == "zip":
            enough = any if is_strict(node) else all
            return enough(map(self.visit, node.args))
        if name in SAME and node.args:
            return all(map(self.visit, node.args[1:] if name == "map" else node.args))
        if name in VIEWS and isinstance(node.func, ast.Attribute):
            return self.visit(node.func.value)
        return self._is_counted_by_itself(node)

    def _is_counted_by_itself(self, node: ast.Call) -> bool:
        """Tell whether a function of the tests says how much it returns."""
        found = self._module.find(node.func.id) if isinstance(node.func, ast.Name) else None
        return found is not None and isinstance(found[0], Function) and counts(found[0])


def name_of(node: ast.AST) -> str:
    """Return what a call calls, without the place it is found in; ``""`` for what is no call."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "id", "") or getattr(node.func, "attr", "")


def is_strict(call: ast.Call) -> bool:
    """Tell whether a call joins lists of one length, so that one that is counted counts all."""
    return name_of(call) == "zip" and "strict=True" in map(ast.unparse, call.keywords)


def counts(function: Function) -> bool:
    """Tell whether a function asserts how many of something there are."""
    return any(
        name_of(each) == "len"
        for statement in ast.walk(function)
        if isinstance(statement, ast.Assert)
        for each in ast.walk(statement.test)
    )


def of_one_size(node: ast.expr) -> Iterator[ast.expr]:
    """Give an expression, and those in it that are empty if it is."""
    yield node
    for each in _inner(node):
        yield from of_one_size(each)


def _inner(node: ast.expr) -> Sequence[ast.expr]:
    if isinstance(node, Comprehension):
        first, *more = node.generators
        return [] if more or first.ifs else [first.iter]
    if isinstance(node, ast.Call):
        return _given(node)
    if isinstance(node, ast.NamedExpr):
        return [node.target, node.value]
    if isinstance(node, ast.Starred):
        return [node.value]
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        return [each for each in node.elts if isinstance(each, ast.Starred)]
    return []


def _given(call: ast.Call) -> Sequence[ast.expr]:
    """Return what a call is given, if it gives something exactly where that is something."""
    if name_of(call) in {*SAME, "range", "len"} or is_strict(call):
        return call.args
    is_view = name_of(call) in VIEWS and isinstance(call.func, ast.Attribute)
    return [call.func.value] if is_view else []  # type: ignore[attr-defined] # seen just now


def shown(test: ast.expr) -> Iterator[str]:
    """Give the expressions that an assertion shows not to be empty, as they are written."""
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And):
        for each in test.values:
            yield from shown(each)
    elif isinstance(test, ast.Compare):
        sides = [test.left, *test.comparators]
        for left, operation, right in zip(sides, test.ops, sides[1:], strict=False):
            yield from _compared(left, operation, right)
    elif name_of(test) == "any" and isinstance(test, ast.Call):
        for arg in test.args:
            yield from parts(arg)
    elif not isinstance(test, ast.UnaryOp) and name_of(test) != "all":
        yield ast.unparse(test)


def _compared(left: ast.expr, operation: ast.cmpop, right: ast.expr) -> Iterator[str]:
    """Give what a comparison shows: the side that is equal to something, or the larger one."""
    is_larger = isinstance(operation, ast.Gt)
    is_larger |= isinstance(operation, ast.NotEq if is_empty(right) else ast.GtE)
    is_smaller = isinstance(operation, ast.Lt | ast.In)
    is_smaller |= isinstance(operation, ast.LtE) and not is_empty(left)
    if isinstance(operation, ast.Eq) and not is_empty(left) and not is_empty(right):
        yield from (*parts(left), *parts(right))
    elif is_larger:
        yield from parts(left)
    elif is_smaller:
        yield from parts(right)


def parts(node: ast.expr) -> Iterator[str]:
    """Give the names, calls and places in an expression, as they are written."""
    for each in ast.walk(node):
        if isinstance(each, ast.Name | ast.Call | ast.Attribute | ast.Subscript):
            yield ast.unparse(each)


def is_empty(node: ast.expr) -> bool:
    """Tell whether an expression stands for nothing: 0, ``""``, ``[]``, ``set()``."""
    if isinstance(node, ast.Call):
        return name_of(node) in EMPTY and not node.args
    if isinstance(node, ast.Constant):
        return not node.value
    return ast.unparse(node) in ("[]", "()", "{}")
