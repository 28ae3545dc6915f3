"""A trail: where claimed money went under a rule, hop by hop, where it lies, where it ended, and on what that rests."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.tracing.rules import RULES
from finvest.tracing.trail_tables import Tables, tables_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finvest.tracing.case_ledger import CaseLedger
    from finvest.tracing.claims import Claim
    from finvest.tracing.ledger import Limits
    from finvest.tracing.overdrafts import Overdraft
    from finvest.tracing.rules import Rule


@dataclass(frozen=True, slots=True)
class Sources:
    """What a trail asks of a case beside its ledger.

    Attributes
    ----------
    people : callable
        Account ids to rows of `finvest.tracing.people.SCHEMA`.
    ends : callable
        Rows of the ledger's movements to `finvest.tracing.ends.typed`.
    where : callable
        List(String) of transaction ids to List(String) of ``file:line``.
    doubtful : frozenset of str
        Transactions that may stand twice: a debit and a credit that no rule was sure to pair.
    """

    people: Callable[[Sequence[str]], pl.DataFrame]
    ends: Callable[[pl.DataFrame], pl.DataFrame]
    where: Callable[[pl.Series], pl.Series]
    doubtful: frozenset[str] = frozenset()


@dataclass(frozen=True, eq=False, repr=False)
class Trail:
    """Where claimed money went under one rule.

    Every figure is an interval: the extremes of the replays that were made (orders within days without a time of day,
    takes on opening balances that are not known), not a proven bound. Amounts in minor units.

    Attributes
    ----------
    rule : Rule
    claims : tuple of Claim
    ledger : CaseLedger
    limits : Limits
    sources : Sources
    overdraft : {"dissipation", "backwards"}
        What becomes of claimed money that repays an overdraft, see `finvest.tracing.overdrafts`.
    """

    rule: Rule
    claims: tuple[Claim, ...]
    ledger: CaseLedger
    limits: Limits
    sources: Sources
    overdraft: Overdraft = "dissipation"

    @cached_property
    def tables(self) -> Tables:
        """All figures, worked out once."""
        return tables_of(self)

    @property
    def movements(self) -> pl.DataFrame:
        """Movements that carry claimed money, in order of time, one row a movement and claim.

        ``n``, ``movement``, ``hop``, ``claim`` (name), ``day``, ``originator``, ``beneficiary`` (ids),
        ``originator_label``, ``beneficiary_label``, ``amount``, ``currency``, ``low``, ``high`` (claimed part of it),
        ``on_hypothesis`` (at most so much of it rests on a hypothesis), ``arrived_low``, ``arrived_high``,
        ``received_currency``, ``end`` (key of `finvest.tracing.ends.ENDS`, or ``depth``, ``materiality``, or null
        where it goes on), ``candidates``, ``crossed`` (number of a hypothesis), ``early``, ``possible_only``,
        ``records``, ``where`` (file and line).
        """
        return self.tables.movements

    @property
    def hops(self) -> pl.DataFrame:
        """Accounts that claimed money came to, nearest first, one row an account, currency and claim.

        ``hop``, ``account``, ``label``, ``conduit``, ``person``, ``name``, ``claim``, ``currency``, and, each with
        ``_low`` and ``_high``: ``into``, ``out``, ``remaining`` (at the end of its books; what lay there before a gap
        in them is in `restitution` as ``gap``), ``dissipated``; ``on_hypothesis``; ``as_of`` (last day
        on file); ``evidence`` (transaction ids).
        """
        return self.tables.hops

    @property
    def restitution(self) -> pl.DataFrame:
        """What became of each claim: ``claim``, ``place``, ``currency``, ``low``, ``high``, ``on_hypothesis``.

        ``place``: ``claimed``; ``held`` (it lies in accounts on file and can be frozen), ``gap`` (in an account whose
        books stop there), each kind of end, ``overdraft`` (it repaid one and, by backwards tracing,
        stands in `overdrafts`), ``dissipated`` (it repaid an overdraft), ``fees``, ``depth`` and
        ``materiality`` (cut by a limit). In one replay and currency they add up to what was claimed.
        """
        return self.tables.restitution

    @property
    def overdrafts(self) -> pl.DataFrame:
        """What overdrafts had paid for that claimed money repaid; no rows unless backwards tracing is asked for.

        ``claim``, ``account`` (overdrawn), ``account_label``, ``paid_day``, ``payee``, ``payee_label``,
        ``paid_amount``, ``currency``, ``repaid_day``, ``on_hypothesis``, ``paid_records``, ``paid_where``,
        ``repaid_records``, ``repaid_where``, ``low``, ``high`` (claimed money that stands in the payment).
        """
        return self.tables.overdrafts

    @property
    def recipients(self) -> pl.DataFrame:
        """Persons that claimed money came to; what came into a possible victim's account stands with who controls it.

        ``person``, ``name``, ``claim``, ``currency``, ``received_low``, ``received_high`` (from others),
        ``remaining_low``, ``remaining_high``, ``through`` (controlled accounts: a number, no names), ``on_hypothesis``.
        """
        return self.tables.recipients

    @property
    def freeze(self) -> pl.DataFrame:
        """Accounts in which claimed money lies at the end of the records, possible victims' accounts left out.

        ``account``, ``label``, ``name``, ``currency``, ``low``, ``high`` (of all claims), ``as_of``, ``on_hypothesis``.
        """
        return self.tables.freeze

    @property
    def accounts(self) -> pl.Series:
        """Ids of the accounts that the trail names."""
        moved, paid = self.movements, self.overdrafts
        named = [moved["originator"], moved["beneficiary"], self.hops["account"], paid["account"], paid["payee"]]
        return pl.concat(named).drop_nulls().unique().sort()

    @property
    def crossed(self) -> frozenset[int]:
        """Numbers of the hypotheses that the trail crosses."""
        return frozenset(self.movements["crossed"].drop_nulls().to_list())

    @property
    def notes(self) -> list[str]:
        """What limits the result, a sentence each."""
        return self.tables.notes

    def under(self, rule: str) -> Trail:
        """Return the same question under another rule."""
        return replace(self, rule=RULES[rule])

    def compare(self) -> pl.DataFrame:
        """Return what became of each claim under every rule.

        Returns
        -------
        polars.DataFrame
            Columns of `restitution` with ``rule`` in front. Poison is exposure: its figures do not add up to the claim.
        """
        return pl.concat([self._under(name).restitution.select(pl.lit(name).alias("rule"), pl.all()) for name in RULES])

    def compare_places(self) -> pl.DataFrame:
        """Return what lies where under every rule: `hops` of accounts in which something remains, ``rule`` in front."""
        rows = [self._under(name).hops.select(pl.lit(name).alias("rule"), pl.all()) for name in RULES]
        return pl.concat(rows).filter(pl.col("remaining_high") > 0)

    def _under(self, rule: str) -> Trail:
        if rule == self.rule.name:
            return self
        if rule not in self._others:
            self._others[rule] = self.under(rule)
        return self._others[rule]

    @cached_property
    def _others(self) -> dict[str, Trail]:
        return {}

    @property
    def sentences(self) -> list[str]:
        """The trail in plain sentences, hop by hop, then where it ended and on what it rests."""
        from finvest.tracing.sentences import sentences

        return sentences(self)

    def paths(self, account: str, most: int = 100) -> list[list[int]]:
        """Return chains of movements by which claimed money possibly came to an account, shortest first.

        Paths are made when asked for and never all: there can be more of them than movements by any factor.

        Parameters
        ----------
        account : str
            Id.
        most : int
            So many paths at most.

        Returns
        -------
        list of list of int
            Numbers of movements, each later in the replay than the one before.
        """
        from finvest.tracing.paths import paths

        return paths(self, account, most)

    def to_frame(self) -> pl.DataFrame:
        """Return the trail by hop."""
        return self.hops

    def __repr__(self) -> str:
        held = self.restitution.filter(pl.col("place") == "held")
        return (
            f"<Trail of {len(self.claims)} claim{'s' * (len(self.claims) != 1)} under {self.rule.title.lower()}: "
            f"{self.hops['account'].n_unique()} accounts, money still held in {len(held)} currencies and claims>"
        )

    def _repr_html_(self) -> Any:  # noqa: ANN401 - a string
        from importlib import import_module

        return import_module("finvest.views.trail").summary(self)
