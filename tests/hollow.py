"""Find tests that pass over nothing: they assert in a loop, and nowhere say how often it runs.

A loop is a ``for`` with an assertion in it, or a comprehension of which an assertion says that all
or none of its entries are so. It is counted if what it runs over is written out, or if the test
shows elsewhere that there is some. ``python tests/hollow.py FOLDER`` lists the hollow tests of a
checkout.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sizes import SAME, Comprehension, Written, is_empty, name_of, of_one_size, shown
from written_names import Function, Module, Tree

Loop = ast.For | ast.AsyncFor


@dataclass(frozen=True)
class Statement:
    """A statement of a test, and the loops it stands in."""

    node: ast.stmt
    loops: tuple[Loop, ...]


def hollow_tests(root: Path) -> list[str]:
    """Return the tests below a folder's ``tests`` that may pass over nothing, each with why."""
    tree = Tree(root)
    return [
        f"{file.relative_to(root)}:{line} {test.name}: {what}"
        for file in tree.tests()
        for test in tests_of(tree.module(file).syntax)
        for line, what in uncounted(test, tree.module(file))
    ]


def tests_of(syntax: ast.Module) -> Iterator[Function]:
    """Give a file's tests, but for laws of which one case is fixed."""
    for node in ast.walk(syntax):
        if (
            isinstance(node, Function)
            and node.name.startswith("test")
            and not any(name_of(each) == "example" for each in node.decorator_list)
        ):
            yield node


def uncounted(test: Function, module: Module) -> list[tuple[int, str]]:
    """Return the line and the words of each loop of which a test does not say how often it runs."""
    told = Told(test, module)
    found = {
        (loop.lineno, ast.unparse(loop.iter))
        for each in told.statements
        for loop in each.loops
        if is_assertion(each.node, module) and not told.is_counted(loop.iter, loop)
    } | {
        (each.node.lineno, ast.unparse(over))
        for each in told.statements
        if isinstance(each.node, ast.Assert)
        for over in asked_of_all(each.node.test)
        if not told.is_counted(over)
    }
    return sorted(found)


class Told:
    """What a test says of the size of things."""

    def __init__(self, test: Function, module: Module) -> None:
        self.statements = list(statements(test.body))
        self._values = values_of(test)
        given = {name: [ast.Constant("given")] for name in parametrized(test)}
        self._written = Written(module, {**self._values, **given})

    def is_counted(self, over: ast.expr, loop: Loop | None = None) -> bool:
        """Tell whether something that is looped over is shown to be something, outside the loop."""
        said = self._said_outside(loop)
        if loop is not None and said & set(gathered(loop)):
            return True
        seen: set[str] = set()
        waiting = [over]
        while waiting:
            for each in of_one_size(waiting.pop()):
                text = ast.unparse(each)
                if text in said or self._written.visit(each):
                    return True
                if text not in seen:
                    seen.add(text)
                    waiting += [value for value in self._values.get(text, ()) if value]
        return False

    def _said_outside(self, loop: Loop | None) -> set[str]:
        said: set[str] = set()
        for each in self.statements:
            if isinstance(each.node, ast.Assert) and loop not in each.loops:
                said |= set(shown(each.node.test))
            elif isinstance(each.node, ast.Assign) and isinstance(each.node.targets[0], ast.Tuple):
                said.add(ast.unparse(each.node.value))  # so many as there are names
        return said


def is_assertion(node: ast.stmt, module: Module) -> bool:
    """Tell whether a statement asserts, itself or by a function, or waits for an error."""
    if isinstance(node, ast.With):
        return any(name_of(each.context_expr) == "raises" for each in node.items)
    if isinstance(node, ast.Expr):
        called = module.find(name_of(node.value))
        return called is not None and any(
            isinstance(each, ast.Assert) for each in ast.walk(called[0])
        )
    return isinstance(node, ast.Assert)


def statements(body: Sequence[ast.stmt], loops: tuple[Loop, ...] = ()) -> Iterator[Statement]:
    """Give the statements of a body, each with the loops around it."""
    for node in body:
        yield Statement(node, loops)
        within = (*loops, node) if isinstance(node, Loop) else loops
        for name in ("body", "orelse", "finalbody"):
            yield from statements(getattr(node, name, ()), within)
        for handler in getattr(node, "handlers", ()):
            yield from statements(handler.body, within)


def asked_of_all(test: ast.expr, is_denied: bool = False) -> Iterator[ast.expr]:
    """Give what a test asserts something of all or none of: true as well where there is nothing."""
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        yield from asked_of_all(test.operand, not is_denied)
    elif isinstance(test, ast.BoolOp):
        yield from (over for each in test.values for over in asked_of_all(each, is_denied))
    elif isinstance(test, ast.Call) and name_of(test) == ("any" if is_denied else "all"):
        yield from (
            over for each in test.args[:1] for over in runs_over(each)
        )  # none: a row's all()
    elif is_denied:
        yield from runs_over(test)
    elif isinstance(test, ast.Compare) and _says_empty(test):
        yield from runs_over(test.left)


def _says_empty(test: ast.Compare) -> bool:
    return isinstance(test.ops[0], ast.Eq) and is_empty(test.comparators[0])


def runs_over(node: ast.expr) -> Iterator[ast.expr]:
    """Give what a comprehension runs over, bare or in a function that keeps nothing nothing."""
    if isinstance(node, Comprehension):
        yield from (each.iter for each in node.generators)
    elif isinstance(node, ast.Call) and name_of(node) == "map":
        yield from node.args[1:]
    elif isinstance(node, ast.Call) and name_of(node) in {*SAME, "sum"} and node.args:
        yield from runs_over(node.args[0])


def gathered(loop: Loop) -> Iterator[str]:
    """Give what a loop adds to: what is said of that afterwards counts the loop."""
    for node in ast.walk(loop):
        if isinstance(node, ast.AugAssign):
            yield ast.unparse(node.target)
        elif name_of(node) in ("append", "add", "extend", "update"):
            yield ast.unparse(node.func.value)  # type: ignore[attr-defined] # a method's
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Subscript):
            yield ast.unparse(node.targets[0].value)


def values_of(test: Function) -> dict[str, list[ast.expr | None]]:
    """Return what each name of a test is given; None stands for what is not written down."""
    found: dict[str, list[ast.expr | None]] = {
        each.arg: [None] for each in (*test.args.args, *test.args.kwonlyargs)
    }
    for node in ast.walk(test):
        for target, value in assigned(node):
            names = [target] if isinstance(target, ast.Name) else ast.walk(target)
            for each in names:
                if isinstance(each, ast.Name):
                    found.setdefault(each.id, []).append(value if each is target else None)
    return found


def assigned(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Give what a node assigns to, with the value if it is the target's own."""
    if isinstance(node, ast.Assign):
        yield from ((target, node.value) for target in node.targets)
    elif isinstance(node, ast.AnnAssign | ast.NamedExpr):
        yield node.target, node.value
    elif isinstance(node, Loop | ast.comprehension):
        yield node.target, None
    elif isinstance(node, ast.withitem) and node.optional_vars:
        yield node.optional_vars, None


def parametrized(test: Function) -> Iterator[str]:
    """Give the names of a test that a table beside it fills."""
    for each in test.decorator_list:
        if isinstance(each, ast.Call) and name_of(each) == "parametrize":
            names = ast.literal_eval(each.args[0])
            yield from (
                (part.strip() for part in names.split(",")) if isinstance(names, str) else names
            )


if __name__ == "__main__":
    sys.stdout.writelines(f"{each}\n" for each in hollow_tests(Path(sys.argv[1])))
