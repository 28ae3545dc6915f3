"""Counter-checks that several detectors share, made for the columns of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.features.holders import holders, one_holder

if TYPE_CHECKING:
    from finvest.findings.card import Check
    from finvest.view import CaseView


def listed_company(role: str) -> Check:
    """Make a check: the holder of the account in column `role` bears the name of a company on the company list."""

    def check(view: CaseView, rows: pl.DataFrame) -> pl.Series:
        return holders(view)["company"].gather(rows[role].list.first())

    return check


def held_together(role: str) -> Check:
    """Make a check: one holder, or one group of companies, has all accounts in column `role`."""

    def check(view: CaseView, rows: pl.DataFrame) -> pl.Series:
        return one_holder(view, rows[role])

    return check


def holds(fact: str) -> Check:
    """Make a check: the fact is true; null where the detector could not tell."""

    def check(view: CaseView, rows: pl.DataFrame) -> pl.Series:  # noqa: ARG001 - the contract of a check
        return rows[fact]

    return check


def mostly(part: str, *, of: str) -> Check:
    """Make a check: the fact `part` is at least half of the fact `of`."""

    def check(view: CaseView, rows: pl.DataFrame) -> pl.Series:  # noqa: ARG001 - the contract of a check
        return rows.select(pl.col(part) * 2 >= pl.col(of)).to_series()

    return check
