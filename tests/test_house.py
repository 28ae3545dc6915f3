"""The house stands: no import runs upwards or in a circle, and the rules that nobody should have to remember hold."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from finvest.model.tables import PROTECTED

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]

# From the ground up. What stands on one floor may use what is below it and, without a circle, its neighbours.
FLOORS = (
    ("model",),
    ("reading",),
    ("store", "pairing", "graph", "loaders", "indirect"),
    ("view",),
    ("features",),
    ("findings",),
    ("detectors", "tracing", "entities", "synth", "evaluate"),
    ("views", "exchange"),
    ("roof",),
)

# Who may see less than everything below. Whatever else lies beside case.py is roof.
SEES = {
    "reading": {"model"},
    "loaders": {"model", "reading"},
    "graph": {"model"},
    "indirect": {"model"},
    "view": {"model", "graph"},
    "features": {"model", "graph", "indirect", "view"},
    "findings": {"model", "pairing", "graph", "view", "features"},
    "detectors": {"model", "graph", "view", "features", "findings"},
}

ROOF_FOLDERS = {"cli", "lab"}
SAME_FLOOR = {"view_tables": "view", "view_transactions": "view"}


def room(module: str) -> str:
    """Return what a module is part of: `finvest.graph.order` is part of graph, `finvest.case` of the roof."""
    name = module.split(".")[1]
    name = SAME_FLOOR.get(name, name)
    return name if any(name in floor for floor in FLOORS) else "roof"


def floor(name: str) -> int:
    return next(number for number, names in enumerate(FLOORS) if name in names)


@dataclass(frozen=True)
class Import:
    """One import of one module of finvest by another."""

    importer: str
    imported: str
    line: int
    for_types: bool

    def __str__(self) -> str:
        return f"{self.importer}:{self.line} imports {self.imported}"


@cache
def modules() -> dict[str, Path]:
    """Every module of finvest by its canonical name."""
    found = {}
    for folder, name in (("finvest", "finvest"), ("loaders", "finvest.loaders"), ("detectors", "finvest.detectors")):
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = path.relative_to(ROOT / folder).with_suffix("").parts
            found[".".join([name, *(p for p in parts if p != "__init__")])] = path
    return found


@cache
def imports() -> tuple[Import, ...]:
    return tuple(found for name, path in modules().items() for found in _imports_of(name, path))


def _imports_of(name: str, path: Path) -> Iterator[Import]:
    tree = ast.parse(path.read_text("utf-8"))
    for_types = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for statement in block.body
        for node in ast.walk(statement)
    }
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            above = package.rsplit(".", node.level - 1)[0] + "." if node.level else ""
            base = (above + (node.module or "")).rstrip(".")
            targets = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for target in targets:
            # `from finvest.model import money` names a module, `from finvest.model.money import parse` does not
            found = target if target in modules() else target.rpartition(".")[0]
            if target == "finvest.Case":
                found = "finvest.case"
            if found in modules() and found not in {name, "finvest"}:
                yield Import(name, found, node.lineno, id(node) in for_types)


def test_every_folder_has_its_floor() -> None:
    folders = {name.split(".")[1] for name in modules() if name.count(".") > 1}
    folders |= {path.name for path in (ROOT / "finvest").iterdir() if (path / "__init__.py").exists()}
    assert folders <= {name for names in FLOORS for name in names} | ROOF_FOLDERS


def test_no_import_runs_upwards() -> None:
    wrong = [str(i) for i in imports() if i.importer != "finvest" and floor(room(i.imported)) > floor(room(i.importer))]
    assert wrong == []


def test_who_sees_less_sees_no_more() -> None:
    wrong = [
        str(i)
        for i in imports()
        if i.importer != "finvest"
        and room(i.imported) not in SEES.get(room(i.importer), {room(i.imported)}) | {room(i.importer)}
    ]
    assert wrong == []


def test_no_circle_of_rooms() -> None:
    between: dict[str, set[str]] = {}
    for found in imports():
        if found.importer != "finvest" and room(found.importer) != room(found.imported):
            between.setdefault(room(found.importer), set()).add(room(found.imported))
    assert _circle(between) is None


def test_no_circle_of_modules() -> None:
    """Imports for types only are left out: a type checker reads both sides of a circle."""
    between: dict[str, set[str]] = {}
    for found in imports():
        if not found.for_types and found.importer != "finvest":
            between.setdefault(found.importer, set()).add(found.imported)
    assert _circle(between) is None


def _circle(between: dict[str, set[str]]) -> list[str] | None:
    try:
        TopologicalSorter(between).prepare()
    except CycleError as error:
        return list(error.args[1])
    return None


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the project; outside a git checkout, every file of the folders that a source archive has."""
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode == 0:
        paths = [ROOT / name for name in listed.stdout.split("\0") if name]
    else:
        folders = ("finvest", "loaders", "detectors", "tests", "requirements", "docs", "notebooks", "sample_data")
        paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
    return tuple(path for path in paths if path.is_file())


@cache
def texts() -> dict[str, str]:
    """Text of every tracked file that is text, by its path."""
    found = {}
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data:
            found[path.relative_to(ROOT).as_posix()] = data.decode("utf-8", "replace")
    return found


@cache
def trees() -> dict[str, ast.Module]:
    return {name: ast.parse(text) for name, text in texts().items() if name.endswith(".py")}


def _lines(pattern: str, *, names: str = "") -> list[str]:
    expression = re.compile(pattern)
    return [
        f"{name}:{number}: {line.strip()[:120]}"
        for name, text in texts().items()
        if name.startswith(names)
        for number, line in enumerate(text.splitlines(), 1)
        if expression.search(line)
    ]


# The brackets keep these patterns from finding themselves.
MACHINE = r"(^|[^a-zA-Z0-9_.])/([w]ork|[f]arm|[t]mp|[r]oot|[h]ome/[a-z]+)/"
REGISTRY = r"[p]ypi[.]org|[p]ythonhosted|[n]pmjs[.]|[m]aven[.]org|[c]rates[.]io|[p]roxy[.]golang|[d]eb[.]debian"


def test_no_path_of_a_machine_and_no_address_of_a_registry() -> None:
    assert _lines(f"{MACHINE}|{REGISTRY}") == []


def test_lock_files_name_no_place() -> None:
    assert [name for name in texts() if Path(name).name in {"uv.lock", "poetry.lock", "Pipfile.lock"}] == []
    for name in ("requirements/demo.txt", "requirements/dev.txt"):
        text = texts()[name]
        assert not re.search(
            rf"://|^-|--(find-links|index-url|extra-index|trusted-host)| @ |{MACHINE}", text, re.MULTILINE
        )
        pins = re.findall(r"^[a-z0-9][a-z0-9._-]*==\S+ .*\\$", text, re.MULTILINE)
        assert len(pins) == text.count("==") > 50
        assert text.count("--hash=sha256:") > len(pins)


def test_lock_files_are_as_new_as_the_project() -> None:
    checked = subprocess.run(
        [sys.executable, "requirements/lock.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (checked.returncode, checked.stderr) == (0, "")


def test_no_file_is_longer_than_a_subject() -> None:
    assert {name: n for name, text in texts().items() if name.endswith(".py") and (n := text.count("\n")) > 400} == {}


def test_nothing_imports_what_runs_code_or_trusts_files() -> None:
    banned = {"xml", "pickle", "yaml", "marshal", "shelve", "dill", "cloudpickle", "joblib"}
    wrong = []
    for name, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                found = {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                found = {(node.module or "").split(".")[0]}
            else:
                continue
            wrong += [f"{name}:{node.lineno}: {module}" for module in found & banned]
    assert wrong == []


@pytest.mark.parametrize(
    "folder", ["finvest/model/", "finvest/store/", "finvest/pairing/", "finvest/tracing/", "loaders/"]
)
def test_no_amount_passes_through_a_float(folder: str) -> None:
    assert _lines(r"\bfloat\(", names=folder) == []


@pytest.mark.parametrize("folder", ["detectors/", "finvest/features/", "finvest/findings/"])
def test_nothing_that_suspects_names_a_protected_attribute(folder: str) -> None:
    wrong = []
    for name, tree in trees().items():
        if name.startswith(folder):
            wrong += [f"{name}:{line}: {word}" for line, word in _names(tree) if word.rpartition(".")[2] in PROTECTED]
    assert wrong == []


def _names(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Every name, attribute, keyword and text; a sentence equals no column."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute):
            yield node.lineno, node.attr
        elif isinstance(node, ast.keyword | ast.arg):
            yield node.lineno, node.arg or ""
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


PACKAGES = [
    name
    for name, path in modules().items()
    if path.name == "__init__.py" and (name == "finvest" or (name.count(".") == 1 and room(name) != "roof"))
]


@pytest.mark.parametrize("package", PACKAGES)
def test_front_doors_are_complete_and_sorted(package: str) -> None:
    tree = ast.parse(modules()[package].read_text("utf-8"))
    offered = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("finvest.")
        for alias in node.names
    }
    offered |= {n.name for n in tree.body if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    offered = {name for name in offered if not name.startswith("_")}
    module = importlib.import_module(package)
    listed = list(getattr(module, "__all__", []))
    assert {name for name in listed if not name.startswith("__")} == offered
    assert listed == sorted(listed, key=_by_kind)
    assert all(hasattr(module, name) for name in listed)


def _by_kind(name: str) -> tuple[int, str]:
    """Constants, then classes, then the rest: as ruff sorts them."""
    return 0 if name.isupper() else 1 if name[0].isupper() else 2, name


HEAVY = (
    "fastexcel",
    "jinja2",
    "lxml",
    "neo4j",
    "networkx",
    "numba",
    "numpy",
    "polars",
    "sklearn",
    "scipy",
    "xlsxwriter",
)


@pytest.mark.parametrize(
    "code",
    [
        "import finvest",
        "import finvest.registry",
        "from finvest.cli import main; main(['--help'], standalone_mode=False)",
        "from finvest.cli import main; main(['--version'], standalone_mode=False)",
    ],
)
def test_nothing_heavy_is_imported_before_it_is_used(code: str) -> None:
    code += f"; import sys; print('heavy:', sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "heavy: []"


def test_make_help_names_every_target() -> None:
    text = texts()["Makefile"]
    targets = re.findall(r"^\.PHONY: (.*)$", text, re.MULTILINE)[0].split()
    assert set(re.findall(r"^([a-z0-9-]+):.*## ", text, re.MULTILINE)) == set(targets)
