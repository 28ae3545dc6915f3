"""Files for `neo4j-admin database import full`: a case of many millions of transfers, written by Polars.

Every file has its header in a file of its own. A text is always in quotation marks, so that line breaks, quotes and
separators in it stay text and an empty one differs from none.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from finvest.exchange.neo4j.material import ENDS, Part
from finvest.exchange.neo4j.rows import rows
from finvest.model.errors import DataError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from typing import BinaryIO

    from finvest.exchange.neo4j.schema import Element

BETWEEN = "\x1f"
"""Stands between the texts of a list; the import is told so."""

ARGUMENTS = "import.args"
"""File of arguments that the command reads."""

SLICE = 100_000
"""Rows that are in memory as text at a time."""

_DATABASE = re.compile(r"[a-z][a-z0-9.-]{2,62}", re.ASCII)

_TYPES = {
    "text": "string",
    "whole": "long",
    "number": "double",
    "truth": "boolean",
    "day": "date",
    "instant": "datetime",
    "texts": "string[]",
}

_OPTIONS: tuple[str, ...] = (
    "--id-type=string",
    "--multiline-fields=true",
    "--array-delimiter=U+001F",
    "--bad-tolerance=0",
    "--skip-bad-relationships=false",
    "--skip-duplicate-nodes=false",
)


@dataclass(frozen=True, slots=True)
class Bulk:
    """What was written.

    Attributes
    ----------
    folder : pathlib.Path
    nodes, relationships : int
    command : str
        The one command to run, in `folder`, while the database does not run.
    """

    folder: Path
    nodes: int
    relationships: int
    command: str


def empty(folder: Path, database: str) -> Path:
    """Make a folder for the files of a database.

    Raises
    ------
    UsageError
        If the folder holds something, or the database's name is none.
    """
    if not _DATABASE.fullmatch(database):
        raise UsageError("the name of a database has 3 to 63 small letters, digits, dots and dashes, a letter first")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty; the files for an import need a folder of their own")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write(
    parts: Iterable[Part],
    case: str,
    folder: Path,
    *,
    database: str = "neo4j",
    progress: Callable[[str], None] | None = None,
) -> Bulk:
    """Write header and data files of every part into a folder, and the arguments of the import.

    Parameters
    ----------
    parts : iterable of Part
        Nodes before relationships.
    case : str
        Opaque id of the case.
    folder : pathlib.Path
        See `empty`.
    database : str
    progress : callable, optional
        Told what is written now.

    Returns
    -------
    Bulk

    Raises
    ------
    DataError
        If a list holds the one character that stands between its texts.
    """
    arguments, counts, labels = list(_OPTIONS), {"nodes": 0, "relationships": 0}, _Labels()
    for part in parts:
        if not part.ends:
            labels.add(part)
        for one in labels.split(part) if part.ends else [part]:
            if progress is not None:
                progress(f"writing {len(one.frame):,} {one.name}")
            what, name = "relationships" if one.ends else "nodes", _file(one)
            _write(one, case, folder / name)
            counts[what] += len(one.frame)
            arguments.append(f"--{what}={_named(one)}={name}-header.csv,{name}.csv")
    (folder / ARGUMENTS).write_text("\n".join([database, *arguments]) + "\n", encoding="utf-8")
    return Bulk(folder, counts["nodes"], counts["relationships"], command(folder))


def command(folder: Path) -> str:
    """Return the command that imports what lies in a folder."""
    return f"cd {shlex.quote(str(folder))} && neo4j-admin database import full @{ARGUMENTS}"


class _Labels:
    """Which ids are whose, for relationships that may begin or end at several labels."""

    def __init__(self) -> None:
        self._ids: dict[str, list[pl.Series]] = {}

    def add(self, part: Part) -> None:
        self._ids.setdefault(part.element.name, []).append(part.frame["id"])

    def split(self, part: Part) -> list[Part]:
        """Return a part by the labels of its ends, each pair of its own."""
        found = [part]
        for place, end in enumerate(ENDS):
            found = [one for given in found for one in self._at(given, place, end)]
        return found

    def _at(self, part: Part, place: int, end: str) -> list[Part]:
        if part.ends[place]:
            return [part]
        made, rest = [], part.frame
        for label in dict.fromkeys(pair[place] for pair in part.element.ends):
            mine = pl.col(end).is_in(pl.concat(self._ids.get(label, [pl.Series(dtype=pl.String)])).implode())
            ends = (label, part.ends[1]) if place == 0 else (part.ends[0], label)
            if len(rows := rest.filter(mine)):
                made.append(Part(part.element, rows, ends, part.label))
            rest = rest.filter(~mine)
        return made


def _file(part: Part) -> str:
    return "_".join([part.name, *part.ends]).lower()


def _named(part: Part) -> str:
    """Return the labels or the type, as an argument names them."""
    return part.element.name + (f":{part.label}" if part.label else "")


def _write(part: Part, case: str, stem: Path) -> None:
    """Write header and rows, each row with its case and digest as a push would send them."""
    element, given = part.element, {*part.frame.columns, "case", "digest"}
    keys = [key for key in element.properties if key in given]
    header = [f"{key}:{_TYPES[element.properties[key]]}" for key in keys]
    if part.ends:
        header = [f":START_ID({part.ends[0]})", f":END_ID({part.ends[1]})", *header]
    else:
        header[keys.index("id")] = f"id:ID({element.name})"
    stem.with_name(f"{stem.name}-header.csv").write_text(",".join(header) + "\n", encoding="utf-8")
    columns = [*(ENDS if part.ends else ()), *keys]
    with stem.with_name(f"{stem.name}.csv").open("wb") as file:
        for start in range(0, len(part.frame), SLICE):
            some = part.frame[start : start + SLICE]
            digests = [row["props"]["digest"] for row in rows(part, some, case)]
            some = some.with_columns(case=pl.lit(case), digest=pl.Series(digests, dtype=pl.String))
            _append(some.select(columns), element, file)


def _append(frame: pl.DataFrame, element: Element, file: BinaryIO) -> None:
    """Write rows as the import reads them: texts quoted, what is missing without quotation marks."""
    cells = []
    for name, dtype in frame.schema.items():
        column = pl.col(name)
        if isinstance(dtype, pl.Datetime):
            zoned = column.dt.convert_time_zone("UTC") if dtype.time_zone else column
            cells.append(zoned.dt.strftime("%Y-%m-%dT%H:%M:%S%.6fZ").alias(name))
        elif dtype == pl.Date:
            cells.append(column.dt.strftime("%Y-%m-%d").alias(name))
        elif dtype.is_nested():
            texts = frame[name].explode(empty_as_null=False).drop_nulls()
            if texts.str.contains(BETWEEN, literal=True).any():
                raise DataError(f"a text of {element.name}.{name} holds the character U+001F; push this case instead")
            cells.append(column.list.join(BETWEEN).alias(name))
        else:
            cells.append(column)
    frame.select(cells).write_csv(file, include_header=False, quote_style="non_numeric")
