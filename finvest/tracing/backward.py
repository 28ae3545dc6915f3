"""Where money came from: the sources of a payment, or of what an account held at the end of a day."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.errors import UsageError
from finvest.model.money import show
from finvest.tracing.rules import RULES, rule_named

if TYPE_CHECKING:
    from datetime import date

    from finvest.tracing.case_ledger import CaseLedger
    from finvest.tracing.origin_tables import About, Tables
    from finvest.tracing.rules import Rule
    from finvest.tracing.trail import Sources

KINDS = {
    "outside": "came in from an account of which no books are on file that day",
    "fx": "came in by a conversion, without both legs in one holder's books",
    "opening": "lay in the account when its books begin",
    "unknown": "was there before the records, of which nothing is known",
    "credit": "was lent by the bank: the account was overdrawn",
}
"""Kinds of sources, as a reader is told."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked about: a payment, or an account at the end of a day.

    Attributes
    ----------
    transaction : str
        Id of a record of the payment.
    account : str
        In its place: id of an account …
    day : datetime.date, optional
        … at the end of this day …
    currency : str, optional
        … in this currency, where the account has several.
    """

    transaction: str = ""
    account: str = ""
    day: date | None = None
    currency: str | None = None

    def __post_init__(self) -> None:
        if bool(self.transaction) is bool(self.account):
            raise UsageError("ask where a payment came from, or what an account held on a day")
        if bool(self.account) is not (self.day is not None):
            raise UsageError("say of which account and at the end of which day")


@dataclass(frozen=True, eq=False, repr=False)
class Origins:
    """Where money came from under one rule.

    Every figure is an interval: the extremes of the replays that were made (orders within days without a time of day,
    takes on opening balances that are not known), not a proven bound. In one replay the sources add up to the target.

    Attributes
    ----------
    rule : Rule
        First in first out and last in first out know every lot by its source; pro rata passes weights back, in which
        each division moves less than 2⁻⁶⁰ of the target to another source.
    target : Target
    ledger : CaseLedger
    sources : Sources
    """

    rule: Rule
    target: Target
    ledger: CaseLedger
    sources: Sources

    @cached_property
    def tables(self) -> Tables:
        """All figures, worked out once."""
        from finvest.tracing.origin_tables import tables_of

        return tables_of(self)

    @property
    def amount(self) -> int:
        """What is asked about, minor units of `currency`; where the orders tried differ, the most of it."""
        return self.tables.amount

    @property
    def currency(self) -> str:
        """Currency of the target."""
        return self.tables.currency

    @property
    def about(self) -> About:
        """The payment or balance that is asked about."""
        return self.tables.about

    @property
    def kinds(self) -> pl.DataFrame:
        """What the sources of each kind add up to: ``kind``, ``low``, ``high``, ``on_hypothesis``, ``currency``."""
        return self.tables.kinds

    @property
    def books(self) -> pl.DataFrame:
        """The books that were searched: rows of `finvest.tracing.case_ledger.CaseLedger.pots`."""
        return self.tables.books

    @property
    def accounts(self) -> pl.Series:
        """Ids of the accounts that the answer names."""
        rows, about = self.tables.sources, pl.Series([self.about.originator, self.about.beneficiary], dtype=pl.String)
        named = [rows["originator"], rows["beneficiary"], self.books["account"], about]
        return pl.concat(named).drop_nulls().unique().sort()

    @property
    def crossed(self) -> frozenset[int]:
        """Numbers of the hypotheses through which some of it may have come."""
        return self.tables.crossed

    @property
    def notes(self) -> list[str]:
        """What limits the result, a sentence each."""
        return self.tables.notes

    def to_frame(self) -> pl.DataFrame:
        """Return the sources, the largest first.

        Returns
        -------
        polars.DataFrame
            ``n`` (number of the movement; null for balances), ``kind`` (key of `KINDS`), ``day``, ``originator``,
            ``beneficiary`` (ids; of a balance or credit the account itself is the beneficiary), ``originator_label``,
            ``beneficiary_label``, ``paid`` (all of the source: minor units of ``paid_currency``; null where not known),
            ``paid_currency``, ``low``, ``high`` (part of the target that came from it), ``on_hypothesis`` (at most so
            much of that came through a hypothesis; both minor units of ``currency``), ``currency``, ``doubtful`` (it
            may be the other record of a payment on file), ``records`` (transaction ids), ``where`` (file and line).
        """
        return self.tables.sources

    def under(self, rule: str) -> Origins:
        """Return the same question under another rule that can answer it.

        Raises
        ------
        UsageError
            If it cannot, or there is none of that name.
        """
        return self._others[answering(rule).name]

    @cached_property
    def _others(self) -> dict[str, Origins]:
        every = {name: rule for name, rule in RULES.items() if rule.backward}
        return {name: self if rule is self.rule else replace(self, rule=rule) for name, rule in every.items()}

    def compare(self) -> pl.DataFrame:
        """Return the sources under every rule that can answer: columns of `to_frame` with ``rule`` in front."""
        found = self._others.items()
        return pl.concat([asked.to_frame().select(pl.lit(name).alias("rule"), pl.all()) for name, asked in found])

    def compare_kinds(self) -> pl.DataFrame:
        """Return `kinds` under every rule that can answer, ``rule`` in front."""
        found = self._others.items()
        return pl.concat([asked.kinds.select(pl.lit(name).alias("rule"), pl.all()) for name, asked in found])

    def _repr_html_(self) -> Any:  # noqa: ANN401 - a string
        from importlib import import_module

        return import_module("finvest.views.origins").summary(self)

    def __repr__(self) -> str:
        rows = self.to_frame()
        known = rows.filter(pl.col("kind").is_in(["unknown"]).not_())
        return (
            f"<Origins of {show(self.amount, self.currency)} under {self.rule.title.lower()}: {len(rows)} sources, "
            f"{len(known)} of them known>"
        )


def origins(ledger: CaseLedger, rule: str | None, target: Target, sources: Sources) -> Origins:
    """Ask where money came from.

    Parameters
    ----------
    ledger : CaseLedger
    rule : str
        ``fifo``, ``lifo`` or ``pro_rata``; there is no default, because the result depends on it.
    target : Target
    sources : Sources

    Raises
    ------
    UsageError
        If no rule is named, none of that name is known, or it cannot answer the question; if the target is no movement
        of this case.
    NotAssessable
        If the account has no books on file that day, or its balance is not known.
    """
    found = Origins(answering(rule), target, ledger, sources)
    _ = found.tables
    return found


def answering(rule: str | None) -> Rule:
    """Return a rule that can say where money came from.

    Raises
    ------
    UsageError
        If no rule is named, none of that name is known, or it cannot.
    """
    named = rule_named(rule)
    if not named.conserves:
        raise UsageError("poison marks exposure and has no amounts: it cannot say where money came from")
    if not named.backward:
        raise UsageError(
            f"{named.title.lower()} is defined by what is claimed: name a claim and follow it; fifo, lifo and pro_rata "
            "say where money came from without one"
        )
    return named
