"""The tables of a trail: replayed in every order and with every take on unknown balances, then summed up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from finvest.tracing.by_claim import Run, intervals, long, named
from finvest.tracing.claims import resolved
from finvest.tracing.figures import figures
from finvest.tracing.notes import notes
from finvest.tracing.overdraft_tables import overdrafts_of, repaid_of
from finvest.tracing.overdrafts import attributed, none_of
from finvest.tracing.reference import TOO_DEEP, TOO_SMALL
from finvest.tracing.replay import replay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from finvest.tracing.trail import Trail

_CUTS = {TOO_DEEP: "depth", TOO_SMALL: "materiality"}
_PLACES = (
    "held",
    "gap",
    "unassigned",
    "cash",
    "exchange",
    "fx",
    "unpaired",
    "no_records",
    "overdraft",
    "dissipated",
    "fees",
    *_CUTS.values(),
)


@dataclass(frozen=True, slots=True)
class Tables:
    """See the properties of `finvest.tracing.trail.Trail`."""

    movements: pl.DataFrame
    hops: pl.DataFrame
    restitution: pl.DataFrame
    recipients: pl.DataFrame
    freeze: pl.DataFrame
    overdrafts: pl.DataFrame
    notes: list[str]


def tables_of(trail: Trail) -> Tables:
    """Replay a question as often as its records leave open, and sum up."""
    runs = _runs(trail)
    reached = np.flatnonzero(np.any([run.found.hop >= 0 for run in runs], axis=0))
    moved = _movements(trail, runs, reached)
    who = trail.sources.people(_accounts(trail, moved))
    hops = _hops(trail, runs, moved, who)
    restitution = _restitution(trail, runs, moved)
    return Tables(
        _labelled(moved, who, trail),
        hops,
        restitution,
        _recipients(trail, runs, moved, who),
        _freeze(hops),
        overdrafts_of(trail, runs),
        notes(trail, moved, hops, by_reference=any(run.found.by_reference for run in runs)),
    )


def _runs(trail: Trail) -> list[Run]:
    case = trail.ledger
    claims = resolved(trail.claims, case)
    codes = sorted({*case.pots["currency"].drop_nulls(), *case.movements["currency"].drop_nulls()})
    number = {code: i for i, code in enumerate(codes)}
    pot_codes = case.pots["currency"].replace_strict(number, return_dtype=pl.Int32).to_numpy()
    paid_codes = case.movements["currency"].replace_strict(number, return_dtype=pl.Int32).to_numpy()
    runs = []
    for order in case.orders:
        for opening in case.openings:
            ledger, rings = case.ledger(order, opening)
            found = replay(ledger, claims, trail.rule.name, trail.limits)
            credited = attributed(ledger, found) if trail.overdraft == "backwards" else none_of(found)
            rounded = figures(ledger, found, pot_codes, paid_codes, credited)
            runs.append(Run(ledger, found, rounded, rings, credited))
    return runs


# ---- movements


def _movements(trail: Trail, runs: Sequence[Run], reached: NDArray[np.int64]) -> pl.DataFrame:
    """Return movements reached in any replay, by number of movement and claim."""
    left = [long("n", reached, run.figures.left[reached], trail) for run in runs]
    arrived = [
        long("n", reached, run.figures.arrived[reached], trail).rename({"amount": "arrived"}).drop("on_hypothesis")
        for run in runs
    ]
    both = [
        a.join(b, on=["n", "claim"], how="left").with_columns(pl.col("arrived").fill_null(0))
        for a, b in zip(left, arrived, strict=True)
    ]
    rows = intervals(both, ["n", "claim"], ["amount", "arrived"])
    hop = np.min([np.where(run.found.hop < 0, 2**30, run.found.hop) for run in runs], axis=0)
    fate = np.max([run.found.fate for run in runs], axis=0)
    ring = np.any([run.rings for run in runs], axis=0)
    about = pl.DataFrame(
        {
            "n": reached.astype(np.int32),
            "hop": hop[reached].astype(np.int32),
            "cut": fate[reached],
            "possible_only": ring[reached],
        }
    ).with_columns(cut=pl.col("cut").replace_strict(_CUTS, default=None, return_dtype=pl.String))
    moved = trail.ledger.movements.filter(pl.col("n").is_in(about["n"].implode()))
    ending = moved.filter(pl.col("in_pot").is_null() | ~pl.col("passes"))
    about = about.join(trail.sources.ends(ending), on="n", how="left")
    moved = moved.join(about, on="n").with_columns(
        end=pl.coalesce("cut", "end"),
        candidates=pl.col("candidates").fill_null(pl.lit([], pl.List(pl.String))),
        day=pl.when(pl.col("out_pot").is_null()).then("in_day").otherwise("out_day"),
        crossed="hypothesis",
    )
    return rows.rename({"amount_low": "low", "amount_high": "high"}).join(moved, on="n", how="left").sort("n", "claim")


def _accounts(trail: Trail, moved: pl.DataFrame) -> list[str]:
    pots = trail.ledger.pots.filter(pl.col("pot").is_in(pl.concat([moved["in_pot"], moved["out_pot"]]).implode()))
    named = pl.concat([moved["originator"], moved["beneficiary"], pots["account"]])
    return sorted(named.drop_nulls().unique())


def _labelled(moved: pl.DataFrame, who: pl.DataFrame, trail: Trail) -> pl.DataFrame:
    labels = who.select("account", "label")
    rows = named(moved, trail)
    for side in ("originator", "beneficiary"):
        label = labels.rename({"account": side, "label": f"{side}_label"})
        rows = rows.join(label, on=side, how="left", maintain_order="left")
    rows = rows.with_columns(where=trail.sources.where(rows["records"]))
    return rows.select(
        "n", "movement", "hop", "claim", "day", "originator", "beneficiary", "originator_label", "beneficiary_label",
        "amount", "currency", "low", "high", "on_hypothesis", "arrived_low", "arrived_high", "received_currency",
        "end", "candidates", "crossed", "early", "possible_only", "records", "where",
    ).cast({"amount": pl.Int64})  # fmt: skip


# ---- accounts


def _pots_of(trail: Trail) -> pl.DataFrame:
    return trail.ledger.pots.filter(pl.col("account").is_not_null()).select(
        "pot", "account", "currency", "last", as_of="end"
    )


def _at_the_end(trail: Trail, run: Run) -> NDArray[Any]:
    """Return what lies in accounts at the end of their books: what lay there before a gap may have left in it."""
    last = trail.ledger.pots["last"].to_numpy()
    return np.where(last[:, None], run.figures.held, 0)


def _of_pots(trail: Trail, run: Run) -> pl.DataFrame:
    """Return what came in, left, lies there and is gone, by pot and claim."""
    reached = np.flatnonzero(run.found.hop >= 0)
    parts: dict[str, tuple[NDArray[Any], NDArray[Any]]] = {
        "into": (run.ledger.beneficiary[reached], run.figures.arrived[reached]),
        "out": (run.ledger.originator[reached], run.figures.left[reached]),
        "dissipated": (
            run.ledger.beneficiary[np.concatenate([reached, run.credited.repaid])],
            np.concatenate([run.figures.dissipated[reached], run.figures.attributed]),
        ),
        "remaining": (np.arange(run.ledger.pots), _at_the_end(trail, run)),
    }
    frames = []
    zero = pl.lit(0, pl.Int64)
    for what, (pots, amounts) in parts.items():
        rows = long("pot", pots, amounts, trail).with_columns(**{p: "amount" if p == what else zero for p in parts})
        # What rests on a hypothesis is counted once, with what came in.
        resting = pl.col("on_hypothesis") if what == "into" else zero
        frames.append(rows.select("pot", "claim", *parts, on_hypothesis=resting))
    return pl.concat(frames)


def _hops(trail: Trail, runs: Sequence[Run], moved: pl.DataFrame, who: pl.DataFrame) -> pl.DataFrame:
    pots = _pots_of(trail)
    keys, values = ["account", "currency", "claim"], ["into", "out", "remaining", "dissipated"]
    rows = intervals([_of_pots(trail, run).join(pots, on="pot") for run in runs], keys, values)
    ends = pots.group_by("account", "currency").agg(pl.col("as_of").max())
    into = moved.join(pots.rename({"pot": "in_pot"}).select("in_pot", "account", pot_currency="currency"), on="in_pot")
    near = into.group_by("account", "claim", currency="pot_currency").agg(hop=pl.col("hop").min())
    both = pl.concat(
        [
            moved.select("claim", "records", pot=way).join(pots, on="pot").select(*keys, "records")
            for way in ("in_pot", "out_pot")
        ]
    )
    evidence = (
        both.explode("records", empty_as_null=False).group_by(keys).agg(evidence=pl.col("records").unique().sort())
    )
    rows = rows.join(near, on=keys, how="left").join(ends, on=["account", "currency"], how="left")
    rows = rows.join(evidence, on=keys, how="left").join(who.drop("known_as"), on="account", how="left")
    rows = rows.filter(pl.col("hop").is_not_null()).sort("hop", "account", "currency", "claim")
    sums = [f"{v}_{end}" for v in values for end in ("low", "high")]
    return named(rows, trail).select(
        "hop", "account", "label", "conduit", "person", "name", "claim", "currency", *sums, "on_hypothesis", "as_of",
        "evidence",
    )  # fmt: skip


def _freeze(hops: pl.DataFrame) -> pl.DataFrame:
    rows = hops.filter(~pl.col("conduit"), pl.col("remaining_high") > 0)
    return (
        rows.group_by("account", "label", "name", "currency", "as_of")
        .agg(
            low=pl.col("remaining_low").sum(),
            high=pl.col("remaining_high").sum(),
            on_hypothesis=pl.min_horizontal("on_hypothesis", "remaining_high").sum(),
        )
        .sort("high", "account", "currency", descending=[True, False, False])
        .select("account", "label", "name", "currency", "low", "high", "as_of", "on_hypothesis")
    )


# ---- claims and persons


def _restitution(trail: Trail, runs: Sequence[Run], moved: pl.DataFrame) -> pl.DataFrame:
    pots = trail.ledger.pots.select("pot", "currency", "account", "last")
    ways = moved.select("n", "end", "currency", "received_currency").unique("n", keep="first", maintain_order=True)
    frames = []
    for run in runs:
        every = np.arange(run.ledger.pots)
        held = long("pot", every, run.figures.held, trail).join(pots, on="pot")
        place = (
            pl.when(pl.col("account").is_null())
            .then(pl.lit("unassigned"))
            .when("last")
            .then(pl.lit("held"))
            .otherwise(pl.lit("gap"))
        )
        parts = [held.select("claim", "currency", "amount", "on_hypothesis", place=place)]
        reached = np.flatnonzero(run.found.hop >= 0)
        for what in ("ended", "cut", "dissipated", "fees"):
            rows = long("n", reached, getattr(run.figures, what)[reached], trail).join(ways, on="n")
            name = pl.col("end") if what in {"ended", "cut"} else pl.lit(what)
            currency = pl.col("received_currency" if what == "dissipated" else "currency")
            parts.append(rows.select("claim", currency.alias("currency"), "amount", "on_hypothesis", place=name))
        credited = repaid_of(trail, run, ways)
        parts.append(credited.select("claim", "currency", "amount", "on_hypothesis", place=pl.lit("overdraft")))
        frames.append(pl.concat(parts))
    rows = intervals(frames, ["claim", "place", "currency"], ["amount"])
    rows = pl.concat([_claimed(trail), rows])
    order = {place: i for i, place in enumerate(("claimed", *_PLACES))}
    rows = rows.sort("claim", pl.col("place").replace_strict(order), "currency")
    return named(rows, trail).select(
        "claim", "place", "currency", low="amount_low", high="amount_high", on_hypothesis="on_hypothesis"
    )


def _claimed(trail: Trail) -> pl.DataFrame:
    """Return what is claimed, in the currency in which it was paid."""
    claims = resolved(trail.claims, trail.ledger)
    parts = pl.DataFrame({"n": claims.movement, "claim": claims.claim, "amount": claims.amount})
    currency = trail.ledger.movements.select("n", "currency")
    sums = parts.join(currency, on="n").group_by("claim", "currency").agg(pl.col("amount").sum())
    return sums.select(
        "claim", place=pl.lit("claimed"), currency="currency", amount_low="amount", amount_high="amount",
        on_hypothesis=pl.lit(0, pl.Int64),
    )  # fmt: skip


def _recipients(trail: Trail, runs: Sequence[Run], moved: pl.DataFrame, who: pl.DataFrame) -> pl.DataFrame:
    pots = _pots_of(trail).join(who.select("account", "person", "conduit"), on="account", how="left")
    person = pots.select("pot", "person", "currency")
    ends = moved.select("n", "in_pot", "out_pot").unique("n", keep="first", maintain_order=True)
    payer = person.select(out_pot="pot", payer="person")
    between = ends.join(person, left_on="in_pot", right_on="pot").join(payer, on="out_pot", how="left")
    others = between.filter(pl.col("person").ne_missing(pl.col("payer")))
    keys = ["person", "currency", "claim"]
    frames = []
    for run in runs:
        reached = np.flatnonzero(run.found.hop >= 0)
        into = long("n", reached, run.figures.arrived[reached], trail).join(others, on="n")
        held = long("pot", np.arange(run.ledger.pots), _at_the_end(trail, run), trail).join(person, on="pot")
        zero = pl.lit(0, pl.Int64)
        frames.append(
            pl.concat(
                [
                    into.select(*keys, received="amount", remaining=zero, on_hypothesis="on_hypothesis"),
                    held.select(*keys, received=zero, remaining="amount", on_hypothesis=zero),
                ]
            )
        )
    rows = intervals(frames, keys, ["received", "remaining"])
    through = pots.filter("conduit", pl.col("pot").is_in(ends["in_pot"].drop_nulls().implode()))
    through = through.group_by("person").agg(through=pl.col("account").n_unique().cast(pl.Int64))
    names = who.select("person", "name").unique("person", keep="first", maintain_order=True)
    rows = rows.join(names, on="person", how="left").join(through, on="person", how="left")
    rows = rows.sort("received_high", "person", "currency", "claim", descending=[True, False, False, False])
    return named(rows.with_columns(pl.col("through").fill_null(0)), trail).select(
        "person", "name", "claim", "currency", "received_low", "received_high", "remaining_low", "remaining_high",
        "through", "on_hypothesis",
    )  # fmt: skip
