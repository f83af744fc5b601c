"""docs/conformance.md: whatever it names exists, and it names every test of a row."""

import ast
import re

import pytest

from support.conformance import GOLDEN
from support.server import ROOT

SCENARIOS = ROOT / "Tests/ScenarioTests"
PAGE = ROOT / "docs/conformance.md"


def rows() -> dict[str, list[str]]:
    """The cells of every row by its name: further features, what is ours, state."""
    found = {}
    for line in PAGE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| ") and len(cells) == 4 and cells[0] != "Test":
            assert cells[0] not in found, f"{cells[0]} stands there twice"
            found[cells[0]] = cells[1:]
    return found


def functions(name: str) -> set[str]:
    tree = ast.parse((SCENARIOS / name).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_row_is_there() -> None:
    names = rows()
    counts = {"Gateway": 23, "ListenerSet": 13, "HTTPRoute": 54, "BackendTLSPolicy": 6, "GRPC": 5}
    for prefix, count in (counts | {"TLSRoute": 13, "TCPRoute": 8, "UDPRoute": 9}).items():
        assert sum(name.startswith(prefix) for name in names) == count, prefix
    assert len(names) == 131


@pytest.mark.parametrize("name", rows())
def test_what_proves_a_row_exists(name: str) -> None:
    _, ours, state = rows()[name]
    words = re.findall(r"(golden |scenario |)`([^`]+)`", ours)
    assert words or state != "holds", "nothing proves it"
    for kind, word in words:
        if kind == "golden ":
            assert (GOLDEN / f"{word}.yaml").is_file(), word
        elif kind == "scenario ":
            file, _, test = word.partition("::")
            assert test in functions(file), word
        else:
            assert (ROOT / f"Tests/{word}.swift").is_file(), word


def test_a_golden_file_stands_at_its_row() -> None:
    cells = {name.lower(): ours for name, (_, ours, _) in rows().items()}
    for golden in (GOLDEN / "conformance").glob("*.yaml"):
        assert f"golden `conformance/{golden.stem}`" in cells[golden.stem.replace("-", "")]


def test_every_state_is_one_that_is_explained() -> None:
    allowed = ("holds", "needs a cluster")
    for name, (_, _, state) in rows().items():
        assert state == "holds" or state.startswith(allowed[1:]), f"{name}: {state}"


def test_every_golden_file_and_test_of_a_row_is_named() -> None:
    page = PAGE.read_text()
    files = {f"`conformance/{path.stem}`" for path in (GOLDEN / "conformance").glob("*.yaml")}
    tests = {
        f"`{path.name}::{name}`"
        for path in SCENARIOS.glob("conformance_*_test.py")
        if path.name != "conformance_map_test.py"
        for name in functions(path.name)
    }
    assert len(files) > 80 and len(tests) > 50
    assert [name for name in sorted(files | tests) if name not in page] == []
    for file, test in re.findall(r"`(\w+\.py)::(\w+)`", page):
        assert test in functions(file), f"{file}::{test}"
