"""Cards that are used one after another at one cash machine, and sets of them that come again."""

from __future__ import annotations

from dataclasses import dataclass
from math import comb

import networkx as nx
import polars as pl

from finvest.features.holders import holders
from finvest.model.errors import NotAssessable
from finvest.view import CaseView, feature

LIKE = (3, 5)
"""Jaccard index, as a fraction, from which on two sets of cards count as one set (catalogue, CTL-04)."""

TOO_FEW = "too few other cards on file at that machine in that hour to tell a set that comes again from chance"
"""Why nothing is said of a set with fewer strangers than withdrawals."""

_FINE = pl.duration(minutes=1)
"""A time known to an hour says nothing of gaps of minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What counts as one after another.

    Attributes
    ----------
    gap, total : int
        Minutes between two withdrawals, and from the first to the last of them, at most.
    cards : int
        Cards of different holders, at least.
    """

    gap: int
    total: int
    cards: int


@feature
def withdrawals(view: CaseView) -> pl.DataFrame:
    """Return cash taken out at machines at known times.

    Returns
    -------
    polars.DataFrame
        ``n``, ``card`` (number of the account), ``terminal``, ``at`` (UTC), ``day``, ``hour`` (local), ``amount``, in
        order of machine and time.

    Raises
    ------
    NotAssessable
        If no withdrawal has machine and time.
    """
    columns = ("terminal", "channel", "earliest", "latest", "day", "clock", "amount")
    tx = view.frame("transactions", "n", "originator", "beneficiary", *columns)
    cash = view.frame("accounts")["kind"].gather(tx["originator"]) != "cash"
    out = tx.filter(cash, pl.col("channel") == "cash_atm", pl.col("terminal").is_not_null())
    out = out.filter(pl.col("latest") - pl.col("earliest") < _FINE)
    if out.is_empty():
        raise NotAssessable("no cash withdrawal has both its machine and its time to the minute")
    rows = out.select(
        "n", "terminal", "day", "amount", card="originator", at="earliest", hour=pl.col("clock").dt.hour()
    )
    return rows.sort("terminal", "at", "n")


@feature
def pieces(view: CaseView, queue: Queue) -> pl.DataFrame:
    """Return `withdrawals` with the piece of a queue that each belongs to.

    A queue ends where nobody follows within ``gap``; a longer one than ``total`` is cut into pieces of that length from
    its beginning. Times alone decide, never whose cards they are: that is what makes `chance` exact.

    Returns
    -------
    polars.DataFrame
        As `withdrawals`, with ``piece`` (number) and ``slots`` (withdrawals in it); ``hour`` is the one in which the
        piece begins.
    """
    rows = withdrawals(view)
    late = pl.col("at") - pl.col("at").shift(1).over("terminal") > pl.duration(minutes=queue.gap)
    rows = rows.with_columns(chain=late.fill_null(value=True).cum_sum())
    since = (pl.col("at") - pl.col("at").first().over("chain")).dt.total_microseconds()
    # The last instant of a piece belongs to it: cards exactly `total` apart are still together.
    rows = rows.with_columns(cut=(since - 1).clip(lower_bound=0) // (queue.total * 60_000_000))
    rows = rows.with_columns(piece=pl.struct("chain", "cut").rle_id())
    return rows.with_columns(pl.col("hour").first().over("piece"), slots=pl.len().over("piece").cast(pl.Int64))


@feature
def occasions(view: CaseView, queue: Queue) -> pl.DataFrame:
    """Return pieces of queues with enough withdrawals.

    Returns
    -------
    polars.DataFrame
        ``occasion`` (number), ``terminal``, ``hour``, ``day``, ``cards`` (sorted list), ``evidence`` (withdrawals in
        order of time), ``slots`` (how many), ``holders`` (how many; a holder whose name is unknown counts as one of its
        own), in order of day and machine.
    """
    rows = pieces(view, queue).filter(pl.col("slots") >= queue.cards)
    rows = rows.with_columns(holder=holders(view)["holder_key"].gather(rows["card"]))
    found = rows.group_by("piece", maintain_order=True).agg(
        pl.col("terminal", "hour", "day", "slots").first(),
        cards=pl.col("card").unique().sort(),
        evidence="n",
        holders=pl.coalesce("holder", pl.col("card").cast(pl.String)).n_unique().cast(pl.Int64),
    )
    return found.sort("day", "terminal", "piece").drop("piece").with_row_index("occasion")


def alike(view: CaseView, queue: Queue, days: int) -> pl.DataFrame:
    """Return pairs of occasions on different days within some days whose sets of cards are alike.

    Returns
    -------
    polars.DataFrame
        ``one``, ``other`` (occasions, the earlier first), ``day`` (of the other), ``shared`` (cards), sorted.
    """
    found = occasions(view, queue).filter(pl.col("holders") >= queue.cards)
    cards = found.select("occasion", "day", size=pl.col("cards").list.len().cast(pl.Int64), card="cards")
    cards = cards.explode("card", empty_as_null=False)
    # A card that is nearly always used alone joins little, so pairs stay few.
    pairs = cards.join(cards, on="card", suffix="_b").filter(
        pl.col("day") < pl.col("day_b"), pl.col("day_b") < pl.col("day") + pl.duration(days=days)
    )
    shared = pairs.group_by(one="occasion", other="occasion_b").agg(
        pl.len().cast(pl.Int64), pl.col("size", "size_b").first(), day=pl.col("day_b").first()
    )
    union = pl.col("size") + pl.col("size_b") - pl.col("len")
    same = shared.filter(pl.col("len") * LIKE[1] >= union * LIKE[0])
    return same.select("one", "other", "day", shared="len").sort("one", "other")


@feature
def convoys(view: CaseView, queue: Queue, days: int, dates: int) -> pl.DataFrame:
    """Return sets of cards that are used one after another at one machine on several days.

    Returns
    -------
    polars.DataFrame
        One row a set, its occasion with the most others like it: ``cards`` (those on at least two of the days),
        ``dates``, ``occasions``, ``machines``, ``evidence`` (withdrawals with these cards), ``chance`` (see `chance`),
        ``strangers`` (withdrawals with other cards at these machines in these hours).
    """
    same = alike(view, queue, days)
    families: nx.Graph[int] = nx.Graph(list(same.select("one", "other").iter_rows()))
    rows = [
        _best(view, queue, same, family, days, dates)
        for family in sorted(sorted(members) for members in nx.connected_components(families))
    ]
    schema: dict[str, pl.DataType | type[pl.DataType]] = {
        "cards": pl.List(pl.UInt32),
        "dates": pl.Int64,
        "occasions": pl.Int64,
        "machines": pl.Int64,
        "evidence": pl.List(pl.UInt32),
        "chance": pl.Float64,
        "strangers": pl.Int64,
    }
    return pl.DataFrame([row for row in rows if row], schema=schema)


def _best(
    view: CaseView, queue: Queue, same: pl.DataFrame, family: list[int], days: int, dates: int
) -> dict[str, object] | None:
    """Return the set of a family of occasions that comes on the most days, or None."""
    found = occasions(view, queue)
    pairs = same.filter(pl.col("one").is_in(family))
    counted = pairs.group_by("one").agg(others="other", dates=pl.col("day").n_unique().cast(pl.Int64) + 1)
    counted = counted.filter(pl.col("dates") >= dates).sort(
        -pl.col("dates"), -pl.col("others").list.len().cast(pl.Int64), "one"
    )
    if counted.is_empty():
        return None
    first, others, seen = counted.row(0)
    there = found.filter(pl.col("occasion").is_in([first, *others]))
    used = there.select("day", card="cards").explode("card", empty_as_null=False).unique()
    cards = used.group_by("card").len().filter(pl.col("len") > 1)["card"].sort()
    evidence = there.select(n="evidence").explode("n", empty_as_null=False)["n"]
    own = withdrawals(view).filter(pl.col("n").is_in(evidence.implode()), pl.col("card").is_in(cards.implode()))
    probability, strangers = chance(view, queue, first, days, pairs.filter(pl.col("one") == first))
    return {
        "cards": cards.to_list(),
        "dates": seen,
        "occasions": len(there),
        "machines": there["terminal"].n_unique(),
        "evidence": own["n"].sort().to_list(),
        "chance": probability,
        "strangers": strangers,
    }


def chance(view: CaseView, queue: Queue, first: int, days: int, others: pl.DataFrame) -> tuple[float, int]:
    """Return a bound on the probability that a set comes again so often by chance, and how many strangers there are.

    The null model of the catalogue: the labels of cards are permuted among all withdrawals at the same machine in the
    same hour of the day. Given the set S of the first occasion, another occasion of m withdrawals, in a cell with N
    further withdrawals of which K are with cards of S, holds a hypergeometric number of these K. Slots of one
    permutation are negatively associated (Joag-Dev and Proschan, 1983), so the probability that r given occasions all
    hold h of them or more is at most the product of theirs; the sum of these products over all choices of r occasions
    bounds the probability that any r do (an elementary symmetric polynomial). To be like S (Jaccard index of at least
    3/5) with ``queue.cards`` cards an occasion must hold at least 3/5 of S, and 3/8 of both sizes together: h is tried
    from there up, and the smallest bound is multiplied by the number of those tried. As any occasion might have been
    the first, it is multiplied by the number of all occasions, too. Nothing is drawn at random.

    Parameters
    ----------
    queue : Queue
    first : int
        Number of the occasion whose set it is.
    days : int
        Days from the first occasion within which the set may come again.
    others : polars.DataFrame
        Occasions that are like it: ``day``, ``shared``.

    Returns
    -------
    tuple of (float, int)
        The bound, at most 1; withdrawals with other cards in the cells where cards of the set were used.
    """
    found = occasions(view, queue)
    start = found.filter(pl.col("occasion") == first).row(0, named=True)
    size, cell = len(start["cards"]), ["terminal", "hour"]
    here = (pl.col("terminal") == start["terminal"]) & (pl.col("hour") == start["hour"])
    taken = pl.when(here).then(start["slots"]).otherwise(0)
    pool = (
        pieces(view, queue)
        .group_by(cell)
        .agg(all=pl.len().cast(pl.Int64), own=pl.col("card").is_in(start["cards"]).sum().cast(pl.Int64))
        .filter(pl.col("own") > 0)
        .with_columns(strangers=pl.col("all") - pl.col("own"), total=pl.col("all") - taken, good=pl.col("own") - taken)
    )
    later = (pl.col("day") > start["day"]) & (pl.col("day") < pl.lit(start["day"]) + pl.duration(days=days))
    cells = found.filter(later).join(pool, on=cell).sort("occasion").select("slots", "good", "total").rows()
    tried = range(max(-(-3 * size // 5), -(-3 * (size + queue.cards) // 8)), size + 1)
    bounds = [
        any_of([at_least(hits, *drawn) for drawn in cells], others.filter(pl.col("shared") >= hits)["day"].n_unique())
        for hits in tried
    ]
    return min(1.0, len(found) * len(tried) * min(bounds)), int(pool["strangers"].sum())


def any_of(likely: list[float], times: int) -> float:
    """Return the sum, over all choices of so many of these probabilities, of their products."""
    sums = [1.0] + [0.0] * times
    for each in likely:
        for r in range(times, 0, -1):
            sums[r] += sums[r - 1] * each
    return sums[times]


def at_least(hits: int, draws: int, good: int, total: int) -> float:
    """Return the probability of so many hits or more among draws without replacement (hypergeometric, exact)."""
    ways: int = sum(comb(good, k) * comb(total - good, draws - k) for k in range(hits, min(draws, good) + 1))
    return ways / comb(total, draws)
