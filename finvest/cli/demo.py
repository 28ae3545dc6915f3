"""`finvest demo`: all of it once, on invented records, marked against the answer key."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

import finvest
from finvest.cli import output
from finvest.cli.options import as_json
from finvest.cli.score import print_findings

TITLE = "finvest demo"
SAMPLE = Path(finvest.__file__).parents[1] / "sample_data"


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Folder for case and report.",
)
@click.option("--seed", type=int, help="Make another synthetic case with this seed, instead of sample_data/.")
@as_json
def command(out: Path, seed: int | None, json_: bool) -> None:
    """Walk through a small synthetic case: load, check, score, report, and mark the findings against the answer key."""
    from finvest.case import Case
    from finvest.seeds import marked, table
    from finvest.synth import sample
    from finvest.synth.key import NAME, Key

    if (out / "case.toml").exists():
        raise click.UsageError(f"{out} is a case; give another folder with --out")
    records = SAMPLE
    if seed is not None or not SAMPLE.is_dir():
        records = out / "records"
        sample.write(records, sample.DEFAULT if seed is None else seed)
    step = (lambda _: None) if json_ else output.say
    step(f"1. A case with purpose, legal basis and actor (finvest init): {out / 'case'}")
    _forget(out / "case")
    case = Case.create(out / "case", title=TITLE, purpose="try finvest", legal_basis="invented records", actor="demo")
    step(f"2. The statements and registers of {records} (finvest load --list {records / 'load.toml'})")
    with output.progress(json_) as tell:
        loaded = case.load_list(records / "load.toml", tell)
        rows = sum(one.tally.loaded for one in loaded)
        step(f"   {len(loaded)} files, {rows:,} records, {sum(one.tally.quarantined for one in loaded)} quarantined")
        checks = case.check()
        step("3. Whether they are complete, and what stands twice (finvest check)")
        step(f"   {checks.sentence}")
        step("4. Suspicious patterns, ranked for review (finvest score)")
        found = case.score(progress=tell)
        tell("writing the report")
        report = case.report(out / "report.html")
    done = marked(Key.read(records / NAME), found)
    if json_:
        answers = {
            i: {"found": m.found, "missed": m.missed, "accused": m.accused, "others": len(m.others)}
            for i, m in done.marks.by_indicator.items()
        }
        output.as_json({"case": str(out / "case"), "report": str(report.resolve()), "marks": answers})
    else:
        print_findings(found, 15)
        output.say("5. Against the answer key (planted patterns found and missed, look-alikes wrongly accused):")
        told = table([done])
        output.table(told.drop(c for c in ("not_assessable", "failed") if not told[c].sum()), most=len(told))
        output.say("6. The report (finvest report)")
        output.hint(f"open {report.resolve()}")


def _forget(folder: Path) -> None:
    """Remove the case of an earlier demo, and nothing else."""
    from finvest.model.errors import UsageError
    from finvest.store.casefile import CaseFile

    if not folder.exists():
        return
    if CaseFile.read(folder).title != TITLE:
        raise UsageError(f"{folder} is a case of yours; give another folder with --out")
    shutil.rmtree(folder)
