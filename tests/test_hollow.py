"""No test of this tree passes over nothing; and the check that says so tells the two apart."""

from __future__ import annotations

from pathlib import Path
from textwrap import indent

import pytest
from hollow import hollow_tests
from written_names import Tree

ROOT = Path(__file__).parents[1]

HOLLOW = [
    "for row in rows(): assert row",
    "found = rows()\nfor row in found: assert row",
    "found = rows()\nassert found == found or not found\nfor row in found[1:]: assert row",
    "assert 1 == 1\nfor row in rows(): assert row",
    "for row in rows():\n    with pytest.raises(ValueError): row()",
    "for row in rows(): counted_rows()",
    "with open('x') as file:\n    for line in file: assert line",
    "try:\n    for row in rows(): assert row\nfinally: pass",
    "for row in rows():\n    assert len(row) == 3",
    "found = rows()\nassert len(found) >= 0\nfor row in found: assert row",
    "found = rows()\nassert found == []\nfor row in found: assert row",
    "for row in [each for each in TABLE if each > 9]: assert row",
    "for number in range(len(rows())): assert number",
    "for one, other in zip(TABLE, rows()): assert one == other",
    "for one, other in zip(TABLE, rows(), strict=False): assert one == other",
    "for each in TABLE:\n    for row in each.rows: assert row",
    "assert all(row for row in rows())",
    "assert all(map(str, rows()))",
    "assert not any(row for row in rows())",
    "assert not [row for row in rows() if row]",
    "assert [row for row in rows() if row] == []",
    "assert {row for row in rows()} == set()",
    "assert 1 and all(row for each in TABLE for row in each.rows)",
]

COUNTED = [
    "assert rows()",
    "for row in TABLE: assert row",
    "for row in (*rows(), 1): assert row",
    "for row in [2, 3]: assert row",
    "for row in sorted(TABLE): assert row",
    "for number, row in enumerate(TABLE): assert row",
    "for name, row in {'a': 1}.items(): assert row",
    "for letter in 'abc': assert letter",
    "for number in range(3): assert number",
    "for row in [each + 1 for each in TABLE]: assert row",
    "for one, other in zip(TABLE, rows(), strict=True): assert one == other",
    "found = rows()\nassert len(found) == 3\nfor row in found: assert row",
    "found = rows()\nassert len(found) >= 1\nfor row in sorted(found): assert row",
    "found = rows()\nassert 2 < len(found) < 9\nfor row in found: assert row",
    "found = rows()\nassert found\nfor row in found: assert row",
    "found = rows()\nassert 1 in found\nassert all(row for row in found)",
    "found = rows()\nassert {1} <= set(found)\nassert not any(row for row in found)",
    "one, two = found = rows()\nfor row in found: assert row",
    "found = []\nfor row in rows():\n    found.append(row)\n    assert row\nassert found == [1]",
    "count = 0\nfor row in rows():\n    count += 1\n    assert row\nassert count == 3",
    "for row in counted_rows(): assert row",
    "for each in TABLE:\n    got = each()\n    assert len(got) == 2\n    for x in got: assert x",
    "assert any(row for row in rows())",
    "for row in rows(): print(row)",
    "for kind in Kind: assert kind",
]

FILE = """
import enum
import pytest
from table import TABLE, counted_rows, rows

class Kind(enum.Enum):
    ONE = 1

def test_it(fixture):
{body}
"""
TABLES = """
TABLE = (1, 2)

def rows():
    return []

def counted_rows():
    found = rows()
    assert len(found) == 3
    return found
"""


def written(root: Path, body: str, head: str = "") -> Path:
    """Write a tree with one test."""
    folder = root / "tests" / "some"
    folder.mkdir(parents=True)
    (folder / "table.py").write_text(TABLES, "utf-8")
    text = FILE.format(body=indent(body, "    ")).replace("def test_it", f"{head}def test_it")
    (folder / "test_it.py").write_text(text, "utf-8")
    return root


@pytest.mark.parametrize("body", HOLLOW)
def test_a_loop_over_who_knows_what_is_found(tmp_path: Path, body: str) -> None:
    (found,) = hollow_tests(written(tmp_path, body))
    assert found.startswith("tests/some/test_it.py:")
    assert " test_it: " in found


@pytest.mark.parametrize("body", COUNTED)
def test_a_counted_loop_is_none(tmp_path: Path, body: str) -> None:
    assert hollow_tests(written(tmp_path, body)) == []


@pytest.mark.parametrize(
    ("head", "count"),
    [
        ("@given(lists())\n", 1),
        ("@given(lists())\n@example([1])\n", 0),
        ("@pytest.mark.parametrize('fixture', [[1], [2]])\n", 0),
        ("@pytest.mark.parametrize(('other', 'fixture'), [(1, [1])])\n", 0),
    ],
)
def test_a_law_has_an_example_and_a_table_is_one(tmp_path: Path, head: str, count: int) -> None:
    root = written(tmp_path, "for row in fixture: assert row", head)
    assert len(hollow_tests(root)) == count


def test_no_test_of_this_tree_passes_over_nothing() -> None:
    assert len(Tree(ROOT).tests()) >= 170
    assert hollow_tests(ROOT) == []
