"""One line of one account's books in two files is one line; two payments are two."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import polars as pl

from finvest.pairing.coverage import coverage
from finvest.pairing.duplicates import duplicates
from tests.pairing.small import ANNA, BELA, DAY, OUTSIDER, case_of, debit
from tests.pairing.world import NUMBERS, POOR, TIMED, Line

if TYPE_CHECKING:
    from tests.pairing.statements import Case

FIRST, SECOND = replace(ANNA, last=DAY + 10), replace(ANNA, first=DAY - 10)


def found(case: Case) -> pl.DataFrame:
    return duplicates(case.transactions, coverage(case.transactions, case.balances, case.quarantine))


def pays(amount: int, day: int = DAY, **more: object) -> Line:
    return debit(FIRST, OUTSIDER, amount, day, **more)


def again(lines: list[Line], **changes: object) -> list[Line]:
    return [replace(n, account=SECOND, **changes) for n in lines]  # type: ignore[arg-type]


def edges(style: str) -> list[Line]:
    """Return lines around, so that the days between are inside a file that proves nothing."""
    return [debit(replace(ANNA, style=style), OUTSIDER, 1, day) for day in (DAY - 9, DAY + 9)]


def test_two_equal_payments_in_one_source_stay_two() -> None:
    assert found(case_of([pays(100), pays(100)])).is_empty()


def test_equal_payments_of_a_day_are_linked_one_to_one() -> None:
    lines = [pays(100), pays(100)]
    rows = found(case_of(lines, again(lines)))
    assert len(rows) == 2
    assert rows["duplicate_of"].is_unique().all()
    assert (rows["duplicate_of"] < rows["transaction_id"]).all()


def test_other_accounts_books_are_never_linked() -> None:
    assert found(case_of([pays(100)], [debit(BELA, OUTSIDER, 100)])).is_empty()


def test_two_references_of_the_bank_are_two_lines() -> None:
    lines = [pays(100, bank_reference="000417")]
    assert found(case_of(lines, again(lines, bank_reference="000418"))).is_empty()


def test_an_equal_reference_links_where_nothing_proves_the_day() -> None:
    lines = [pays(100, bank_reference="000417"), pays(100, bank_reference="000418")]
    case = case_of(lines, again(lines))
    assert len(duplicates(case.transactions, coverage(case.transactions, case.balances.clear(), case.quarantine))) == 2


def test_a_placeholder_is_no_reference() -> None:
    lines = [pays(100, bank_reference="NONREF")]
    case = case_of(lines, again(lines))
    assert duplicates(case.transactions, coverage(case.transactions, case.balances.clear(), case.quarantine)).is_empty()


def test_a_different_number_of_equal_lines_is_linked_by_text_only() -> None:
    lines = [pays(100, text="rent of march"), pays(100, text="loan of march")]
    rows = found(case_of(lines, again(lines[:1])))
    assert len(rows) == 1
    assert found(case_of(lines, again(lines[:1], text="something else"))).is_empty()


def test_one_complete_source_is_enough() -> None:
    """The export proves nothing, but what it shows is among the lines of the statement."""
    lines = [pays(100, text="rent of march")]
    poor = [replace(n, account=replace(SECOND, style=POOR), text="another text") for n in lines]
    assert len(found(case_of(lines, poor))) == 1


def test_two_pages_of_a_day_are_no_copies() -> None:
    """The one file ends in the middle of the day on which the other begins."""
    page1 = [debit(replace(ANNA, last=DAY), OUTSIDER, 100)]
    page2 = [debit(replace(ANNA, first=DAY), OUTSIDER, 100)]
    case = case_of(page1, page2)
    follows = case.balances.with_columns(
        opening=pl.when(pl.col("source") == case.balances["source"][1])
        .then(case.balances["closing"][0])
        .otherwise("opening")
    )
    assert duplicates(case.transactions, coverage(case.transactions, follows, case.quarantine)).is_empty()


def test_files_that_prove_nothing_link_inside_by_text_and_party_only() -> None:
    poor = replace(SECOND, style=POOR)
    one = [*edges(POOR), debit(poor, OUTSIDER, 100, text="rent of march")]
    assert len(found(case_of(one, one))) == 1  # the first and the last day may be shown in part
    other_party = [*edges(POOR), debit(poor, BELA, 100, text="rent of march")]
    assert found(case_of(one, other_party)).is_empty()
    other_text = [*edges(POOR), debit(poor, OUTSIDER, 100, text="loan of march")]
    assert found(case_of(one, other_text)).is_empty()


def test_the_local_day_counts_not_the_instant() -> None:
    """One file writes 23:30, another the date."""
    lines = [*edges(TIMED), debit(replace(ANNA, style=TIMED), OUTSIDER, 100)]
    rich = [replace(n, account=replace(SECOND, style="full")) for n in lines[2:]]
    assert len(found(case_of(lines, rich))) == 1


def test_a_line_in_three_sources_is_one_class() -> None:
    lines = [pays(100, bank_reference="000417")]
    numbers = [replace(n, account=replace(SECOND, style=NUMBERS), bank_reference=None) for n in lines]
    rows = found(case_of(lines, again(lines), numbers))
    assert len(rows) == 2
    assert rows["duplicate_of"].n_unique() == 1
