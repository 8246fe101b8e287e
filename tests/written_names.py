"""What the names in a test's file stand for, as far as it is written down in the tree."""

from __future__ import annotations

import ast
from functools import cached_property
from pathlib import Path

Definition = ast.expr | ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
Function = ast.FunctionDef | ast.AsyncFunctionDef


class Tree:
    """The modules below a folder; those of its tests by their own names as well."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files: dict[str, Path] = {}
        self._modules: dict[Path, Module] = {}
        for file in sorted(root.rglob("*.py")):
            names = file.relative_to(root).with_suffix("").parts
            if not names[0].startswith("."):
                self._files[".".join(each for each in names if each != "__init__")] = file
                if names[0] == "tests":
                    self._files.setdefault(names[-1], file)

    def tests(self) -> list[Path]:
        """Return the files that hold tests."""
        return sorted((self.root / "tests").rglob("test_*.py"))

    def module(self, file: Path) -> Module:
        """Return one file's names."""
        if file not in self._modules:
            self._modules[file] = Module(ast.parse(file.read_text("utf-8")), self)
        return self._modules[file]

    def named(self, name: str) -> Module | None:
        """Return a module of this tree; None for any other."""
        return self.module(self._files[name]) if name in self._files else None


class Module:
    """What a module's names stand for, followed through its imports within the tree."""

    def __init__(self, syntax: ast.Module, tree: Tree) -> None:
        self.syntax = syntax
        self._tree = tree

    @cached_property
    def _written(self) -> dict[str, Definition]:
        found: dict[str, Definition] = {}
        for node in self.syntax.body:
            if isinstance(node, Function | ast.ClassDef):
                found[node.name] = node
            elif isinstance(node, ast.AnnAssign) and node.value:
                found[ast.unparse(node.target)] = node.value
            elif isinstance(node, ast.Assign):
                found |= {ast.unparse(each): node.value for each in node.targets}
        return found

    @cached_property
    def _imported(self) -> dict[str, tuple[str, str]]:
        return {
            each.asname or each.name: (node.module, each.name)
            for node in ast.walk(self.syntax)
            if isinstance(node, ast.ImportFrom) and node.module
            for each in node.names
        }

    def find(self, name: str) -> tuple[Definition, Module] | None:
        """Return what a name stands for, and the module that says so."""
        if name in self._written:
            return self._written[name], self
        if name in self._imported:
            module, original = self._imported[name]
            source = self._tree.named(module)
            return source.find(original) if source and source is not self else None
        return None
