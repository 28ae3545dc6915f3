"""Finds loaders and detectors: those that come with finvest, installed ones, and an agency's own folder.

A file in `loaders/` or `detectors/` is all it takes. Code asks for a loader by name and for a detector by catalogue id.
Nothing is ever taken from a case folder.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import pkgutil
import sys
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, TypeVar

from finvest.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
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
        """Return every detector class by catalogue id."""
        found: dict[str, type[Detector]] = {}
        for module in _modules("detectors", self.plugins):
            for cls in _classes(module, "look"):
                _add(found, cls.card.id, cls, module)
        return dict(sorted(found.items()))

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
        return _ask(self.detectors(), id_.upper(), "detector")


def _ask(found: dict[str, T], name: str, what: str) -> T:
    try:
        return found[name]
    except KeyError:
        from difflib import get_close_matches

        near = get_close_matches(name, found, 1)
        hint = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(found)}"
        raise UsageError(f"no {what} {name!r}{hint}") from None


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


def _modules(kind: str, plugins: tuple[Path, ...]) -> Iterator[ModuleType]:
    package = importlib.import_module(f"finvest.{kind}")
    for entry in sorted(pkgutil.walk_packages(package.__path__, f"finvest.{kind}."), key=lambda e: e.name):
        if not entry.ispkg:
            yield importlib.import_module(entry.name)
    for point in sorted(entry_points(group=f"finvest.{kind}"), key=lambda p: p.name):
        try:
            loaded = point.load()
        except (Exception, SystemExit) as error:
            raise UsageError(f"entry point {point.name} ({point.value}): {type(error).__name__}: {error}") from error
        yield sys.modules[loaded.__module__] if inspect.isclass(loaded) else loaded
    for folder in plugins:
        if not folder.is_dir():
            raise UsageError(f"--plugins: {folder} is no folder")
        for path in sorted((folder / kind).rglob("*.py")):
            if not path.name.startswith("_"):
                yield _from_file(path.resolve(), kind)


@cache
def _from_file(path: Path, kind: str) -> ModuleType:
    name = f"finvest_plugins.{kind}.{path.stem}_{sha256(str(path).encode()).hexdigest()[:8]}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path} cannot be read as Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise UsageError(f"{path.name} cannot be loaded: {type(error).__name__}: {error}") from error
    return module
