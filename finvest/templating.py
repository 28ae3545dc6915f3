"""A new detector: a commented template and its tests, to be filled in. `finvest detectors new` writes them."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

from finvest.model.errors import UsageError

if TYPE_CHECKING:
    from finvest.registry import Registry

TEMPLATES = Path(__file__).parent / "templates"

MARK = "FILL IN"
"""Stands wherever something is to be filled in."""


def new_detector(name: str, into: Path, id_: str, registry: Registry, family: str = "") -> tuple[Path, Path]:
    """Write a template detector and its tests.

    Parameters
    ----------
    name : str
        Name of the module, like ``round_sums``.
    into : pathlib.Path
        A folder of plugins, which need not be there yet; or a clone of finvest.
    id_ : str
        Catalogue id, like ``XMP-01``.
    registry : Registry
        What there is already.
    family : str
        Folder below ``detectors``, like ``shapes``.

    Returns
    -------
    (pathlib.Path, pathlib.Path)
        The detector, and its tests.

    Raises
    ------
    UsageError
        If the name is no identifier in small letters, the id is malformed or taken, or a file is there already.
    """
    for what, said in (("NAME", name), ("--family", family or name)):
        if re.fullmatch("[a-z][a-z0-9_]*", said) is None or keyword.iskeyword(said):
            raise UsageError(f"{what} must be an identifier in small letters, like round_sums; it is {said!r}")
    if re.fullmatch("[A-Z]{3}-[0-9]{2}", id_) is None:
        raise UsageError(f"--id must be like XMP-01: three capitals, a dash, two digits; it is {id_!r}")
    if id_ in (known := registry.detectors()):
        raise UsageError(f"{id_} is taken by {known[id_].card.title!r}; give another --id")
    clone = (into / "detectors" / "__init__.py").is_file() and (into / "tests" / "detectors").is_dir()
    tests = into / "tests" / "detectors" if clone else into / "tests"
    # Anywhere below: a module of the same name would be another detector's.
    paths = (into / "detectors" / family / f"{name}.py", tests / f"test_{name}.py")
    for path in paths:
        if path.exists():
            raise UsageError(f"{path} is there already; give another name")
    words = {
        "id": id_,
        "cls": "".join(part.capitalize() for part in name.split("_")),
        "plugins": "" if clone else "(Path(__file__).parents[1],)",
        "path": "" if clone else "from pathlib import Path\n",
    }
    for path, template in zip(paths, ("detector.txt", "test.txt"), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        text = Template((TEMPLATES / template).read_text("utf-8")).substitute(words)
        path.write_text(text, encoding="utf-8", newline="\n")
    return paths
