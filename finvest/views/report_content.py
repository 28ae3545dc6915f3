"""What a report is made of. The case fills it; the report only writes it down."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from finvest.findings.finding import Finding
    from finvest.findings.ranking import Ranked
    from finvest.view import CaseView

MEMBERS = pl.Schema(
    {
        "finding": pl.String(),
        "date": pl.String(),
        "originator": pl.String(),
        "beneficiary": pl.String(),
        "amount": pl.Int64(),
        "currency": pl.String(),
        "channel": pl.String(),
        "reference": pl.String(),
        "files": pl.List(pl.String()),
    }
)
"""Columns of `ReportContent.members`; ``amount`` may be any whole number or `Decimal(38, 0)`."""


MOST_FINDINGS = 100
"""Findings that a report describes in full."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContent:
    """Everything a report says, as the case knows it.

    Frames may have more columns than are named here, and may be empty; a column that is missing is left out of the
    report. Amounts are minor units of the row's ``currency``.

    Attributes
    ----------
    title, purpose, legal_basis, actor, created : str
        Of the case: what it is called, what for and on which basis, who opened it and when.
    written : str
        Who wrote this report and when.
    version : str
        Version of finvest.
    handling : {"H0", "H1", "H2", "H3"}
        Handling code of the whole report, on every printed page: the strictest of its records.
    sources : polars.DataFrame
        One row a source: ``name``, ``sha256``, ``loader``, ``profile`` (its name), ``records``, ``loaded``,
        ``quarantined``, ``headers``, ``blanks``, ``start`` and ``end`` (first and last day of its records).
    statements : polars.DataFrame
        One row a statement, as `finvest.pairing.reconciliation.reconcile` gives them, accounts and sources by the
        names a reader knows: ``account``, ``currency``, ``source``, ``start``, ``end``, ``opening``, ``movements``,
        ``closing``, ``difference``, ``proof``, ``gap_days``.
    doubles : polars.DataFrame
        What may be counted twice: ``originator``, ``beneficiary``, ``currency``, ``count``, ``amount``.
    quarantine : polars.DataFrame
        One row a record that was not loaded: ``file``, ``reason``, ``meaning``; counted here.
    view : CaseView
        What the findings were found in; the pictures are drawn from it.
    findings : sequence of Finding
        In the order to be read, withdrawn ones among them or last.
    ranking : iterable of Ranked
        Accounts and parties for review. Whoever is a possible victim in any finding is taken out.
    members : polars.DataFrame
        The movements that findings rest on, one row a movement and finding, in order of time, columns as `MEMBERS`:
        ``date`` is text, with the time where the books give one; ``originator`` and ``beneficiary`` are the labels of
        the view; ``files`` holds ``file:line`` of every record behind the movement, of both books and duplicates.
    others : mapping of str to mapping of str to polars.DataFrame
        By finding and table, the records that it rests on besides movements, as a reader sees them.
    titles : mapping of str to str
        Title of each detector by catalogue id, for those that found nothing or could not be asked.
    not_assessable : mapping of str to str
        Catalogue id of a detector to the reason why it can say nothing on this case.
    not_searched : mapping of str to sequence of str
        Catalogue id to what could not be judged or was not searched to its end, a sentence each.
    most_findings, most_members, most_rows : int
        Findings described in full, movements listed for each, rows of any other table; what is left out is counted.
    """

    title: str
    purpose: str
    legal_basis: str
    actor: str
    created: str
    written: str
    version: str
    handling: str = "H0"
    sources: pl.DataFrame
    statements: pl.DataFrame
    doubles: pl.DataFrame
    quarantine: pl.DataFrame
    view: CaseView
    findings: Sequence[Finding]
    ranking: Iterable[Ranked]
    members: pl.DataFrame
    others: Mapping[str, Mapping[str, pl.DataFrame]] = field(default_factory=dict)
    titles: Mapping[str, str] = field(default_factory=dict)
    not_assessable: Mapping[str, str] = field(default_factory=dict)
    not_searched: Mapping[str, Sequence[str]] = field(default_factory=dict)
    most_findings: int = MOST_FINDINGS
    most_members: int = 500
    most_rows: int = 200
