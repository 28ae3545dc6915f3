"""Registers, pay, contacts, devices, adverts and wealth beside the records, so that every detector has its data.

Each bank account has a holder; one in twenty is a company. In small groups, one for each two thousand accounts, a
pattern of each kind is planted: wages that are swept, shared telephones, cards at one machine, and so on. The rest is
ordinary: every fifth holder is employed and paid what the made-up law of the country XX asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from benchmarks.generate import DAY, START
from finvest.model.tables import TABLES

if TYPE_CHECKING:
    from benchmarks.generate import Records

_SECOND = 1_000_000
_HOUR, _MINUTE = 3_600 * _SECOND, 60 * _SECOND
MONTHS = 3
WORKERS = 6
TREES = ("Alder", "Birch", "Cedar", "Dogwood", "Hawthorn", "Juniper")

LAW = (
    ("hourly_minimum", "12.00", "EUR"), ("employer_contribution", "20", None), ("holiday_accrual", "8", None),
    ("deduction_cap", "25", None), ("housing_cap", "20", None), ("subsistence_month", "600", "EUR"),
)  # fmt: skip

Rows = list[dict[str, Any]]


def party(numbers: np.ndarray | pl.Series) -> pl.Series:
    """Return the id of the holder of each account."""
    return "party-" + pl.Series(numbers).cast(pl.String).str.zfill(8)


def groups(records: Records) -> np.ndarray:
    """Return the accounts of each planted group, shape (groups, 12)."""
    bank = records.accounts - records.cash_points
    many = max(2, bank // 2_000)
    rng = np.random.default_rng(bank)
    persons = np.flatnonzero(np.arange(bank) % 20)
    return rng.choice(persons, (many, 12), replace=False)


def payments(records: Records, ids: pl.Series) -> pl.DataFrame:
    """Return the payments of the planted groups as rows of the table `transactions`, at known times."""
    bank, rows = records.accounts - records.cash_points, Rows()
    for g, members in enumerate(groups(records)):
        workers, (collector, sender, first, second, player, payer) = members[:WORKERS], members[WORKERS:]
        employer, machine = 20 * g, bank + g % records.cash_points
        for month in range(MONTHS):
            payday = START + (4 + 30 * month) * DAY + 9 * _HOUR
            for i, worker in enumerate(workers):
                _pay(rows, employer, worker, 1_400_00, payday + i, beneficiary_name=f"Holder {worker}")
                _pay(rows, worker, collector, 1_300_00, payday + 20 * _HOUR + i * _MINUTE)
                _pay(rows, employer, sender, 1_200_00, payday + i, beneficiary_name=f"{TREES[i]} {g}")
                sent = payday + 50 * _HOUR + i * 5 * _MINUTE
                outlet = {"mcc": "4829", "merchant": f"Outlet {g}"}
                _pay(rows, worker, (first, second)[i % 2], 80_00, sent, **outlet)
            _pay(rows, player, bank + g % records.cash_points, 2_000_00, payday, mcc="7995", channel="card_pos")
            _pay(rows, machine, player, 2_000_00, payday - _HOUR, channel="cash_branch")
        for day in range(10, 60, 12):
            for i, worker in enumerate(workers[:4]):
                at = START + day * DAY + 18 * _HOUR + i * 2 * _MINUTE
                _pay(rows, worker, machine, 40_00, at, channel="cash_atm", terminal=f"machine-{g}")
            _pay(rows, payer, collector, 31_00, START + day * DAY + 20 * _HOUR, merchant=f"Site {g % 7}")
    frame = pl.DataFrame(rows, infer_schema_length=None)
    return frame.with_columns(
        originator=ids.gather(frame["originator"]),
        beneficiary=ids.gather(frame["beneficiary"]),
        booked_at=pl.col("booked_at").cast(pl.Datetime("us", "UTC")),
        amount=pl.col("amount").cast(pl.Decimal(38, 0)),
        precision=pl.lit("second"),
        zone=pl.lit("UTC"),
        currency=pl.lit("EUR"),
    )


def _pay(rows: Rows, originator: int, beneficiary: int, amount: int, at: int, **columns: Any) -> None:
    both = {"originator": int(originator), "beneficiary": int(beneficiary)}
    rows.append(
        {
            **both, "amount": amount, "booked_at": at // _SECOND * _SECOND, "channel": "transfer", "mcc": None,
            "merchant": None, "terminal": None, "beneficiary_name": None, **columns,
        }
    )  # fmt: skip


def tables(records: Records, ids: pl.Series) -> dict[str, pl.DataFrame]:
    """Return the other tables by name, with finvest's own columns."""
    bank = records.accounts - records.cash_points
    number = np.arange(bank)
    every = pl.DataFrame({"n": number, "party": party(number), "company": number % 20 == 0})
    every = every.with_columns(name=pl.format("Holder {}", "n"), account=ids[:bank])
    firms = every.filter("company")
    planted = groups(records)
    made = {
        "parties": every.select(
            "party",
            "name",
            kind=pl.when("company").then(pl.lit("company")).otherwise(pl.lit("person")),
            country=pl.lit("XX"),
            subject_category=pl.lit("unclassified"),
        ),
        "companies": _companies(firms),
        "links": _links(firms, planted),
        "contacts": _contacts(every, ids, planted),
        "devices": _devices(every, ids, planted),
        "employments": _employments(every, ids, planted),
        "wage_rules": pl.DataFrame(
            [{"kind": k, "value": v, "currency": c, "country": "XX", "start": "2020-01-01"} for k, v, c in LAW]
        ),
        "invoices": _invoices(firms),
        "adverts": _adverts(planted),
        **_wealth(every, ids, planted),
    }
    return {name: _numbered(name, frame) for name, frame in made.items()}


def _numbered(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Give each row an id, where the table has one and the frame does not."""
    first = TABLES[name].columns[0].name
    if first in frame.columns:
        return frame
    return frame.with_row_index(first).with_columns(pl.format(f"{first}-{{}}", first).alias(first))


def _companies(firms: pl.DataFrame) -> pl.DataFrame:
    n = pl.col("n") // 20
    return firms.select(
        "party",
        "name",
        number="n",
        country=pl.lit("XX"),
        activity=pl.format("{}.10", 41 + n % 50),
        incorporated=pl.format("20{}-0{}-1{}", 10 + n % 14, 1 + n % 9, n % 9),
        address=pl.format("Street {}", n // 3),
        status=pl.lit("active"),
        declared_staff=5 + n % 300,
    )


def _links(firms: pl.DataFrame, planted: np.ndarray) -> pl.DataFrame:
    own = firms.select(from_id=party(firms["n"] + 1), to_id="party")
    many = firms.head(12 * len(planted))
    nominees = party(planted[:, 0][np.arange(len(many)) // 12])
    posts = pl.concat([own, many.select(from_id=nominees, to_id="party")]).with_columns(kind=pl.lit("directs"))
    related = pl.DataFrame({"from_id": party(planted[:, 6]), "to_id": party(planted[:, 7])})
    return pl.concat([posts, related.with_columns(kind=pl.lit("related_to"))]).with_columns(
        from_kind=pl.lit("parties"), to_kind=pl.lit("parties"), start=pl.lit("2020-01-01")
    )


def _contacts(every: pl.DataFrame, ids: pl.Series, planted: np.ndarray) -> pl.DataFrame:
    own = every.select(subject="account", value=pl.format("+4900{}", "n"), start=pl.lit("2019-05-01"))
    shared = pl.DataFrame(
        {"subject": ids.gather(planted[:, :WORKERS].ravel()), "value": np.repeat(np.arange(len(planted)), WORKERS)}
    ).with_columns(value=pl.format("+4911{}", "value"), start=pl.lit("2025-02-20"))
    rows = pl.concat([own, shared])
    return rows.with_columns(kind=pl.lit("phone"), key="value")


def _devices(every: pl.DataFrame, ids: pl.Series, planted: np.ndarray) -> pl.DataFrame:
    seen = [f"2025-03-{day:02d}T10:00:00Z" for day in (5, 12, 19)]
    own = every.select("account", device=pl.format("device-{}", "n"))
    acted = pl.DataFrame(
        {"account": ids.gather(np.repeat(planted[:, :4].ravel(), 4)), "device": np.repeat(np.arange(len(planted)), 16)}
    ).with_columns(device=pl.format("shared-{}", "device"))
    rows = pl.concat([own, acted]).with_columns(seen_at=pl.lit(seen)).explode("seen_at", empty_as_null=False)
    return rows.with_columns(kind=pl.lit("phone"))


def _employments(every: pl.DataFrame, ids: pl.Series, planted: np.ndarray) -> pl.DataFrame:
    ordinary = every.filter(~pl.col("company"), pl.col("n") % 5 == 0)
    fair = ordinary.select(
        employer=party(ordinary["n"] // 20 * 20),
        worker="party",
        payee_account="account",
        hours=pl.lit("160"),
        gross=2_400_00,
        net=1_800_00,
        deductions=pl.lit('{"tax": "600.00"}'),
    )
    low = pl.DataFrame(
        {
            "employer": party(np.repeat(20 * np.arange(len(planted)), WORKERS)),
            "worker": party(planted[:, :WORKERS].ravel()),
            "payee_account": ids.gather(planted[:, :WORKERS].ravel()),
        }
    ).with_columns(hours=pl.lit("220"), gross=2_100_00, net=1_400_00, deductions=pl.lit('{"housing": "700.00"}'))
    months = pl.DataFrame(
        {"start": ["2025-03-01", "2025-04-01", "2025-05-01"], "end": ["2025-03-31", "2025-04-30", "2025-05-31"]}
    )
    rows = pl.concat([fair, low.select(fair.columns).cast(dict(fair.schema))]).join(months, how="cross")
    return rows.with_columns(currency=pl.lit("EUR"))


def _invoices(firms: pl.DataFrame) -> pl.DataFrame:
    n = firms["n"]
    rows = pl.DataFrame({"supplier": firms["party"], "customer": firms["party"].reverse(), "n": n}).with_columns(
        amount=pl.when(pl.col("n") % 1_000 == 0).then(900_00).otherwise(2_500_00),
        hours=pl.lit("100"),
        currency=pl.lit("EUR"),
    )
    months = pl.DataFrame({"start": ["2025-03-01", "2025-04-01"], "end": ["2025-03-31", "2025-04-30"]})
    return rows.drop("n").join(months, how="cross").with_columns(issued="end")


def _adverts(planted: np.ndarray) -> pl.DataFrame:
    rows = Rows()
    for g in range(len(planted)):
        for day in range(10, 60, 12):
            at = START + day * DAY + 20 * _HOUR + 4 * _MINUTE
            rows.append({"site": f"Site {g % 7}", "phone": f"+4922{g}", "posted_at": at, "price": 31_00})
    posted = pl.col("posted_at").cast(pl.Datetime("us", "UTC")).dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return pl.DataFrame(rows).with_columns(posted, kind=pl.lit("job"), currency=pl.lit("EUR"))


def _wealth(every: pl.DataFrame, ids: pl.Series, planted: np.ndarray) -> dict[str, pl.DataFrame]:
    owners = party(planted[:, 7])
    firm = {"currency": pl.lit("EUR"), "mark": pl.lit("fact")}
    cash = pl.DataFrame({"party": owners, "asset": "cash", "kind": "cash", "amount": 1_000_00})
    cash = cash.join(pl.DataFrame({"day": ["2024-12-31", "2025-12-31"]}), how="cross")
    house = pl.DataFrame({"party": owners, "paid_from": ids.gather(planted[:, 7])}).with_columns(
        asset=pl.lit("house"), kind=pl.lit("property"), amount=pl.lit(120_000_00), began=pl.lit("2025-05-20")
    )
    earned = every.filter(~pl.col("company"), pl.col("n") % 5 == 0).select("party")
    more = pl.DataFrame({"party": party(np.concatenate([planted[:, 7], planted[:, 10]]))})
    incomes = pl.concat([earned, more]).with_columns(
        kind=pl.lit("wage"), amount=6_000_00, start=pl.lit("2025-01-01"), end=pl.lit("2025-12-31"),
        lawful=pl.lit("true"), declared=pl.lit("true"), **firm,
    )  # fmt: skip
    return {"assets": pl.concat([cash, house], how="diagonal").with_columns(**firm), "incomes": incomes}
