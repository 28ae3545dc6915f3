"""Finds loaders and detectors: those that come with finvest, installed ones, and an agency's own folder.

A file in `loaders/` or `detectors/` is all it takes. Code asks for a loader by name and for a detector by catalogue id.
Nothing is ever taken from a case folder. A detector file that cannot be loaded, or that names a protected attribute, is
refused with its reason, and the others work on.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import pkgutil
import re
import sys
from dataclasses import dataclass
from functools import cache, partial
from hashlib import sha256
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from finvest.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from importlib.metadata import EntryPoint
    from types import ModuleType

    from finvest.findings.detector import Detector
    from finvest.reading.loader import Loader

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Registry:
    """Loaders and detectors at hand.

    Attributes
    ----------
    plugins : tuple of pathlib.Path
        Folders of an agency's own; files below `loaders/` and `detectors/` in each.
    """

    plugins: tuple[Path, ...] = ()

    def loaders(self) -> dict[str, Loader]:
        """Return every loader by name."""
        found: dict[str, Loader] = {}
        for module in _modules("loaders", self.plugins):
            for cls in _classes(module, "read"):
                _add(found, cls.card.name, cls(), module)
        return dict(sorted(found.items()))

    def detectors(self) -> dict[str, type[Detector]]:
        """Return every detector class by catalogue id; files that cannot be taken are in `refused`."""
        return self._detectors()[0]

    def refused(self) -> dict[str, str]:
        """Return the detector files that cannot be taken: file or entry point to the reason, one line each."""
        return self._detectors()[1]

    def _detectors(self) -> tuple[dict[str, type[Detector]], dict[str, str]]:
        found: dict[str, type[Detector]] = {}
        refused: dict[str, str] = {}

        def refuse(name: str, error: UsageError) -> None:
            refused[name] = str(error)

        for module in _modules("detectors", self.plugins, refuse):
            whole, faults = _whole(module)
            for cls in whole:
                _add(found, cls.card.id, cls, module)
            if faults:
                refused[module.__name__] = faults
        return dict(sorted(found.items())), dict(sorted(refused.items()))

    def loader(self, name: str) -> Loader:
        """Return the loader called `name`.

        Raises
        ------
        UsageError
            If there is none; the message lists what there is.
        """
        return _ask(self.loaders(), name, "loader")

    def detector(self, id_: str) -> type[Detector]:
        """Return the detector of a catalogue id, in any case.

        Raises
        ------
        UsageError
            If there is none; the message lists what there is.
        """
        found, refused = self._detectors()
        return _ask(found, id_.upper(), "detector", tuple(refused.values()))


def _ask(found: dict[str, T], name: str, what: str, refused: tuple[str, ...] = ()) -> T:
    try:
        return found[name]
    except KeyError:
        from difflib import get_close_matches

        near = get_close_matches(name, found, 1)
        hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(found)}"
        raise UsageError("; ".join([f"no {what} {name!r}{hint}", *refused])) from None


def _add(found: dict[str, Any], name: str, thing: Any, module: ModuleType) -> None:  # noqa: ANN401
    if name in found:
        other = found[name] if inspect.isclass(found[name]) else type(found[name])
        raise UsageError(f"{name} is in {module.__name__} and in {other.__module__}; give one of them another name")
    found[name] = thing


def _classes(module: ModuleType, method: str) -> Iterator[Any]:
    """Yield the classes that a module defines itself and that have a card and the contract's method."""
    for cls in vars(module).values():
        if inspect.isclass(cls) and cls.__module__ == module.__name__ and "card" in vars(cls) and hasattr(cls, method):
            yield cls


def _whole(module: ModuleType) -> tuple[list[type[Detector]], str]:
    """Return the detectors of a module, and what is wrong with its other classes that mean to be one."""
    from finvest.findings.card import Card  # brings polars, which a list of commands needs not
    from finvest.findings.detector import Detector

    file = Path(module.__file__ or module.__name__).name
    own: list[Any] = [c for c in vars(module).values() if inspect.isclass(c) and c.__module__ == module.__name__]
    whole, faults, bare = [], [], []
    for cls in dict.fromkeys(own):
        if "card" not in vars(cls):
            bare += (
                [f"{file}: {cls.__name__} has no card; give it card = Card(...)"] if issubclass(cls, Detector) else []
            )
        elif not isinstance(cls.card, Card):
            faults.append(f"{file}: {cls.__name__}: its card must be a Card, as docs/add-a-detector.md shows")
        elif not issubclass(cls, Detector):
            faults.append(
                f"{file}: {cls.__name__} must be a subclass of Detector; write class {cls.__name__}(Detector)"
            )
        elif cls.look is Detector.look:
            faults.append(f"{file}: {cls.__name__} has no look(); it returns one row a suspicion")
        else:
            whole.append(cls)
    if not whole and not faults:
        faults = bare or [f"{file} holds no detector: a class of Detector with a card; begin other files' names with _"]
    return whole, "; ".join(faults)


def _modules(
    kind: str, plugins: tuple[Path, ...], refuse: Callable[[str, UsageError], None] | None = None
) -> Iterator[ModuleType]:
    """Yield the modules of one kind; one that cannot be loaded is told to `refuse`, or ends it where there is none."""
    package = importlib.import_module(f"finvest.{kind}")
    sources: list[tuple[str, Callable[[], ModuleType]]] = [
        (entry.name, partial(_built_in, entry.name, kind))
        for entry in sorted(pkgutil.walk_packages(package.__path__, f"finvest.{kind}."), key=lambda e: e.name)
        if not entry.ispkg
    ]
    points = sorted(entry_points(group=f"finvest.{kind}"), key=lambda p: p.name)
    sources += [(f"entry point {point.name}", partial(_installed, point, kind)) for point in points]
    for folder in plugins:
        if not folder.is_dir():
            raise UsageError(f"--plugins: {folder} is no folder")
        paths = [p.resolve() for p in sorted((folder / kind).rglob("*.py")) if not p.name.startswith("_")]
        sources += [(str(path), partial(_from_file, path, kind)) for path in paths]
    for name, load in sources:
        try:
            yield load()
        except UsageError as error:
            if refuse is None:
                raise
            refuse(name, error)


def _built_in(name: str, kind: str) -> ModuleType:
    if name not in sys.modules:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            _refuse_protected(Path(spec.origin), kind)
    return _guarded(lambda: importlib.import_module(name), name.rpartition(".")[2] + ".py", kind)


def _installed(point: EntryPoint, kind: str) -> ModuleType:
    try:
        loaded = point.load()
    except (Exception, SystemExit) as error:
        raise UsageError(f"entry point {point.name} ({point.value}): {type(error).__name__}: {error}") from error
    module: ModuleType = sys.modules[loaded.__module__] if inspect.isclass(loaded) else loaded
    if module.__file__ is not None:
        _refuse_protected(Path(module.__file__), kind)
    return module


@cache
def _from_file(path: Path, kind: str) -> ModuleType:
    name = f"finvest_plugins.{kind}.{path.stem}_{sha256(str(path).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path} cannot be read as Python")
    _refuse_protected(path, kind)
    module, run = importlib.util.module_from_spec(spec), spec.loader.exec_module
    sys.modules[name] = module
    try:
        _guarded(lambda: run(module), path.name, kind)
    except UsageError:
        del sys.modules[name]
        raise
    return module


_OTHER = (AttributeError, ImportError, TypeError)
"""What a file raises that is written for another contract than this."""


def _guarded(load: Callable[[], T], file: str, kind: str) -> T:
    try:
        return load()
    except (Exception, SystemExit) as error:
        why = str(error).partition(" (/")[0] if isinstance(error, ImportError) else str(error)  # without its folder
        page = "; docs/add-a-detector.md shows a whole one" if kind == "detectors" and isinstance(error, _OTHER) else ""
        raise UsageError(f"{file} cannot be loaded: {type(error).__name__}: {why}{page}") from error


@cache
def _refuse_protected(path: Path, kind: str) -> None:
    """Refuse a detector file that names a protected attribute, before a line of it runs.

    Views have no such column anyway; a file that names one wants to judge people by it, or will.
    """
    text = path.read_text("utf-8", errors="replace") if kind == "detectors" and path.is_file() else ""
    if not text or _protected().search(text) is None:
        return
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return  # loading it says what is wrong
    for node in ast.walk(tree):
        for word in _words(node):
            if found := _protected().search(word):
                raise UsageError(
                    f"{path.name}:{getattr(node, 'lineno', 1)} names the protected attribute {found[0]!r}: nobody is "
                    f"judged by it (Charter of Fundamental Rights, Art. 21); take it out"
                )


@cache
def _protected() -> re.Pattern[str]:
    from finvest.model.tables import PROTECTED  # brings polars, which a list of commands needs not

    return re.compile(rf"\b(?:{'|'.join(sorted(PROTECTED))})\b")


def _words(node: ast.AST) -> Iterator[str]:
    """Yield what may name a column: a text without a space, an attribute, the name of an argument."""
    match node:
        case ast.Constant(value=str(text)) if not re.search(r"\s", text):
            yield text
        case ast.Attribute(attr=name) | ast.keyword(arg=str(name)):
            yield name
