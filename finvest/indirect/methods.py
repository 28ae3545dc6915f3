"""The indirect methods of proof over lines: from what can be seen to what must have come in."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from finvest.indirect.proof import Method, Part, Proof, prove
from finvest.model.errors import NotAssessable, UsageError
from finvest.model.wealth_tables import ASSUMPTION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from finvest.indirect.line import Line

_LEFT_OPEN = (
    "Ask about gifts, inheritance, insurance payments, loans from friends and lawful work that nobody declared.",
)

NET_WORTH = Method(
    "net_worth",
    "Net worth",
    "What was owned less what was owed, at the end and at the start, both at cost: the difference, and what was spent "
    "in between, has to be paid by something. Lawful income and gifts, inheritance and the like are taken off.",
    "{central} of what was acquired and spent is not explained by lawful means on file.",
    "Lawful means on file explain all that was acquired and spent; {central} of them is left.",
    _LEFT_OPEN,
)
APPLICATIONS = Method(
    "source_and_application",
    "Source and application of funds",
    "All that money was used for, less all known sources of money, in the same period.",
    "{central} was used that no known source of money explains.",
    "Known sources of money explain all that was used; {central} of them is left.",
    _LEFT_OPEN,
)
DEPOSITS = Method(
    "bank_deposits",
    "Bank deposits",
    "All deposits, without transfers between own accounts, cash that was taken out and paid in again, loans, gifts and "
    "refunds; with cash that was spent and never deposited; less receipts that are known.",
    "{central} came in that no known receipt explains.",
    "Known receipts explain all that came in; {central} of them is not seen in the accounts.",
    _LEFT_OPEN,
)
VOLUME = Method(
    "unit_and_volume",
    "Unit and volume",
    "The number of units sold, worked out from something that can be counted, times the price of one; less what was "
    "declared.",
    "{central} was taken in that was not declared.",
    "What was declared covers the volume; {central} more was declared.",
    ("Ask whether the price was the same for all, and what was counted but not sold.",),
)
MARK_UP = Method(
    "percentage_mark_up",
    "Percentage mark-up",
    "What the inputs cost, with the mark-up that is usual in the trade; less what was declared.",
    "{central} was taken in that was not declared.",
    "What was declared covers the usual turnover; {central} more was declared.",
    ("Ask about waste, theft, own use and prices below the trade's.",),
)


def net_worth_from(
    currency: str,
    *,
    opening_cash: Sequence[Line],
    opening_assets: Sequence[Line] = (),
    opening_debts: Sequence[Line] = (),
    closing_assets: Sequence[Line] = (),
    closing_debts: Sequence[Line] = (),
    outlays: Sequence[Line] = (),
    receipts: Sequence[Line] = (),
    income: Sequence[Line] = (),
    about: str = "",
    notes: Sequence[str] = (),
) -> Proof:
    """Work out what two positions at cost, and what was spent between them, leave unexplained.

    Parameters
    ----------
    currency : str
        ISO 4217 code; every amount is in whole minor units of it.
    opening_cash : sequence of Line
        Cash on hand at the start, shown by a record or worked out from one; a line of 0 where there was none.
    opening_assets, closing_assets : sequence of Line
        Other assets at the start, and all at the end (cash too), at cost.
    opening_debts, closing_debts : sequence of Line
    outlays : sequence of Line
        Living costs and all other spending that is no asset and no repayment.
    receipts : sequence of Line
        Receipts that are no income: gifts, inheritance, insurance.
    income : sequence of Line
        Known lawful income.
    about : str
        Whom and which period it is about.
    notes : sequence of str
        What was left open.

    Raises
    ------
    NotAssessable
        If the opening position is not proven: cash on hand is not given, or merely assumed.
    UsageError
        If the currency is not one, or an amount is no whole number.
    """
    if not opening_cash or any(line.mark == ASSUMPTION for line in opening_cash):
        raise NotAssessable(
            "net worth needs a proven opening position: ask for a record of the cash on hand at the start, also where "
            "it is none; an assumption is not enough"
        )
    parts = [
        *_parts("asset at the start", -1, (*opening_cash, *opening_assets)),
        *_parts("debt at the start", 1, opening_debts),
        *_parts("asset at the end", 1, closing_assets),
        *_parts("debt at the end", -1, closing_debts),
        *_parts("outlay", 1, outlays),
        *_parts("receipt that is no income", -1, receipts),
        *_parts("lawful income", -1, income),
    ]
    return prove(NET_WORTH, parts, currency, about=about, notes=notes)


def source_and_application(
    currency: str, *, applications: Sequence[Line], sources: Sequence[Line], opening_cash: Sequence[Line]
) -> Proof:
    """Work out what was used beyond known sources (the expenditures method).

    Parameters
    ----------
    currency : str
    applications : sequence of Line
        Increases of assets (cash at the end too), decreases of debts, expenses, gifts made.
    sources : sequence of Line
        Known income, decreases of assets, increases of debts, gifts received.
    opening_cash : sequence of Line
        Cash on hand at the start; a line of 0 where there was none.

    Raises
    ------
    NotAssessable
        If cash on hand at the start is not given.
    """
    if not opening_cash:
        raise NotAssessable(
            "source and application needs the cash on hand at the start: what was spent may have come from it; ask for "
            "a record, also where it is none"
        )
    parts = [
        *_parts("application", 1, applications),
        *_parts("source", -1, sources),
        *_parts("cash at the start", -1, opening_cash),
    ]
    return prove(APPLICATIONS, parts, currency)


def bank_deposits(
    currency: str,
    *,
    deposits: Sequence[Line],
    own_transfers: Sequence[Line] = (),
    redeposits: Sequence[Line] = (),
    not_income: Sequence[Line] = (),
    cash_spent: Sequence[Line] = (),
    known: Sequence[Line] = (),
) -> Proof:
    """Work out what came into accounts, or was spent in cash, beyond known receipts.

    Parameters
    ----------
    currency : str
    deposits : sequence of Line
        Everything that was credited to any account of the person.
    own_transfers, redeposits, not_income : sequence of Line
        What of it came from own accounts, had been taken out before, or was a loan, gift or refund.
    cash_spent : sequence of Line
        Cash that was spent and never deposited nor taken out of an account.
    known : sequence of Line
        Known receipts.

    Raises
    ------
    NotAssessable
        If there are no deposits.
    """
    if not deposits:
        raise NotAssessable("bank deposits needs the credits of every account of the person: ask the banks for them")
    parts = [
        *_parts("deposit", 1, deposits),
        *_parts("transfer between own accounts", -1, own_transfers),
        *_parts("paid in again", -1, redeposits),
        *_parts("loan, gift or refund", -1, not_income),
        *_parts("cash spent and never deposited", 1, cash_spent),
        *_parts("known receipt", -1, known),
    ]
    return prove(DEPOSITS, parts, currency)


def unit_and_volume(
    currency: str, *, volume: Sequence[Line], price: Line | None, declared: Sequence[Line] = ()
) -> Proof:
    """Work out takings from a number of units and the price of one.

    Parameters
    ----------
    currency : str
    volume : sequence of Line
        Factors whose product is the number of units: kilograms of laundry, towels in a kilogram, clients a towel.
    price : Line
        Price of a unit, minor units.
    declared : sequence of Line
        What was declared of it.

    Raises
    ------
    NotAssessable
        If the number of units or the price is not given.
    """
    if not volume or price is None:
        raise NotAssessable(
            "unit and volume needs a count and a price: ask for invoices of what was used up (laundry, supplies, "
            "water, hours worked) and for price lists, adverts or messages with prices"
        )
    parts = [
        *(Part("factor of the volume", 1, line, "number") for line in volume),
        Part("price of a unit", 1, price),
        *_parts("declared", -1, declared),
    ]
    factors = len(volume) + 1

    def total(values: Sequence[Fraction]) -> Fraction:
        return prod(values[1:factors], start=values[0]) - sum(values[factors:])

    return prove(VOLUME, parts, currency, total)


def percentage_mark_up(
    currency: str, *, cost: Sequence[Line], mark_up: Line | None, declared: Sequence[Line] = ()
) -> Proof:
    """Work out turnover from the cost of inputs and the mark-up that is usual in the trade.

    Parameters
    ----------
    currency : str
    cost : sequence of Line
        What the inputs cost, minor units.
    mark_up : Line
        Percent of the cost that is added to it: 200 makes the price three times the cost.
    declared : sequence of Line
        Declared turnover.

    Raises
    ------
    NotAssessable
        If the cost or the mark-up is not given.
    """
    if not cost or mark_up is None:
        raise NotAssessable(
            "percentage mark-up needs the cost of inputs and the trade's mark-up: ask suppliers for their invoices, "
            "and the tax office or the statistics office for the trade's usual mark-up"
        )
    parts = [
        Part("mark-up", 1, mark_up, "percent"),
        *_parts("cost of inputs", 1, cost),
        *_parts("declared", -1, declared),
    ]

    def total(values: Sequence[Fraction]) -> Fraction:
        inputs = values[1 : 1 + len(cost)]
        return sum(inputs, values[0] * 0) * (100 + values[0]) / 100 - sum(values[1 + len(cost) :])

    return prove(MARK_UP, parts, currency, total)


def _parts(name: str, sign: int, lines: Sequence[Line]) -> list[Part]:
    if not all(hasattr(line, "because") for line in lines):
        raise UsageError(f"{name}: give lines, made with fact, estimate or assumption")
    return [Part(name, sign, line) for line in lines]
