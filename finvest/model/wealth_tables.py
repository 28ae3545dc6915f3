"""The tables of wealth: what people own and owe on a day, and what they earn and spend over a period.

The indirect methods of proof are computed from these. A mark says how firm an amount is; where nobody said, it counts
as an assumption.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from finvest.model.columns import DAY, MINOR, TEXT, TRUTH, define

if TYPE_CHECKING:
    import polars as pl

FACT, ESTIMATE, ASSUMPTION = "fact", "estimate", "assumption"

MARKS = (FACT, ESTIMATE, ASSUMPTION)
"""How firm an amount is: shown by a record, worked out, or taken to be so."""

CASH = "cash"

ASSET_KINDS = (
    CASH,
    "account",
    "property",
    "vehicle",
    "valuables",
    "securities",
    "business",
    "crypto",
    "claim",
    "other",
)
LIABILITY_KINDS = ("mortgage", "loan", "card", "overdraft", "tax", "private", "other")
INCOME_KINDS = (
    "wage", "business", "rent", "benefit", "pension", "interest", "sale", "other",
    "gift", "inheritance", "insurance", "windfall",
)  # fmt: skip
OUTLAY_KINDS = (
    "living", "rent", "travel", "luxury", "gambling", "gift", "interest", "tax", "fine", "school", "health", "other",
)  # fmt: skip

NO_INCOME = ("gift", "inheritance", "insurance", "windfall")
"""Receipts that are no income, and explain wealth all the same."""

CHANGING = (CASH, "account", "crypto")
"""Assets whose value moves by itself: known only on the days for which a record values them."""

_FIRM = (
    ("mark", TEXT, f"how firm the amount is: {', '.join(MARKS)}; an assumption where nobody said"),
    ("known_by", TEXT, "how it is known: a register, contract, receipt, statement of the person, or a reason"),
)


def _amounts(meaning: str) -> tuple[tuple[str, pl.DataType, str], ...]:
    return (
        ("amount", MINOR, meaning),
        ("amount_low", MINOR, "the least that it can be, where it is not exact"),
        ("amount_high", MINOR, "the most that it can be, where it is not exact"),
        ("currency", TEXT, "its currency"),
    )


WEALTH = (
    define(
        "assets",
        "What a party owns, valued at cost on a day",
        ("asset", TEXT, "opaque id, or what the list calls it; the same on every day it is valued"),
        ("party", TEXT, "owner"),
        ("kind", TEXT, ", ".join(ASSET_KINDS)),
        ("description", TEXT, "what it is"),
        ("country", TEXT, "country it is in, ISO 3166 alpha-2"),
        ("day", DAY, "day for which it is valued"),
        ("began", DAY, "day it was acquired"),
        ("ended", DAY, "day it was sold, lost or given away"),
        *_amounts("what it cost, never what it would fetch; of cash and accounts, the balance at the end of the day"),
        ("paid_from", TEXT, "account that paid for it"),
        *_FIRM,
    ),
    define(
        "liabilities",
        "What a party owes on a day",
        ("liability", TEXT, "opaque id, or what the list calls it; the same on every day it is valued"),
        ("party", TEXT, "debtor"),
        ("kind", TEXT, ", ".join(LIABILITY_KINDS)),
        ("description", TEXT, "what it is"),
        ("creditor", TEXT, "creditor as written"),
        ("day", DAY, "day for which it is stated"),
        ("began", DAY, "day it was taken on"),
        ("ended", DAY, "day it was paid off"),
        *_amounts("what is owed at the end of the day"),
        *_FIRM,
    ),
    define(
        "incomes",
        "What a party received from one source over a period",
        ("income", TEXT, "opaque id, or what the list calls it"),
        ("party", TEXT, "receiver"),
        ("kind", TEXT, ", ".join(INCOME_KINDS) + "; the last four are receipts that are no income"),
        ("payer", TEXT, "who paid, as written"),
        ("start", DAY, "first day of the period"),
        ("end", DAY, "last day of the period"),
        *_amounts("what was received in the period"),
        ("lawful", TRUTH, "known to be lawful; no: known to be from an offence"),
        ("declared", TRUTH, "declared to the tax office"),
        *_FIRM,
    ),
    define(
        "outlays",
        "What a party spent over a period on anything but assets and debts",
        ("outlay", TEXT, "opaque id, or what the list calls it"),
        ("party", TEXT, "who spent it"),
        ("kind", TEXT, ", ".join(OUTLAY_KINDS)),
        ("description", TEXT, "what for"),
        ("start", DAY, "first day of the period"),
        ("end", DAY, "last day of the period"),
        *_amounts("what was spent in the period"),
        *_FIRM,
    ),
)

CHOICES = {
    "assets": {"kind": ASSET_KINDS, "mark": MARKS},
    "liabilities": {"kind": LIABILITY_KINDS, "mark": MARKS},
    "incomes": {"kind": INCOME_KINDS, "mark": MARKS},
    "outlays": {"kind": OUTLAY_KINDS, "mark": MARKS},
}
"""Words of a column that readers of the table know; any other is set aside."""
