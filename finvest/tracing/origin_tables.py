"""The sources of money, replayed in every order and with every take on unknown balances, then summed up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from finvest.model.errors import UsageError
from finvest.tracing.day_ends import pot_at
from finvest.tracing.ledger import NO_POT, Claims, Limits
from finvest.tracing.notes import interval, of_pots
from finvest.tracing.replay import books_of
from finvest.tracing.shares import largest_remainder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from numpy.typing import NDArray

    from finvest.tracing.backward import Origins
    from finvest.tracing.case_ledger import CaseLedger
    from finvest.tracing.ledger import Ledger
    from finvest.tracing.rules import Rule

_WEIGHTS = pl.Schema({"label": pl.Int64(), "resting": pl.Boolean(), "weight": pl.Int128()})
_LABEL = pl.Schema({"label": pl.Int64(), "amount": pl.Int64(), "on_hypothesis": pl.Int64()})


@dataclass(frozen=True, slots=True)
class Tables:
    """See the properties of `finvest.tracing.backward.Origins`."""

    sources: pl.DataFrame
    kinds: pl.DataFrame
    amount: int
    currency: str
    about: About
    books: pl.DataFrame
    crossed: frozenset[int]
    notes: list[str]


@dataclass(frozen=True, slots=True)
class About:
    """What is asked about, as ids of its accounts.

    Attributes
    ----------
    day : datetime.date
        Of the payment, or at whose end the balance is asked for.
    originator : str or None
        Who paid; null for a balance, and where the records do not say.
    beneficiary : str or None
        Whom, or whose balance it is.
    records : list of str
        Transaction ids of the payment.
    """

    day: date
    originator: str | None
    beneficiary: str | None
    records: list[str]


@dataclass(frozen=True, slots=True)
class _Where:
    """The target as numbers: a movement, or a pot with the steps of its days."""

    currency: str
    movement: int = 0
    pot: int = NO_POT
    steps: frozenset[int] = frozenset()


def tables_of(asked: Origins) -> Tables:
    """Replay a question as often as its records leave open, and sum up."""
    case, where = asked.ledger, _located(asked)
    frames, amounts, touched, fits = [], [], np.zeros(len(case.pots), np.bool_), True
    if where.pot != NO_POT:
        touched[where.pot] = True
    for order in case.orders:
        for opening in case.openings:
            ledger, _ = case.ledger(order, opening)
            rows, amount, used = _traced(asked, where, ledger)
            frames.append(rows)
            amounts.append(amount)
            touched |= used
            fits &= ledger.fits
    found = _interval(frames, "label").with_columns(currency=pl.lit(where.currency))
    described = _described(asked, found)
    of = described.select("label", "kind")
    summed = [
        frame.join(of, on="label").group_by("kind").agg(pl.col("amount", "on_hypothesis").sum()) for frame in frames
    ]
    kinds = _interval(summed, "kind").with_columns(currency=pl.lit(where.currency))
    kinds = kinds.sort("high", "low", "kind", descending=[True, True, False])
    books = case.pots.filter(pl.Series(touched), pl.col("account").is_not_null())
    return Tables(
        described.drop("label"),
        kinds,
        max(amounts),
        where.currency,
        _about(asked, where),
        books,
        _crossed(case, touched) if (described["on_hypothesis"] > 0).any() else frozenset(),
        _notes(asked, where, described, books, fits=fits),
    )


def _interval(frames: Sequence[pl.DataFrame], key: str) -> pl.DataFrame:
    """Return the least and the largest of each sum; a replay without a row has nothing there."""
    low = pl.when(pl.len() < len(frames)).then(0).otherwise(pl.col("amount").min())
    sums = {"low": low, "high": pl.col("amount").max(), "on_hypothesis": pl.col("on_hypothesis").max()}
    return pl.concat(frames).group_by(key).agg(**sums)


def _about(asked: Origins, where: _Where) -> About:
    if where.pot != NO_POT:
        assert asked.target.day is not None  # noqa: S101 - held by Target
        return About(asked.target.day, None, asked.target.account, [])
    row = asked.ledger.movements.row(where.movement, named=True)
    day = row["in_day"] if row["out_pot"] is None else row["out_day"]
    return About(day, row["originator"], row["beneficiary"], row["records"])


def _crossed(case: CaseLedger, touched: NDArray[np.bool_]) -> frozenset[int]:
    """Return the hypotheses whose pots money may have come through."""
    pots = case.pots.filter(pl.Series(touched), pl.col("account").is_null())["pot"].implode()
    through = case.movements.filter(pl.col("out_pot").is_in(pots))
    return frozenset(through["hypothesis"].drop_nulls().to_list())


def _located(asked: Origins) -> _Where:
    case, target = asked.ledger, asked.target
    moved = case.movements
    if target.transaction:
        n = moved.filter(pl.col("records").list.contains(target.transaction))
        if n.is_empty():
            raise UsageError(
                "the question names a transaction that is no movement of this case; `finvest find` and `finvest show` "
                "give ids"
            )
        return _Where(n["currency"][0], movement=int(n["n"][0]))
    assert target.day is not None  # noqa: S101 - held by Target
    pot = pot_at(case, target.account, target.day, target.currency)
    came = pl.when("early").then(pl.max_horizontal("in_day", "out_day")).otherwise("in_day")
    ins = moved.filter(pl.col("in_pot") == pot["pot"], came <= target.day)["n"]
    outs = moved.filter(pl.col("out_pot") == pot["pot"], pl.col("out_day") <= target.day)["n"]
    steps = frozenset((2 * ins + 1).to_list()) | frozenset((2 * outs).to_list())
    return _Where(pot["currency"], pot=int(pot["pot"]), steps=steps)


def _traced(asked: Origins, where: _Where, ledger: Ledger) -> tuple[pl.DataFrame, int, NDArray[np.bool_]]:
    """Return amounts by label in minor units, what they add up to, and which pots they came through."""
    if where.pot == NO_POT:
        last = int(np.flatnonzero(ledger.steps == 2 * where.movement)[0])
        amount = int(ledger.amount[where.movement])
    else:
        there = np.flatnonzero(np.isin(ledger.steps, sorted(where.steps)))
        last = int(there[-1]) if len(there) else -1
        amount = max(0, _balance(ledger, where.pot, last))
    pairs, used = (_by_kernel if ledger.fits else _by_reference)(asked.rule, where, ledger, last)
    pairs = pairs.group_by("label", "resting").agg(pl.col("weight").sum()).sort("label", "resting")
    parts = largest_remainder(amount, pairs["weight"].to_list())
    pairs = pairs.with_columns(amount=pl.Series(parts, dtype=pl.Int64))
    resting_part = pl.col("amount").filter("resting").sum()
    rows = pairs.group_by("label").agg(pl.col("amount").sum(), on_hypothesis=resting_part)
    return rows.filter(pl.col("amount") > 0).select(_LABEL.names()).cast(_LABEL), amount, used


def _by_kernel(rule: Rule, where: _Where, ledger: Ledger, last: int) -> tuple[pl.DataFrame, NDArray[np.bool_]]:
    """Return labels, whether they rest on a hypothesis, and weights; and which pots they came through."""
    from finvest.tracing.backward_kernel import ancestors, sources_of_lots, sources_of_shares

    books = books_of(ledger, Claims.of([{}]), Limits())
    labels = 2 * ledger.movements + ledger.pots
    until, _ = ancestors(books, last, where.movement, where.pot)
    if rule.by_lots:
        label, weight = sources_of_lots(books, rule.number, last, where.movement, where.pot)
        label, resting = label % labels, label >= labels
    else:
        table, _ = sources_of_shares(books, last, where.movement, where.pot)
        label, column = np.nonzero(table)
        resting, weight = column > 0, table[label, column]
    pairs = pl.DataFrame({"label": label, "resting": resting, "weight": weight})
    return pairs.cast(_WEIGHTS), until >= 0


def _by_reference(rule: Rule, where: _Where, ledger: Ledger, last: int) -> tuple[pl.DataFrame, NDArray[np.bool_]]:
    from finvest.tracing import backward_reference

    found = backward_reference.sources(ledger, rule.number, last, where.movement, where.pot, by_lots=rule.by_lots)
    rows = [(label, resting, int(weight)) for (label, resting), weight in found.parts.items()]
    used = np.zeros(ledger.pots, np.bool_)
    used[sorted(found.pots)] = True
    return pl.DataFrame(rows, schema=_WEIGHTS, orient="row"), used


def _balance(ledger: Ledger, pot: int, last: int) -> int:
    """Return what a pot of known opening balance holds after a step."""
    steps = ledger.steps[: last + 1]
    came, went = steps[steps % 2 == 1] // 2, steps[steps % 2 == 0] // 2
    came, went = came[ledger.beneficiary[came] == pot], went[ledger.originator[went] == pot]
    came_in, went_out = ledger.received[came].sum(dtype=object), ledger.amount[went].sum(dtype=object)
    return int(ledger.opening[pot]) + int(came_in) - int(went_out)


def _described(asked: Origins, found: pl.DataFrame) -> pl.DataFrame:
    """Say of each label what it is: a payment, a balance or a credit."""
    case = asked.ledger
    movements, pots = len(case.movements), len(case.pots)
    label = pl.col("label")
    rows = found.with_columns(
        n=pl.when(label < movements)
        .then(label)
        .when(label >= movements + pots)
        .then(label - movements - pots)
        .cast(pl.Int32),
        pot=pl.when(label.is_between(movements, movements + pots, closed="left"))
        .then(label - movements)
        .cast(pl.Int32),
        lent=label >= movements + pots,
    )
    moved = case.movements.select(
        "n", "originator", "beneficiary", "amount", "out_pot", "in_pot", "out_day", "in_day", "passes", "records",
        paid_currency="currency",
    )  # fmt: skip
    held = case.pots.select("pot", "account", "opening", "start", pot_currency="currency")
    rows = rows.join(moved, on="n", how="left").join(held, on="pot", how="left")
    balance, lent = pl.col("pot").is_not_null(), pl.col("lent")
    kind = (
        pl.when(lent)
        .then(pl.lit("credit"))
        .when(balance & pl.col("opening").is_null())
        .then(pl.lit("unknown"))
        .when(balance)
        .then(pl.lit("opening"))
        .when(~pl.col("passes"))
        .then(pl.lit("fx"))
        .otherwise(pl.lit("outside"))
    )
    day = pl.when(pl.col("out_pot").is_null()).then("in_day").otherwise("out_day")
    empty = pl.lit([], pl.List(pl.String))
    rows = rows.with_columns(
        kind=kind,
        day=pl.when(balance).then("start").otherwise(day),
        paid=pl.when(balance).then("opening").otherwise("amount").cast(pl.Int64),
        paid_currency=pl.coalesce("pot_currency", "paid_currency"),
        beneficiary=pl.when(balance).then("account").when(lent).then("originator").otherwise("beneficiary"),
        originator=pl.when(balance | lent).then(None).otherwise("originator"),
        records=pl.col("records").fill_null(empty),
    )
    accounts = sorted(pl.concat([rows["originator"], rows["beneficiary"]]).drop_nulls().unique())
    who = asked.sources.people(accounts).select("account", "label")
    for side in ("originator", "beneficiary"):
        names = who.rename({"account": side, "label": f"{side}_label"})
        rows = rows.join(names, on=side, how="left")
    doubtful = pl.col("records").list.eval(pl.element().is_in(sorted(asked.sources.doubtful))).list.any()
    rows = rows.with_columns(
        doubtful=doubtful & (pl.col("kind") == "outside"), where=asked.sources.where(rows["records"])
    )
    rows = rows.sort("high", "low", "label", descending=[True, True, False])
    return rows.select(
        "label", "n", "kind", "day", "originator", "beneficiary", "originator_label", "beneficiary_label", "paid",
        "paid_currency", "low", "high", "on_hypothesis", "currency", "doubtful", "records", "where",
    )  # fmt: skip


def _notes(asked: Origins, where: _Where, found: pl.DataFrame, pots: pl.DataFrame, *, fits: bool) -> list[str]:
    case = asked.ledger
    said = [interval(case), *of_pots(pots)]
    if where.pot == NO_POT and case.movements["out_pot"][where.movement] is None:
        said.append("The payer's books are not on file on that day: nothing is known of what lies behind the payment.")
    if found["doubtful"].any():
        said.append("A source is not matched with a record of the other side and may be a payment that is on file.")
    if (found["on_hypothesis"] > 0).any():
        said.append("Sums that came through a hypothesis say so; the hypotheses are listed with their reasons.")
    if (earlier := _after_gaps(case.pots, pots)) > 0:
        said.append(f"{earlier} opening balances stand after a gap in the books: what filled them is not known.")
    if not fits:
        said.append("The sums of this case are too large for the fast path: the exact reference worked it out.")
    return said


def _after_gaps(every: pl.DataFrame, touched: pl.DataFrame) -> int:
    """Return how many pots have an earlier one of the same account."""
    first = every.group_by("account", "currency").agg(first=pl.col("start").min())
    return len(touched.join(first, on=["account", "currency"]).filter(pl.col("start") > pl.col("first")))
