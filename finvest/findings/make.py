"""Smallest cases, written in the words of the field: what every detector's `plant` and `look_alike` are made with.

They go through the same rooms as real records: lines, transactions, movements, view.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from finvest.model.identifiers import account_id, name_key, opaque
from finvest.model.records import Source
from finvest.model.statements import batches
from finvest.model.tables import INSTANT, MINOR, TABLES
from finvest.pairing.movements import movements
from finvest.view import CaseView

START = datetime(2025, 1, 6, 9, tzinfo=UTC)
"""A Monday, nine o'clock."""

BANK = "MAKE"

_NO_DUPLICATES = pl.DataFrame(schema={"transaction_id": pl.String, "duplicate_of": pl.String})

_SOURCE = Source(Path("made"), "made", "0" * 64, 0)


class Make:
    """Builds a small case in memory.

    Accounts are named by any text; each is known with its bank, and payments show both sides. Amounts are whole minor
    units of EUR unless said otherwise, days count from `START`.
    """

    def __init__(self) -> None:
        self._lines: list[dict[str, Any]] = []
        self._rows: dict[str, list[dict[str, Any]]] = {}
        self._holders: dict[str, str] = {}
        self._cash_in: set[int] = set()

    def transfer(
        self,
        originator: str,
        beneficiary: str,
        amount: int,
        day: float,
        *,
        dated: bool = False,
        **columns: Any,  # noqa: ANN401
    ) -> None:
        """Move money.

        Parameters
        ----------
        originator, beneficiary : str
            Accounts.
        amount : int
            Minor units.
        day : float
            Days after `START`.
        dated : bool
            Only the date is known.
        """
        at = START + timedelta(days=day)
        if dated:
            at = at.replace(hour=0, minute=0, second=0, microsecond=0)
        self._lines.append(
            {
                "record": len(self._lines) + 1,
                "line": len(self._lines) + 1,
                "own_number": originator,
                "own_bank": BANK,
                "other_number": beneficiary,
                "other_bank": BANK,
                "credit": False,
                "amount": amount,
                "currency": "EUR",
                "booked_at": at,
                "precision": "date" if dated else "microsecond",
                "zone": "UTC",
                "channel": "transfer",
                **columns,
            }
        )

    def cash_in(self, account: str, amount: int, day: float, **columns: Any) -> None:  # noqa: ANN401
        """Pay cash into an account; see `transfer`. Cash out is a transfer whose channel is one of cash."""
        self.transfer(account, "cash", amount, day, **{"channel": "cash_branch", **columns})
        self._cash_in.add(len(self._lines))

    def holder(self, account: str, name: str) -> None:
        """Say who holds an account."""
        self._holders[account] = name

    def company(self, name: str, *accounts: str, life: tuple[int, int] | None = None, **columns: Any) -> None:  # noqa: ANN401
        """Put a company on the company list, perhaps founded and dissolved so many days after `START`."""
        if life is not None:
            founded, dissolved = ((START + timedelta(days=day)).date() for day in life)
            columns |= {"incorporated": founded, "dissolved": dissolved}
        party = opaque("p", "name", name_key(name))
        self.row("parties", party=party, kind="company", name=name, name_key=name_key(name))
        self.row("companies", party=party, name=name, **columns)
        for account in accounts:
            self.holder(account, name)

    def person(self, name: str, number: str | None = None, **columns: Any) -> str:  # noqa: ANN401
        """Put a person on file, once, known by a number in a list or by the name alone, and return the party's id."""
        party = opaque("p", "listed", number) if number else opaque("p", "name", name_key(name))
        if party not in {row["party"] for row in self._rows.get("parties", ())}:
            self.row("parties", party=party, kind="person", name=name, name_key=name_key(name), **columns)
            known = {"subject": party, "subject_kind": "party", "issuer": "list"}
            by = {"scheme": "listed", "key": number} if number else {"scheme": "name", "key": name_key(name)}
            self.row("identifiers", **known, **by)
        return party

    def holds(self, name: str, *accounts: str) -> None:
        """Let a person (see `person`) hold accounts, by a register."""
        for account in accounts:
            self.holder(account, name)
            ends = {"from_kind": "parties", "to_kind": "accounts", "to_id": self.id(account)}
            self.row("links", kind="holds", from_id=self.person(name), **ends)

    def director(self, name: str, company: str, number: str | None = None, **dates: Any) -> None:  # noqa: ANN401
        """Let a person (see `person`) direct a company that is on the list."""
        directs = {"kind": "directs", "from_kind": "parties", "to_kind": "parties", **dates}
        self.row("links", from_id=self.person(name, number), to_id=opaque("p", "name", name_key(company)), **directs)

    def contact(self, subject: str, kind: str, value: str, day: float | None, **columns: Any) -> None:  # noqa: ANN401
        """Give a contact to an account, or to a company that was put on the list before; since when may be unknown."""
        companies = {row["name"]: row["party"] for row in self._rows.get("companies", ())}
        start = None if day is None else (START + timedelta(days=day)).date()
        self.row(
            "contacts", kind=kind, value=value, subject=companies.get(subject, self.id(subject)), start=start, **columns
        )

    def session(self, device: str, account: str, day: float | None, **columns: Any) -> None:  # noqa: ANN401
        """Let a device be seen at an account; when may be unknown."""
        at = None if day is None else START + timedelta(days=day)
        self.row("devices", device=device, account=self.id(account), seen_at=at, **columns)

    def wage(self, employer: str, worker: str, month: int, gross: int | None, /, **columns: Any) -> None:  # noqa: ANN401
        """Let a firm of the made-up country XX pay a worker for four weeks of a month of 2025, all of it net."""
        days = {"start": date(2025, month, 1), "end": date(2025, month, 28)}
        paid = {"currency": "EUR", "gross": gross, "net": gross, "deductions": "{}"}
        self.employment(employer, worker, **{**days, **paid, **columns})

    def employment(self, employer: str, worker: str, /, **columns: Any) -> None:  # noqa: ANN401
        """Let a firm employ a worker; since when and for what pay may be unknown."""
        both = {"employer": self._party(employer, "company"), "worker": self._party(worker, "person")}
        self.row("employments", **{**both, **columns})

    def invoice(self, supplier: str, customer: str, month: int, amount: int, /, **columns: Any) -> None:  # noqa: ANN401
        """Let one company of the country XX bill another for a month of 2025."""
        both = {"supplier": self._party(supplier, "company"), "customer": self._party(customer, "company")}
        days = {"start": date(2025, month, 1), "end": date(2025, month, 28), "issued": date(2025, month, 28)}
        self.row("invoices", **{**both, **days, "currency": "EUR", "amount": amount, **columns})

    def advert(self, site: str, day: float, **columns: Any) -> None:  # noqa: ANN401
        """Let an advert with the contact ``+490`` appear on a site so many days after `START`."""
        advert = {"site": site, "posted_at": START + timedelta(days=day), "phone": "+490", "currency": "EUR"}
        self.row("adverts", **{**advert, **columns})

    def _party(self, name: str, kind: str) -> str:
        party = opaque("p", "name", name_key(name))
        self.row("parties", party=party, kind=kind, name=name, country="XX")
        return party

    def wage_rule(self, kind: str, value: str, **columns: Any) -> None:  # noqa: ANN401
        """Make up a rule of pay of the country XX for 2025."""
        days = {"start": date(2025, 1, 1), "end": date(2025, 12, 31)}
        currency = "EUR" if kind in {"hourly_minimum", "subsistence_month"} else None
        rule = {"country": "XX", "kind": kind, "value": value, "currency": currency, "example": True}
        self.row("wage_rules", **{**rule, **days, **columns})

    def opening(self, account: str, amount: int, day: float = 0) -> None:
        """Say what an account held when its statement begins."""
        start = (START + timedelta(days=day)).date()
        self.row("balances", account=self.id(account), currency="EUR", start=start, opening=amount, proof="declared")

    def row(self, table: str, **columns: Any) -> None:  # noqa: ANN401
        """Add a row to any other table."""
        rows = self._rows.setdefault(table, [])
        rows.append({"source": _SOURCE.sha256, "record": len(rows) + 1, **columns})

    @staticmethod
    def id(account: str) -> str:
        """Return the opaque id of an account."""
        return account_id("local", BANK, "".join(c for c in account.upper() if c.isascii() and c.isalnum()))

    def tables(self, seed: int | None = None) -> dict[str, pl.DataFrame]:
        """Return the tables, in the order they were made or shuffled."""
        made = {name: pl.DataFrame(rows, schema_overrides=TABLES[name].schema) for name, rows in self._rows.items()}
        for name in ("transactions", "accounts"):
            made.setdefault(name, TABLES[name].empty())
        lines = pl.DataFrame(
            self._lines, schema_overrides={"amount": MINOR, "booked_at": INSTANT, "terminal": pl.String}
        )
        for batch in batches(lines, _SOURCE, "made", both=True) if self._lines else ():
            made[batch.table] = pl.concat(
                [made.get(batch.table, batch.frame.clear()), batch.frame], how="diagonal_relaxed"
            )
        came = pl.col("record").is_in(list(self._cash_in))
        sides = {end: (f"originator{end}", f"beneficiary{end}") for end in ("", "_name", "_known_by")}
        made["transactions"] = made["transactions"].with_columns(
            pl.when(came).then(there).otherwise(here).alias(here)
            for pair in sides.values()
            for here, there in (pair, pair[::-1])
        )
        frames = {name: TABLES[name].complete(frame) for name, frame in made.items()}
        holders = {self.id(account): name for account, name in self._holders.items()}
        frames["accounts"] = frames["accounts"].with_columns(
            holder_name=pl.col("account").replace_strict(holders, default=None, return_dtype=pl.String)
        )
        if seed is None:
            return frames
        return {name: frame.sample(fraction=1, shuffle=True, seed=seed) for name, frame in frames.items()}

    def view(self, seed: int | None = None) -> CaseView:
        """Return the view of the case, its rows in the order they were made or shuffled."""
        tables = self.tables(seed)
        return CaseView(movements(tables["transactions"], _NO_DUPLICATES, TABLES["pairs"].empty()), tables)
