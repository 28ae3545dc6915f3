"""Every detector against the answer key, on several synthetic cases (``make seeds``)."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl

from finvest.case import Case
from finvest.synth import sample
from finvest.synth.key import NAME, Key
from finvest.synth.marking import Marks, mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from finvest.registry import Registry
    from finvest.scoring import Findings

SEEDS = (sample.DEFAULT, 1, 2, 3, 4, 5, 6, 8, 9, 10, 11)
"""The sample case's, and ten others."""


@dataclass(frozen=True, slots=True)
class Marked:
    """What detectors made of one synthetic case.

    Attributes
    ----------
    seed : int
    marks : Marks
    not_assessable, failed : dict of str to str
        Detector to the reason.
    ran : tuple of str
        Catalogue ids of the detectors that were asked.
    """

    seed: int
    marks: Marks
    not_assessable: dict[str, str]
    failed: dict[str, str]
    ran: tuple[str, ...]


def made(folder: Path, seed: int, registry: Registry | None = None) -> tuple[Case, Key]:
    """Make a synthetic case, load it, and return it with its answer key.

    Parameters
    ----------
    folder : pathlib.Path
        An empty folder; records and case are written below it.
    seed : int
    registry : Registry, optional
        Whose plugins are used.
    """
    sample.write(folder / "records", seed)
    plugins = () if registry is None else registry.plugins
    about = {"title": f"seed {seed}", "purpose": "marking", "legal_basis": "invented records", "actor": "marking"}
    Case.create(folder / "case", **about)
    case = Case.open(folder / "case", actor="marking", reason="marking", plugins=plugins)
    case.load_list(folder / "records" / "load.toml")
    return case, Key.read(folder / "records" / NAME)


def marked(key: Key, found: Findings) -> Marked:
    """Compare what was found in a synthetic case with its answer key."""
    marks = mark(key, found.all)
    return Marked(key.seed, marks, found.not_assessable, found.failed, tuple(found.detectors))


def mark_seed(seed: int, registry: Registry | None = None) -> Marked:
    """Make a synthetic case in a folder of its own, score it, and compare with its answer key."""
    with TemporaryDirectory(prefix="finvest-") as folder:
        case, key = made(Path(folder), seed, registry)
        return marked(key, case.score())


def table(done: Sequence[Marked]) -> pl.DataFrame:
    """Return the answers of every detector, over one or several synthetic cases.

    Parameters
    ----------
    done : sequence of Marked

    Returns
    -------
    polars.DataFrame
        One row a detector: ``detector``, ``planted``, ``found``, ``missed`` (patterns), ``look_alikes``, ``accused``
        (lawful ones that a finding accuses), ``others`` (findings that stand and match nothing in the key),
        ``not_assessable``, ``failed`` (cases), ``which`` (what was missed or accused, with the seed where there are
        several).
    """
    ids = sorted({i for one in done for i in (*one.ran, *one.marks.by_indicator, *one.failed)})
    return pl.DataFrame([_row(id_, done) for id_ in ids])


def _row(id_: str, done: Sequence[Marked]) -> dict[str, object]:
    answers = [(one.seed, one.marks.by_indicator[id_]) for one in done if id_ in one.marks.by_indicator]
    found, missed, accused, cleared, others = (
        sum(len(getattr(m, part)) for _, m in answers) for part in ("found", "missed", "accused", "cleared", "others")
    )
    wrong: dict[str, list[str]] = {}
    for seed, m in answers:
        for what, names in (("missed", m.missed), ("accused", m.accused)):
            for name in names:
                wrong.setdefault(f"{what} {name}", []).append(str(seed))
    return {
        "detector": id_,
        "planted": found + missed,
        "found": found,
        "missed": missed,
        "look_alikes": accused + cleared,
        "accused": accused,
        "others": others + sum(one.marks.unasked.get(id_, 0) for one in done),
        "not_assessable": sum(id_ in one.not_assessable for one in done),
        "failed": sum(id_ in one.failed for one in done),
        "which": "; ".join(what + _in(seeds, len(done)) for what, seeds in wrong.items()),
    }


def _in(seeds: list[str], of: int) -> str:
    if of == 1:
        return ""
    return " (every seed)" if len(seeds) == of else f" (seed {', '.join(seeds)})"


def main(given: Iterable[str] | None = None) -> int:
    """Print the table of some seeds; end with 1 where something was missed, accused, or failed."""
    from finvest.cli import output

    parser = argparse.ArgumentParser(prog="python -m finvest.seeds", description=__doc__)
    parser.add_argument("seeds", nargs="*", type=int, default=SEEDS, help="seeds of the generator")
    parser.add_argument("--json", action="store_true", help="print JSON")
    seeds = parser.parse_args(None if given is None else list(given))
    done = []
    for seed in seeds.seeds:
        done.append(mark_seed(seed))
        if not seeds.json:
            missed, accused = len(done[-1].marks.missed), len(done[-1].marks.accused)
            output.say(f"seed {seed}: {missed} missed, {accused} look-alikes accused")
    told = table(done)
    if seeds.json:
        output.as_json(told.to_dicts())
    else:
        output.table(told, f"All detectors against the answer key, {len(done)} seeds", most=len(told))
    return int(bool(told.select(pl.sum_horizontal("missed", "accused", "failed").sum()).item()))


if __name__ == "__main__":
    raise SystemExit(main())
