"""What a detector may see of a case: tables without protected columns, the graph, and shared measures once.

Inside a view accounts, parties and transactions are numbers; ids stand at the edge. The numbers follow identity (time,
then id), so the order of files and rows decides nothing.
"""

from __future__ import annotations

from copy import copy
from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import polars as pl

from finvest.model.errors import NotAssessable
from finvest.model.subjects import DECISION, VICTIMS, by_kind, mask, presumed, victims
from finvest.model.tables import HIDDEN, PROTECTED, TABLES
from finvest.view_tables import ViewTables
from finvest.view_transactions import Transactions, bookings, mentioned

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from finvest.graph import MoneyGraph

P = ParamSpec("P")
R = TypeVar("R")

EDGE = ("originator", "beneficiary", "earliest", "latest", "amount", "currency")
"""Columns that a graph is made of."""

_NOT_KEPT = HIDDEN | {"transactions"}  # the movements stand for these

_KEYS = {"accounts": "account", "parties": "party"}


class CaseView(ViewTables):
    """A read-only view of a case.

    Parameters
    ----------
    movements : polars.DataFrame or polars.LazyFrame
        One row a movement, as `finvest.pairing.movements.movements` makes them; those whose column ``selected`` is
        false (see `finvest.selection`) are no transaction of the view, but count in `bookings`.
    tables : mapping of str to polars.DataFrame
        The other tables of the case, with the model's columns.
    base : str, optional
        Currency of ``amount_base``.

    Raises
    ------
    NotAssessable
        If the case's turnover does not fit exact 64-bit sums.
    """

    def __init__(
        self, movements: pl.DataFrame | pl.LazyFrame, tables: Mapping[str, pl.DataFrame], base: str | None = None
    ) -> None:
        self.base = base
        columns = movements.collect_schema().names()
        self._movements = movements.lazy().drop(c for c in columns if c in PROTECTED)
        if "selected" not in columns:
            self._movements = self._movements.with_columns(selected=pl.lit(value=True))
        self._given = {name: _by_identity(name, frame) for name, frame in tables.items() if name not in _NOT_KEPT}
        self._cache: dict[Any, Any] = {}
        self._tables = {
            name: (frame.unique("party", keep="first", maintain_order=True) if name == "parties" else frame)
            .drop(c for c in frame.columns if c in PROTECTED)
            .with_row_index("n")
            for name, frame in self._given.items()
            if name not in {"accounts", "transactions"}
        }
        self._tables["accounts"] = self._number_accounts()
        self._transactions = Transactions(self._movements, self._tables["accounts"])

    def _number_accounts(self) -> pl.DataFrame:
        """One row an account: what its own books say of it comes before what others wrote."""
        kinds = ["bank", "wallet", "cash", "external", "unknown"]
        rows = self._given.get("accounts", TABLES["accounts"].empty())
        named, shown = mentioned(self._movements), mentioned(self._movements.filter(pl.col("books") == "both"))
        rows = pl.concat([rows, pl.DataFrame({"account": named, "kind": "unknown"})], how="diagonal_relaxed")
        said = ["bank", "currency", "holder", "holder_name", "channel", "branch", "opened", "closed"]
        numbered = (
            rows.with_columns(rank=pl.col("kind").replace_strict(kinds, range(len(kinds)), default=len(kinds)))
            .sort(
                "account",
                pl.col("own_books").fill_null(value=False).not_(),
                "rank",
                "source",
                "record",
                *said,
                nulls_last=True,
            )
            .group_by("account", maintain_order=True)
            .agg(
                kind=pl.col("kind").sort_by("rank").first(),
                books_on_file=pl.col("own_books").any(),
                **{c: pl.col(c).drop_nulls().first() for c in said},
            )
            .with_columns(pl.col("books_on_file") | pl.col("account").is_in(shown.implode()))
            .with_row_index("n")
        )
        return self._with_registered_holders(numbered)

    def _with_registered_holders(self, accounts: pl.DataFrame) -> pl.DataFrame:
        """Let a register that says who holds an account come before the name that a bank wrote."""
        links = self._given.get("links", TABLES["links"].empty())
        names = self._given.get("parties", TABLES["parties"].empty()).select(party="party", registered="name")
        held = (
            links.filter(pl.col("kind") == "holds")
            .select(account="to_id", party="from_id", decided=pl.col("loader").eq_missing(DECISION))
            .join(names.unique("party", keep="first", maintain_order=True), on="party", how="left")
            .sort("account", "decided", "party")  # what a record says comes before what a person decided
            .unique("account", keep="first", maintain_order=True)
        )
        return (
            accounts.join(held, on="account", how="left", maintain_order="left")
            .with_columns(holder=pl.coalesce("party", "holder"), holder_name=pl.coalesce("registered", "holder_name"))
            .drop("party", "registered", "decided")
        )

    @property
    def transactions(self) -> pl.LazyFrame:
        """One row a movement that is a transaction of this view; columns are read when they are asked for."""
        return self._transactions.scan()

    def frame(self, name: str, *columns: str) -> pl.DataFrame:
        """Return a table as a frame, or some columns of it; its row numbers are the column ``n``.

        Of the transactions of a large case ask for the columns that are needed: only few of them are in memory.

        Raises
        ------
        NotAssessable
            If this case has no such table.
        """
        if name == "transactions":
            return self._transactions.frame(columns)
        try:
            table = self._tables[name]
        except KeyError:
            raise NotAssessable(f"this case has no {name}") from None
        return table.select(columns) if columns else table

    def lacks(self, needs: Iterable[str]) -> str | None:
        """Say why needs like ``employments`` or ``transactions.terminal`` are not met, or return None."""
        for need in needs:
            name, _, column = need.partition(".")
            rows = self._transactions if name == "transactions" else self._tables.get(name, pl.DataFrame())
            if not len(rows):
                return f"no {name} in this case"
            if not column:
                continue
            values = self.frame(name, column)[column] if column in rows.schema else None
            if values is None or values.null_count() == len(values):
                return f"the {name} have no {column}"
            if values.dtype == pl.Boolean and not values.any():
                return f"no {column} in the {name}"
        return None

    def without(self, name: str, rows: Iterable[int]) -> CaseView:
        """Return a view of the same case without these rows of one table.

        An account that a movement mentions stays, with nothing else known of it.
        """
        if name == "transactions":
            away = self.frame(name, "movement")[list(rows)].lazy()
            others = self._movements.join(away, on="movement", how="anti", maintain_order="left")
            return CaseView(others, self._given, self.base)
        gone = self.frame(name).filter(pl.col("n").is_in(list(rows)))
        given = self._given.get(name, TABLES[name].empty())
        if name in _KEYS:
            left = given.filter(~pl.col(_KEYS[name]).is_in(gone[_KEYS[name]].implode()))
        else:
            left = given.with_row_index("n").join(gone.select("n"), on="n", how="anti").drop("n")
        return CaseView(self._movements, {**self._given, name: left}, self.base)

    def records(self, name: str, rows: Iterable[int]) -> tuple[str, ...]:
        """Return the ids of the records behind rows: for a movement, those of both books and their duplicates."""
        if name == "transactions":
            chosen = self.frame(name, "records")[list(rows)]
            return tuple(chosen["records"].explode(empty_as_null=False).to_list())
        chosen = self.frame(name, "source", "record")[list(rows)]
        return tuple(chosen.select(pl.format("{}-{}", pl.col("source").str.head(12), pl.col("record")))["source"])

    def records_of(self, name: str, rows: pl.Series) -> list[tuple[str, ...]]:
        """Return what `records` returns, for each list of row numbers."""
        asked = rows.rename("n").to_frame().with_row_index("row").explode("n", empty_as_null=False).drop_nulls()
        if asked.is_empty():
            return [()] * len(rows)  # the case need not have the table
        if name == "transactions":
            behind = self.frame(name, "records")["records"]
            ids = asked.with_columns(id=behind.gather(asked["n"])).explode("id", empty_as_null=False)
        else:
            chosen = self.frame(name, "source", "record")[asked["n"]]
            ids = asked.hstack(chosen.select(id=pl.format("{}-{}", pl.col("source").str.head(12), pl.col("record"))))
        found: list[tuple[str, ...]] = [()] * len(rows)
        for row, listed in ids.group_by("row", maintain_order=True).agg("id").iter_rows():
            found[row] = tuple(listed)
        return found

    @cached_property
    def labels(self) -> list[str]:
        """By account number: its number and holder, as a reader knows it; of a victim's account neither is shown."""
        masked, ids = self._victims["account"], self.frame("accounts")["account"]
        both = zip(ids, self._known_as, strict=True)
        return [mask("account", id_) if id_ in masked else known for id_, known in both]

    @cached_property
    def hidden(self) -> dict[tuple[str, str], str]:
        """By kind and id: what parties and accounts of victims are known by, so that texts can be cleared of it."""
        accounts = zip(self.frame("accounts")["account"], self._known_as, strict=True)
        found = {("account", id_): known for id_, known in accounts if id_ in self._victims["account"]}
        if "parties" in self._tables:
            people = self.frame("parties").filter(pl.col("party").is_in(self._victims["party"]))
            named = people.filter(pl.col("name").is_not_null()).select("party", "name")
            found |= {("party", id_): name for id_, name in named.iter_rows()}
        return found

    @cached_property
    def _known_as(self) -> list[str]:
        """By account number: its number and holder, whoever holds it."""
        accounts = self.frame("accounts")
        known = self._given.get("identifiers", TABLES["identifiers"].empty())
        numbers = (
            known.filter(pl.col("subject_kind") == "account", pl.col("scheme") != "name")
            .sort("value")
            .unique("subject", keep="first", maintain_order=True)
            .select(account="subject", value="value")
        )
        named = accounts.join(numbers, on="account", how="left", maintain_order="left")
        labels = []
        for row in named.select("account", "kind", "value", "holder_name").iter_rows(named=True):
            parts = [
                row["value"],
                row["holder_name"] and f"({row['holder_name']})" if row["value"] else row["holder_name"],
            ]
            what = "cash machine " if row["kind"] == "cash" and row["value"] else ""
            text = " ".join(p for p in parts if p)
            labels.append(what + text if text else f"{row['kind']} {row['account'][1:7]}")
        return labels

    def label(self, kind: str, number: int) -> str:
        """Return what a reader knows an account or party by.

        Parameters
        ----------
        kind : {"account", "party"}
        number : int
            Its number in this view.
        """
        if kind == "account":
            return self.labels[number]
        row = self.frame("parties").row(number, named=True)
        masked = row["party"] in self._victims["party"]
        return mask("party", row["party"]) if masked or not row["name"] else str(row["name"])

    def is_victims(self, kind: str, number: int) -> bool:
        """Tell whether a party is, or an account is held by, a (possible) victim."""
        return self.id_of(kind, number) in self._victims[kind]

    def presuming(self, found: pl.DataFrame) -> CaseView:
        """Return the same view in which some more are possible victims: masked, neutral, never ranked.

        `found` (``kind``, ``id``) are those whom findings hold for one, see `finvest.model.subjects.presumed`.
        """
        if found.is_empty():
            return self
        more, other = by_kind(presumed(found, *self._people)), copy(self)
        for name in ("labels", "hidden"):
            other.__dict__.pop(name, None)
        other.__dict__["_victims"] = {kind: known | more[kind] for kind, known in self._victims.items()}
        return other

    @cached_property
    def _victims(self) -> dict[str, frozenset[str]]:
        """Ids of parties and accounts of victims. A likeness of names is enough: it only hides."""
        return by_kind(victims(*self._people))

    @property
    def _people(self) -> list[pl.DataFrame]:
        named = ("parties", "accounts", "identifiers", "links")
        return [self._given.get(name, TABLES[name].empty()) for name in named]

    def id_of(self, kind: str, number: int) -> str:
        """Return the opaque id of an account or party."""
        table, column = ("accounts", "account") if kind == "account" else ("parties", "party")
        return str(self.frame(table)[column][number])

    def measure(self, evidence: pl.Series, **sums: pl.Expr) -> pl.DataFrame:
        """Work out expressions over the transactions of each list.

        Parameters
        ----------
        evidence : polars.Series of List(UInt32), shape (n,)
            Transaction numbers.
        **sums : polars.Expr
            Expressions over the columns of `transactions`.

        Returns
        -------
        polars.DataFrame, shape (n, len(sums))
        """
        asked = evidence.rename("n").to_frame().with_row_index("row")
        flat = asked.explode("n", empty_as_null=False).drop_nulls()
        columns = dict.fromkeys(name for sum_ in sums.values() for name in sum_.meta.root_names())
        rows = self.frame("transactions", *columns)[flat["n"]]
        measured = flat.hstack(rows).group_by("row").agg(**sums)
        return asked.select("row").join(measured, on="row", how="left", maintain_order="left").drop("row")

    @property
    def bookings(self) -> pl.DataFrame:
        """Every movement in the books of both its accounts, see `bookings_of`."""
        return self.bookings_of()

    def bookings_of(self, accounts: Sequence[int] | None = None) -> pl.DataFrame:
        """Return movements in the books of both their accounts, whether selected or not, reversals included.

        Balances are sums of these.

        Parameters
        ----------
        accounts : sequence of int, optional
            Numbers of the accounts whose books are asked for; all where left out.

        Returns
        -------
        polars.DataFrame
            ``account``, ``other`` (numbers), ``movement``, ``booked`` (earliest instant), ``day``, ``currency``,
            ``change`` (signed minor units), ``balance`` (after it, where its books say so), ``own`` (its own books show
            it, or none are on file: what only the other side's books show is no part of a balance), ``selected``,
            ``counted`` (a transaction of this view between two accounts); in order of time, within a day as its books
            list them.
        """
        every = self._tables["accounts"]
        return bookings(self._movements, every, every if accounts is None else every[list(accounts)])

    @cached_property
    def left_out(self) -> frozenset[str]:
        """Ids of the records behind movements that are not selected."""
        rows = self._movements.filter(~pl.col("selected")).select(pl.col("records").explode(empty_as_null=False))
        return frozenset(rows.collect()["records"])

    @cached_property
    def graph(self) -> MoneyGraph:
        """The money-flow graph; edge numbers are transaction numbers, currencies are numbered by code."""
        return self.graph_of(self.frame("transactions", *EDGE))

    def graph_of(self, rows: pl.DataFrame) -> MoneyGraph:
        """Return the graph of some rows of `transactions`, in their order; edge numbers are places among these rows."""
        from finvest.graph import MoneyGraph

        return MoneyGraph.from_arrays(
            accounts=len(self.frame("accounts")),
            originator=rows["originator"].to_numpy(),
            beneficiary=rows["beneficiary"].to_numpy(),
            earliest=rows["earliest"].to_physical().to_numpy(),
            latest=rows["latest"].to_physical().to_numpy(),
            amount=rows["amount"].to_numpy(),
            currency=_ranks(rows["currency"]).to_numpy(),
        )

    def forget(self, *, graph: bool = True) -> None:
        """Let go of measures and, unless it shall stay, the graph; they are made again when somebody asks for them."""
        self._cache.clear()
        if graph:
            self.__dict__.pop("graph", None)

    def once(self, key: Any, make: Callable[[], R]) -> R:  # noqa: ANN401
        """Return what `make` makes, made once per view and key."""
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]  # type: ignore[no-any-return]


def _ranks(codes: pl.Series) -> pl.Series:
    """Return the rank of each code among all that there are, from 1."""
    known = codes.unique().drop_nulls().sort()
    return codes.replace_strict(known, pl.int_range(1, len(known) + 1, eager=True), return_dtype=pl.UInt32)


def _by_identity(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Sort a table so that the order of files and rows decides nothing; what protects a party comes first."""
    if name in {"accounts", "transactions"}:
        return frame
    first = [pl.col("party"), ~pl.col("subject_category").is_in(VICTIMS)] if name == "parties" else []
    keys = ["source", "record"]
    return frame.sort(*first, *keys, *(c for c in frame.columns if c not in keys), nulls_last=True)


def feature(measure: Callable[Concatenate[CaseView, P], R]) -> Callable[Concatenate[CaseView, P], R]:
    """Make a measure of a view computed once per view and arguments, whoever asks first."""

    @wraps(measure)
    def cached(view: CaseView, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (measure.__module__, measure.__qualname__, args, tuple(sorted(kwargs.items())))
        return view.once(key, lambda: measure(view, *args, **kwargs))

    return cached
