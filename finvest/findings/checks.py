"""Checks of innocent explanations that several detectors share, made for the columns of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.features.holders import holders, one_holder
from finvest.features.ties import families_among
from finvest.findings.card import Check

if TYPE_CHECKING:
    from finvest.view import CaseView


def listed_company(role: str, *, keeps: float = 0.0) -> Check:
    """Make a check: the holder of the account in column `role` bears the name of a company on the company list."""

    def decides(view: CaseView, rows: pl.DataFrame) -> pl.Series:
        return holders(view)["company"].gather(rows[role].list.first())

    return Check(decides, keeps)


def listed_companies(role: str, *, keeps: float = 0.0) -> Check:
    """Make a check: the holders of all accounts in column `role` bear names of companies on the company list.

    Open where there is no list, or no name.
    """

    def decides(view: CaseView, rows: pl.DataFrame) -> pl.Series:
        company = holders(view)["company"]
        if company.null_count() == len(company):
            return pl.Series([None] * len(rows), dtype=pl.Boolean)
        flat = rows.select(pl.col(role).alias("account")).with_row_index("row").explode("account", empty_as_null=False)
        flat = flat.with_columns(company=company.gather(flat["account"]).fill_null(value=False))
        return flat.group_by("row", maintain_order=True).agg(pl.col("company").all())["company"]

    return Check(decides, keeps)


def held_together(*roles: str, keeps: float = 0.0) -> Check:
    """Make a check: one holder, or one group of companies, has all accounts in columns `roles`."""

    def decides(view: CaseView, rows: pl.DataFrame) -> pl.Series:
        return one_holder(view, rows.select(pl.concat_list(roles)).to_series())

    return Check(decides, keeps)


def related(role: str, *, most: int, keeps: float = 0.0) -> Check:
    """Make a check: the holders of all accounts in column `role` are of so many families at most.

    It does not hold where relations on file could have told, and is open where none are.
    """

    def decides(view: CaseView, rows: pl.DataFrame) -> pl.Series:
        among = families_among(view, rows[role])
        return among.select(pl.when(pl.col("families") <= most).then(True).when("told").then(False)).to_series()  # noqa: FBT003

    return Check(decides, keeps)


def holds(fact: str, *, keeps: float = 0.0) -> Check:
    """Make a check: the fact is true; null where the detector could not tell."""

    def decides(view: CaseView, rows: pl.DataFrame) -> pl.Series:  # noqa: ARG001 - the contract of a check
        return rows[fact]

    return Check(decides, keeps)


def mostly(part: str, *, of: str, keeps: float = 0.0) -> Check:
    """Make a check: the fact `part` is at least half of the fact `of`."""

    def decides(view: CaseView, rows: pl.DataFrame) -> pl.Series:  # noqa: ARG001 - the contract of a check
        return rows.select(pl.col(part) * 2 >= pl.col(of)).to_series()

    return Check(decides, keeps)
