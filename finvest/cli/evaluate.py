"""`finvest evaluate`: whether a pattern finds what is planted in labelled sets, with one setting for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from finvest.cli import output
from finvest.cli.options import Target, as_json, open_case

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from finvest.evaluate.evaluation import Evaluation
    from finvest.registry import Registry

MOST_COLUMNS = 3
"""Single columns of a set that are printed: those that give most away."""


@click.command()
@click.argument("indicators", nargs=-1)
@click.option(
    "--on",
    "folders",
    multiple=True,
    type=click.Path(path_type=Path),
    help="Labelled set, or a case with labels; as often as there are sets.",
)
@click.option(
    "--set", "settings", multiple=True, metavar="ID.NAME=VALUE", help="Change a parameter, for all sets the same."
)
@click.option("--dated", is_flag=True, help="Measure a second time with times cut to dates.")
@click.option("--window", "windows", multiple=True, help="Window to judge: test, all, …; test and all where left out.")
@click.option(
    "--resamples",
    type=click.IntRange(min=1),
    default=1000,
    show_default=True,
    help="Resamples of whole patterns for the intervals.",
)
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Of the resamples, and of the baseline that is chance.",
)
@click.option("--scores", type=Target(), help="Write scores as CSV; set, method and task are added to the file's name.")
@click.option("--out", type=Target(), help="Write an HTML page with curves to this file.")
@click.option("--figures", type=Target(), help="Write what the detectors' pages tell (docs/figures.json).")
@click.option("--actor", envvar="FINVEST_ACTOR", show_envvar=True, help="Who is looking, where a set is a case.")
@click.option("--reason", envvar="FINVEST_REASON", show_envvar=True, help="Why, where a set is a case.")
@click.option("--plugins", multiple=True, type=click.Path(path_type=Path), help="Folder with detectors of your own.")
@as_json
def command(
    folders: tuple[Path, ...],
    indicators: tuple[str, ...],
    settings: tuple[str, ...],
    scores: Path | None,
    out: Path | None,
    figures: Path | None,
    json_: bool,
    plugins: tuple[Path, ...],
    **how: Any,
) -> None:
    """Measure detectors (all, or INDICATORS like GRF-05) on labelled sets, all with the same settings.

    Thresholds are chosen in the window val and judged in test; `all` is the whole period. Beside each figure stands
    what chance, the number of counterparties and single columns reach.
    """
    if not folders:
        raise click.UsageError("give a labelled set: --on DIR")
    from finvest.cli.score import parameters
    from finvest.registry import Registry

    registry = Registry(plugins)
    given = parameters(registry, settings)
    with output.progress(json_) as tell:
        done = list(_evaluations(folders, registry, indicators, given, tell, **how))
    written = [str(path) for e in done for path in write_scores(e, scores)] if scores is not None else []
    if out is not None:
        from finvest.views.evaluation import page

        out.write_text(page(done), encoding="utf-8")
    if figures is not None:
        from finvest import figures as kept

        kept.write(done, registry, figures)
        written.append(str(figures))
    if json_:
        output.as_json({"sets": [e.to_dict() for e in done], "written": [*written, *([str(out)] if out else [])]})
        return
    show(done)
    for path in written:
        output.say(f"written: {path}")
    if out is not None:
        output.hint(f"open {out.resolve()}")
    else:
        output.hint("--out page.html draws the curves; --json prints every figure")


def _evaluations(
    folders: tuple[Path, ...],
    registry: Registry,
    only: tuple[str, ...],
    given: dict[str, dict[str, Any]],
    tell: Callable[[str], None],
    *,
    dated: bool,
    windows: tuple[str, ...],
    resamples: int,
    seed: int,
    actor: str | None,
    reason: str | None,
) -> Iterator[Evaluation]:
    from finvest.evaluate.evaluation import evaluate
    from finvest.evaluating import labelled_set
    from finvest.scoring import chosen

    how: dict[str, Any] = {"windows": windows or None, "resamples": resamples, "seed": seed, "progress": tell}
    detectors = chosen(registry, only, given, whole=True)
    for folder in folders:
        for cut in (False, True) if dated else (False,):
            if (folder / "case.toml").is_file():
                case = open_case(folder, actor, reason, registry.plugins)
                yield case.evaluate(*only, parameters=given, dated=cut, **how)
            else:
                of = labelled_set(folder, registry, dated=cut, progress=tell)
                done = evaluate(of.name, of.view, of.answers, detectors, dated=cut, **how)
                del of  # before the next is read
                yield done


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def write_scores(done: Evaluation, start: Path) -> Iterator[Path]:
    """Write the scores of detectors and ranking as CSV (id, window, score), a file for each method and task."""
    import polars as pl

    by_file: dict[str, list[pl.DataFrame]] = {}
    for (method, task, window), frame in done.scores.items():
        rows = frame.select("id", pl.lit(window).alias("window"), "score")
        name = "_".join([start.stem, done.name, method, task, *(["dated"] if done.dated else [])])
        by_file.setdefault(name, []).append(rows)
    for name, parts in by_file.items():
        path = start.with_name(f"{name}.csv")
        pl.concat(parts).write_csv(path)
        yield path


def show(done: list[Evaluation]) -> None:
    """Print a table for each task and window, and what was found of each kind of pattern."""
    import polars as pl

    asked = dict.fromkeys((m.task, m.window) for e in done for m in e.measured)
    for task, window in asked:
        rows = []
        for e in done:
            here = [m for m in e.measured if (m.task, m.window) == (task, window)]
            columns = sorted((m for m in here if m.family == "column"), key=lambda m: -m.ap)
            shown = [m for m in here if m.family not in {"column", "chance"}] + columns[:MOST_COLUMNS]
            subjects = any(m.by_subject is not None for m in here)
            rows += [
                {
                    "set": e.name + (", dates" if e.dated else ""),
                    "method": m.method,
                    "AP": f"{m.ap:.3f}",
                    "95 %": f"{m.low:.3f} to {m.high:.3f}" if m.low is not None else "",
                    "base": f"{m.base_rate:.4f}",
                    **({"AP, subjects only": _share(m.by_subject)} if subjects else {}),
                    **{f"P@{b}": f"{v:.2f}" for b, v in m.precision.items()},
                    **{f"R@{b}": f"{v:.2f}" for b, v in m.recall.items() if b == max(m.recall)},
                    "F1": f"{m.f1:.2f}" + ("*" if m.threshold_from == "oracle" else ""),
                    "false per 10,000": f"{m.false_alarms:.0f}",
                    "verdict": m.verdict,
                }
                for m in shown
            ]
        if rows:
            output.table(pl.DataFrame(rows), f"{task.capitalize()}, window {window}", most=len(rows))
    if any(m.threshold_from == "oracle" for e in done for m in e.measured):
        output.say("* the threshold was chosen on what is judged: the best there can be")
    alikes = any(len(f.look_alikes) for e in done for f in e.found)
    found = [
        {
            "set": e.name + (", dates" if e.dated else ""),
            "window": f.window,
            "method": f.method,
            "findings": f.findings,
            "found": f"{f.found} of {len(f.patterns)}",
            "by kind": ", ".join(f"{k} {a}/{b}" for k, (a, b) in f.by_kind().items()),
            **(
                {"look-alikes accused": ", ".join(f"{k} {a}/{b}" for k, (a, b) in f.accused().items())}
                if alikes
                else {}
            ),
        }
        for e in done
        for f in e.found
    ]
    if found:
        output.table(pl.DataFrame(found), "Whole patterns found: at least half of one in one finding", most=len(found))
    for e in done:
        for id_, why in e.not_assessable.items():
            output.say(f"not assessable: {id_} on {e.name}, {why}")
