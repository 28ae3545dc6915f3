"""What a detector may see of a case: tables without protected columns, the graph, and shared measures once.

Inside a view accounts, parties and transactions are numbers; ids stand at the edge. The numbers follow identity (time,
then id), so the order of files and rows decides nothing.
"""

from __future__ import annotations

from functools import cached_property, wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import polars as pl

from finvest.model.errors import NotAssessable
from finvest.model.identifiers import name_keys
from finvest.model.instants import local_days, local_times
from finvest.model.tables import HIDDEN, PROTECTED, TABLES
from finvest.view_tables import ViewTables

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from finvest.graph import MoneyGraph

P = ParamSpec("P")
R = TypeVar("R")

_HEADROOM = 1000
"""Ratios are compared by multiplication; sums times this must fit 64 bits."""

_SUMMED = ("amount", "received_amount", "fee", "amount_base")
_BALANCES = ("balance_after", "originator_balance_after", "beneficiary_balance_after")

_NOT_KEPT = HIDDEN | {"transactions"}  # the movements stand for these

_PROTECTED_ROLES = ["victim", "possible_victim"]
_KEYS = {"accounts": "account", "parties": "party"}


class CaseView(ViewTables):
    """A read-only view of a case.

    Parameters
    ----------
    movements : polars.DataFrame
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

    def __init__(self, movements: pl.DataFrame, tables: Mapping[str, pl.DataFrame], base: str | None = None) -> None:
        self.base = base
        if "selected" not in movements.columns:
            movements = movements.with_columns(selected=pl.lit(value=True))
        self._movements = movements.drop(c for c in movements.columns if c in PROTECTED)
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
        self._tables["transactions"] = self._number_transactions()

    def _number_accounts(self) -> pl.DataFrame:
        """One row an account: what its own books say of it comes before what others wrote."""
        kinds = ["bank", "wallet", "cash", "external", "unknown"]
        rows = self._given.get("accounts", TABLES["accounts"].empty())
        mentioned = pl.concat([self._movements["originator"], self._movements["beneficiary"]]).unique()
        rows = pl.concat([rows, pl.DataFrame({"account": mentioned, "kind": "unknown"})], how="diagonal_relaxed")
        both = self._movements.filter(pl.col("books") == "both")
        shown = pl.concat([both["originator"], both["beneficiary"]]).unique()
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
            .select(account="to_id", party="from_id")
            .join(names.unique("party", keep="first", maintain_order=True), on="party", how="left")
            .sort("account", "party")
            .unique("account", keep="first", maintain_order=True)
        )
        return (
            accounts.join(held, on="account", how="left", maintain_order="left")
            .with_columns(holder=pl.coalesce("party", "holder"), holder_name=pl.coalesce("registered", "holder_name"))
            .drop("party", "registered")
        )

    def _number_transactions(self) -> pl.DataFrame:
        accounts = self._tables["accounts"].select("account", number="n")
        rows = self._movements.filter("in_shapes", "selected").drop("selected")
        rows = rows.sort("earliest", "latest", "movement").with_row_index("n")
        _check_range(rows)
        for side in ("originator", "beneficiary"):
            rows = rows.join(
                accounts.rename({"account": side, "number": f"{side}_number"}),
                on=side,
                how="left",
                maintain_order="left",
            )
        clock = local_times(rows.select("zone", booked_at="earliest"))
        return rows.with_columns(
            pl.col(*_SUMMED, *_BALANCES).cast(pl.Int64),
            clock=clock,
            day=clock.dt.date(),
            originator="originator_number",
            beneficiary="beneficiary_number",
        ).drop("originator_number", "beneficiary_number")

    def frame(self, name: str) -> pl.DataFrame:
        """Return a table as a frame; its row numbers are the column ``n``.

        Raises
        ------
        NotAssessable
            If this case has no such table.
        """
        try:
            return self._tables[name]
        except KeyError:
            raise NotAssessable(f"this case has no {name}") from None

    def lacks(self, needs: Iterable[str]) -> str | None:
        """Say why needs like ``employments`` or ``transactions.terminal`` are not met, or return None."""
        for need in needs:
            name, _, column = need.partition(".")
            frame = self._tables.get(name)
            if frame is None or frame.is_empty():
                return f"no {name} in this case"
            if column and (column not in frame.columns or frame[column].null_count() == len(frame)):
                return f"the {name} have no {column}"
            if column and frame.schema[column] == pl.Boolean and not frame[column].any():
                return f"no {column} in the {name}"
        return None

    def without(self, name: str, rows: Iterable[int]) -> CaseView:
        """Return a view of the same case without these rows of one table.

        An account that a movement mentions stays, with nothing else known of it.
        """
        gone = self.frame(name).filter(pl.col("n").is_in(list(rows)))
        if name == "transactions":
            left = self._movements.join(gone.select("movement"), on="movement", how="anti")
            return CaseView(left, self._given, self.base)
        given = self._given.get(name, TABLES[name].empty())
        if name in {"accounts", "parties"}:
            left = given.filter(~pl.col(_KEYS[name]).is_in(gone[_KEYS[name]].implode()))
        else:
            left = given.with_row_index("n").join(gone.select("n"), on="n", how="anti").drop("n")
        return CaseView(self._movements, {**self._given, name: left}, self.base)

    def records(self, name: str, rows: Iterable[int]) -> tuple[str, ...]:
        """Return the ids of the records behind rows: for a movement, those of both books and their duplicates."""
        chosen = self.frame(name)[list(rows)]
        if name == "transactions":
            return tuple(chosen["records"].explode(empty_as_null=False).to_list())
        return tuple(chosen.select(pl.format("{}-{}", pl.col("source").str.head(12), pl.col("record")))["source"])

    def records_of(self, name: str, rows: pl.Series) -> list[tuple[str, ...]]:
        """Return what `records` returns, for each list of row numbers."""
        asked = rows.rename("n").to_frame().with_row_index("row").explode("n", empty_as_null=False).drop_nulls()
        frame = self.frame(name)
        if name == "transactions":
            ids = asked.with_columns(id=frame["records"].gather(asked["n"])).explode("id", empty_as_null=False)
        else:
            chosen = frame.select("source", "record")[asked["n"]]
            ids = asked.hstack(chosen.select(id=pl.format("{}-{}", pl.col("source").str.head(12), pl.col("record"))))
        found: list[tuple[str, ...]] = [()] * len(rows)
        for row, listed in ids.group_by("row", maintain_order=True).agg("id").iter_rows():
            found[row] = tuple(listed)
        return found

    @cached_property
    def labels(self) -> list[str]:
        """By account number: its number and holder, as a reader knows it; of a victim's account neither is shown."""
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
            if row["account"] in self._victims["account"]:
                labels.append(f"controlled account {row['account'][1:7]}")
                continue
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
        return f"person {row['party'][1:7]}" if masked or not row["name"] else str(row["name"])

    def is_victims(self, kind: str, number: int) -> bool:
        """Tell whether a party is, or an account is held by, somebody whom any record calls a (possible) victim."""
        return self.id_of(kind, number) in self._victims[kind]

    @cached_property
    def _victims(self) -> dict[str, frozenset[str]]:
        """Ids of parties and accounts of victims. A likeness of names is enough: it only hides."""
        if "parties" not in self._given:
            return {"party": frozenset(), "account": frozenset()}
        parties = self._given["parties"].filter(pl.col("subject_category").is_in(_PROTECTED_ROLES))
        ids = parties["party"].unique().implode()
        known = self._given.get("identifiers", TABLES["identifiers"].empty())
        other_names = known.filter(pl.col("subject").is_in(ids), pl.col("scheme") == "name")["value"]
        keys = pl.concat([parties["name"], other_names]).to_frame("name").select(name_keys(pl.col("name"))).to_series()
        keys = keys.filter(keys != "").implode()
        accounts = self._given.get("accounts", TABLES["accounts"].empty())
        held = accounts.filter(pl.col("holder").is_in(ids) | name_keys(pl.col("holder_name")).is_in(keys))["account"]
        links = self._given.get("links", TABLES["links"].empty()).filter(pl.col("kind") == "holds")
        linked = links.filter(pl.col("from_id").is_in(ids))["to_id"].drop_nulls()
        return {"party": frozenset(parties["party"]), "account": frozenset(held) | frozenset(linked)}

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
        rows = self.frame("transactions")[flat["n"]].drop("n")
        measured = flat.hstack(rows).group_by("row").agg(**sums)
        return asked.select("row").join(measured, on="row", how="left", maintain_order="left").drop("row")

    @cached_property
    def bookings(self) -> pl.DataFrame:
        """Every movement in the books of both its accounts, whether selected or not, reversals included.

        Balances are sums of these. Columns: ``account``, ``other`` (numbers), ``movement``, ``booked`` (earliest
        instant), ``day``, ``currency``, ``change`` (signed minor units), ``balance`` (after it, where its books say
        so), ``own`` (its own books show it, or none are on file: what only the other side's books show is no part of a
        balance), ``selected``, ``counted`` (a transaction of this view between two accounts); in order of time,
        within a day as its books list them.
        """
        accounts = self._tables["accounts"].select("account", n="n", on_file="books_on_file")
        rows = self._movements
        _check_range(rows)
        for side in ("originator", "beneficiary"):
            known = accounts.rename({"account": side, "n": f"{side}_n", "on_file": f"{side}_on_file"})
            rows = rows.join(known, on=side, maintain_order="left")
        first, last = pl.col("records").list.first(), pl.col("records").list.last()  # the payer's, the payee's
        counted = pl.col("selected") & pl.col("in_shapes") & (pl.col("originator") != pl.col("beneficiary"))
        sides = [
            rows.select(
                "movement",
                "selected",
                "zone",
                account=f"{own}_n",
                other=f"{other}_n",
                booked=booked,
                until=f"{booked}_latest",
                record=record,
                currency=currency,
                change=pl.col(amount).cast(pl.Int64) * sign,
                balance=pl.col(f"{own}_balance_after").cast(pl.Int64),
                own=pl.col("books").is_in([own, "both"]) | ~pl.col(f"{own}_on_file"),
                counted=counted,
            )
            for own, other, booked, record, currency, amount, sign in (
                ("originator", "beneficiary", "booked_out", first, "currency", "amount", -1),
                ("beneficiary", "originator", "booked_in", last, "received_currency", "received_amount", 1),
            )
        ]
        both = pl.concat(sides)
        both = both.with_columns(day=local_days(both.select("zone", booked_at="booked")))
        return both.sort("booked", "until", "record", "movement", "change").drop("until", "record", "zone")

    @cached_property
    def left_out(self) -> frozenset[str]:
        """Ids of the records behind movements that are not selected."""
        rows = self._movements.filter(~pl.col("selected"))
        return frozenset(rows["records"].explode(empty_as_null=False))

    @cached_property
    def graph(self) -> MoneyGraph:
        """The money-flow graph; edge numbers are transaction numbers, currencies are numbered by code."""
        return self.graph_of(self.frame("transactions"))

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
            currency=rows["currency"].rank("dense").to_numpy(),
        )

    def once(self, key: Any, make: Callable[[], R]) -> R:  # noqa: ANN401
        """Return what `make` makes, made once per view and key."""
        if key not in self._cache:
            self._cache[key] = make()
        return self._cache[key]  # type: ignore[no-any-return]


def _by_identity(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Sort a table so that the order of files and rows decides nothing; what protects a party comes first."""
    if name in {"accounts", "transactions"}:
        return frame
    first = [pl.col("party"), ~pl.col("subject_category").is_in(_PROTECTED_ROLES)] if name == "parties" else []
    keys = ["source", "record"]
    return frame.sort(*first, *keys, *(c for c in frame.columns if c not in keys), nulls_last=True)


def _check_range(rows: pl.DataFrame) -> None:
    """Refuse amounts whose sums, times what ratios are compared with, do not fit 64 bits."""
    exact = rows.select(pl.col(*_SUMMED, *_BALANCES).cast(pl.Int128).abs())
    largest = exact.select(pl.col(*_SUMMED).sum(), pl.col(*_BALANCES).max()).row(0)
    if any(value is not None and value * _HEADROOM >= 2**63 for value in largest):
        raise NotAssessable("the turnover is too large for exact 64-bit sums: split it by period or currency")


def feature(measure: Callable[Concatenate[CaseView, P], R]) -> Callable[Concatenate[CaseView, P], R]:
    """Make a measure of a view computed once per view and arguments, whoever asks first."""

    @wraps(measure)
    def cached(view: CaseView, /, *args: P.args, **kwargs: P.kwargs) -> R:
        key = (measure.__module__, measure.__qualname__, args, tuple(sorted(kwargs.items())))
        return view.once(key, lambda: measure(view, *args, **kwargs))

    return cached
