"""The tables of a view, a typed property each; generated from `finvest.model.tables` by `make docs`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import polars as pl


class ViewTables:
    """Tables as lazy frames, without their protected columns; row numbers are the column ``n``."""

    def frame(self, name: str) -> pl.DataFrame:
        """Return a table as a frame."""
        raise NotImplementedError

    @property
    def transactions(self) -> pl.LazyFrame:
        """One record of a movement of money, as one account's books (or a payment file) show it."""
        return self.frame("transactions").lazy()

    @property
    def identifiers(self) -> pl.LazyFrame:
        """By what an account or party is known, as written and as comparison key."""
        return self.frame("identifiers").lazy()

    @property
    def accounts(self) -> pl.LazyFrame:
        """Where money is held."""
        return self.frame("accounts").lazy()

    @property
    def balances(self) -> pl.LazyFrame:
        """A statement's totals, for reconciliation and coverage."""
        return self.frame("balances").lazy()

    @property
    def orders(self) -> pl.LazyFrame:
        """A payment order; never an edge by itself."""
        return self.frame("orders").lazy()

    @property
    def parties(self) -> pl.LazyFrame:
        """A person, company, public body or unknown holder."""
        return self.frame("parties").lazy()

    @property
    def links(self) -> pl.LazyFrame:
        """A dated relation between parties, accounts, addresses, contacts."""
        return self.frame("links").lazy()

    @property
    def addresses(self) -> pl.LazyFrame:
        """A place as written."""
        return self.frame("addresses").lazy()

    @property
    def contacts(self) -> pl.LazyFrame:
        """A telephone, e-mail or other contact of a party or account."""
        return self.frame("contacts").lazy()

    @property
    def companies(self) -> pl.LazyFrame:
        """What a register says of a company."""
        return self.frame("companies").lazy()

    @property
    def filings(self) -> pl.LazyFrame:
        """A company's dated figures."""
        return self.frame("filings").lazy()

    @property
    def employments(self) -> pl.LazyFrame:
        """Who works for whom, for how much."""
        return self.frame("employments").lazy()

    @property
    def shifts(self) -> pl.LazyFrame:
        """Hours that somebody worked, as a time sheet, roster or access log shows them."""
        return self.frame("shifts").lazy()

    @property
    def invoices(self) -> pl.LazyFrame:
        """A bill for work or goods."""
        return self.frame("invoices").lazy()

    @property
    def wage_rules(self) -> pl.LazyFrame:
        """What the law or an agreement says of pay, by country, branch and day: an editable, dated list."""
        return self.frame("wage_rules").lazy()

    @property
    def licences(self) -> pl.LazyFrame:
        """A permission to do business."""
        return self.frame("licences").lazy()

    @property
    def premises(self) -> pl.LazyFrame:
        """A place of business or housing."""
        return self.frame("premises").lazy()

    @property
    def benefits(self) -> pl.LazyFrame:
        """A public benefit paid."""
        return self.frame("benefits").lazy()

    @property
    def adverts(self) -> pl.LazyFrame:
        """An advertisement."""
        return self.frame("adverts").lazy()

    @property
    def travel(self) -> pl.LazyFrame:
        """A journey booked."""
        return self.frame("travel").lazy()

    @property
    def devices(self) -> pl.LazyFrame:
        """A device or login seen at an account."""
        return self.frame("devices").lazy()

    @property
    def watchlist(self) -> pl.LazyFrame:
        """A name or identifier to watch for."""
        return self.frame("watchlist").lazy()

    @property
    def assets(self) -> pl.LazyFrame:
        """What a party owns, valued at cost on a day."""
        return self.frame("assets").lazy()

    @property
    def liabilities(self) -> pl.LazyFrame:
        """What a party owes on a day."""
        return self.frame("liabilities").lazy()

    @property
    def incomes(self) -> pl.LazyFrame:
        """What a party received from one source over a period."""
        return self.frame("incomes").lazy()

    @property
    def outlays(self) -> pl.LazyFrame:
        """What a party spent over a period on anything but assets and debts."""
        return self.frame("outlays").lazy()
