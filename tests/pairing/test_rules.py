"""Each rule pairs what it is for, and not the pair that looked like it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pairing.small import (
    ANNA,
    BELA,
    CARL,
    DAY,
    DORA,
    OUTSIDER,
    case_of,
    credit,
    debit,
    paired,
    rules,
)
from tests.pairing.world import BARE, FULL, NAMES, NUMBERS, TIMED, Line

UETR = "8e5c1b9a-7d42-4f60-9a31-2b7c6d5e4f30"
OTHER_UETR = "1f2e3d4c-5b6a-4978-8695-a4b3c2d1e0f9"
REFERENCE = "E2E0012345678"


# --- the same UETR


def test_one_uetr_pairs_records_that_say_nothing_else() -> None:
    case = case_of([debit(ANNA, None, 10_000, uetr=UETR)], [credit(BELA, None, 9_500, DAY + 9, uetr=UETR)])
    assert rules(case) == ["uetr"]


def test_a_uetr_on_two_credits_pairs_neither() -> None:
    credits_ = [credit(BELA, None, 10_000, uetr=UETR), credit(BELA, None, 10_000, DAY + 1, uetr=UETR)]
    assert rules(case_of([debit(ANNA, None, 10_000, uetr=UETR)], credits_)) == []


@pytest.mark.parametrize(("amount", "day"), [(10_001, DAY), (4_000, DAY), (10_000, DAY + 11), (10_000, DAY - 4)])
def test_a_uetr_does_not_outweigh_amount_and_day(amount: int, day: int) -> None:
    case = case_of([debit(ANNA, None, 10_000, uetr=UETR)], [credit(BELA, None, amount, day, uetr=UETR)])
    assert rules(case) == []


# --- the reference of the one bank that keeps both books


def test_one_banks_reference_pairs_where_a_record_names_the_other() -> None:
    case = case_of(
        [debit(ANNA, CARL, 10_000, bank_reference="000417")], [credit(CARL, None, 10_000, bank_reference="000417")]
    )
    assert rules(case) == ["servicer"]


def test_two_banks_counters_that_meet_pair_nothing() -> None:
    case = case_of(
        [debit(ANNA, BELA, 10_000, bank_reference="000417")], [credit(BELA, None, 10_000, bank_reference="000417")]
    )
    assert rules(case) == []


def test_a_banks_reference_pairs_nothing_where_nobody_is_named() -> None:
    case = case_of(
        [debit(ANNA, None, 10_000, bank_reference="000417")], [credit(CARL, None, 10_000, bank_reference="000417")]
    )
    assert rules(case) == []


# --- the originator's reference and the amount


def by_reference(reference: str, other: str | None = None) -> list[list[Line]]:
    sent = debit(ANNA, BELA, 10_000, end_to_end=reference)
    return [[sent], [credit(BELA, None, 10_000, DAY + 1, end_to_end=other or reference)]]


def test_a_reference_and_the_amount_pair_where_a_record_names_the_others_account() -> None:
    assert rules(case_of(*by_reference(REFERENCE))) == ["end_to_end"]


@pytest.mark.parametrize(
    "reference",
    ["NOTPROVIDED", "NOT PROVIDED", "NONREF", "", "0", "00000000", "SO-1", "DAUERAUFTRAG", "123456", "1111111"],
)
def test_a_reference_that_identifies_nothing_pairs_nothing(reference: str) -> None:
    assert rules(case_of(*by_reference(reference))) == []


def test_a_common_reference_pairs_nothing_where_nobody_is_named() -> None:
    """Two strangers' payments share INV-0017, amount and day."""
    sent = debit(ANNA, None, 10_000, end_to_end="INV-0017")
    assert rules(case_of([sent], [credit(BELA, None, 10_000, end_to_end="INV-0017")])) == []


def test_a_reference_used_again_pairs_nothing() -> None:
    """A till's daily reference: which day's debit arrived?"""
    sent = [debit(ANNA, BELA, 10_000, DAY + k, end_to_end="DAILY77") for k in range(2)]
    assert rules(case_of(sent, [credit(BELA, ANNA, 10_000, DAY + 2, end_to_end="DAILY77")])) == []


def test_a_reference_pairs_nothing_where_a_debit_of_the_payer_may_be_missing() -> None:
    """The daily debit that it was is before the statement, or in quarantine."""
    short = replace(ANNA, first=DAY - 2)
    sent = debit(short, BELA, 10_000, end_to_end="DAILY77")
    got = credit(BELA, ANNA, 10_000, DAY + 1, end_to_end="DAILY77")
    assert rules(case_of([sent], [got])) == []
    lost = debit(ANNA, BELA, 10_000, DAY - 1, end_to_end="DAILY77")
    whole = [debit(ANNA, BELA, 10_000, end_to_end="DAILY77"), lost]
    assert rules(case_of(whole, [got], lost=[lost])) == []


def test_a_reference_pairs_nothing_beside_a_like_record_that_lost_its_own() -> None:
    sent = [debit(ANNA, BELA, 10_000, end_to_end=REFERENCE), debit(ANNA, None, 10_000, DAY + 1)]
    got = credit(BELA, ANNA, 10_000, DAY + 1, end_to_end=REFERENCE)
    assert rules(case_of(sent, [got])) == []
    assert rules(case_of(sent[:1], [got, credit(BELA, None, 10_000, DAY + 2)])) == []


# --- the originator's reference and another amount


def with_other_amount(arrived: int, payer: str = "known") -> list[list[Line]]:
    got = credit(BELA, ANNA if payer == "known" else None, arrived, DAY + 1, end_to_end=REFERENCE)
    return [[debit(ANNA, BELA, 100_000, end_to_end=REFERENCE)], [got]]


def test_a_reference_and_both_accounts_pair_less_a_fee() -> None:
    assert rules(case_of(*with_other_amount(97_000))) == ["reference_other_amount"]


def test_a_reference_pairs_no_other_amount_where_one_account_is_not_named() -> None:
    assert rules(case_of(*with_other_amount(97_000, payer="unknown"))) == []


@pytest.mark.parametrize("arrived", [100_001, 96_999])
def test_a_reference_pairs_no_amount_that_no_fee_explains(arrived: int) -> None:
    assert rules(case_of(*with_other_amount(arrived))) == []


@pytest.mark.parametrize(("arrived", "how"), [(108_000, ["reference_other_amount"]), (104_000, [])])
def test_a_conversion_pairs_at_the_days_rate_only(arrived: int, how: list[str]) -> None:
    sent = debit(ANNA, DORA, 100_000, end_to_end=REFERENCE)
    case = case_of([sent], [credit(DORA, ANNA, arrived, DAY + 1, end_to_end=REFERENCE)])
    assert rules(case, case.rates) == how
    assert rules(case) == []


# --- the only possible debit and the only possible credit


SENT = debit(ANNA, BELA, 10_000)
GOT = credit(BELA, ANNA, 10_000, DAY + 1)


@pytest.mark.parametrize("payer_style", [FULL, TIMED, NAMES, NUMBERS])
def test_the_only_possible_debit_and_credit_pair(payer_style: str) -> None:
    sent = [debit(ANNA, OUTSIDER, 1, 1), SENT, debit(ANNA, OUTSIDER, 1, 80)]
    assert rules(case_of(sent, [GOT], styles={ANNA.number: payer_style})) == ["unique"]


@pytest.mark.parametrize("day", [DAY - 3, DAY + 7])
def test_what_is_unique_pairs_in_reach_only(day: int) -> None:
    assert rules(case_of([SENT], [credit(BELA, ANNA, 10_000, day)])) == []


def test_what_is_unique_needs_both_records_to_name_the_other() -> None:
    assert rules(case_of([debit(ANNA, None, 10_000)], [GOT])) == []
    assert rules(case_of([SENT], [credit(BELA, None, 10_000, DAY + 1)])) == []
    assert rules(case_of([SENT], [GOT], styles={ANNA.number: BARE})) == []
    assert rules(case_of([SENT], [GOT], styles={BELA.number: NAMES})) == []


TRAPS: dict[str, tuple[list[Line], list[Line]]] = {
    "a second equal debit": ([SENT, debit(ANNA, BELA, 10_000, DAY + 2)], [GOT]),
    "a silent debit": ([SENT, debit(ANNA, None, 10_000, DAY - 3)], [GOT]),
    "a second equal credit": ([SENT], [GOT, credit(BELA, ANNA, 10_000, DAY + 3)]),
    "a silent credit": ([SENT], [GOT, credit(BELA, None, 10_000, DAY + 3)]),
    "other references": (
        [debit(ANNA, BELA, 10_000, end_to_end="E2E0000000017")],
        [credit(BELA, ANNA, 10_000, DAY + 1, end_to_end="E2E0000000018")],
    ),
    "other UETRs": ([debit(ANNA, BELA, 10_000, uetr=UETR)], [credit(BELA, ANNA, 10_000, DAY + 1, uetr=OTHER_UETR)]),
    "a return": ([SENT], [credit(BELA, ANNA, 10_000, DAY + 1, is_return=True)]),
    "coverage: the statement begins too late": (
        [debit(replace(ANNA, first=DAY - 4), BELA, 10_000)],
        [GOT],
    ),
    "coverage: the statement ends too early": ([debit(replace(ANNA, last=DAY), BELA, 10_000)], [GOT]),
    "fee: 101.00 arrives as 100.00, and 100.00 as 99.00": (
        [debit(ANNA, BELA, 10_100, DAY - 1), SENT],
        [GOT, credit(BELA, ANNA, 9_900, DAY + 2)],
    ),
    "fee: a silent larger debit": ([SENT, debit(ANNA, None, 11_200, DAY - 1)], [GOT]),
    "bounce: the payee's own payment comes back": ([SENT], [debit(BELA, ANNA, 10_000, DAY - 4), GOT]),
    "bounce: the payee's silent payment comes back": ([SENT], [debit(BELA, None, 10_000, DAY - 4), GOT]),
    "batch: a larger debit that names nobody": ([SENT, debit(ANNA, None, 90_000, DAY - 1)], [GOT]),
    "batch: a larger debit of several payments": ([SENT, debit(ANNA, BELA, 90_000, DAY - 1, items=4)], [GOT]),
    "a batch on the debit's side": ([debit(ANNA, BELA, 10_000, items=2)], [GOT]),
    "pending": ([replace(SENT, status="pending")], [GOT]),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_what_looks_unique_and_may_not_be(trap: str) -> None:
    assert "unique" not in rules(case_of(*TRAPS[trap]))


def test_a_quarantined_debit_may_be_the_one() -> None:
    lost = debit(ANNA, BELA, 10_000, DAY - 1)
    assert rules(case_of([SENT, lost], [GOT], lost=[lost])) == []


def test_a_name_that_is_not_the_holders_pairs_nothing() -> None:
    """An outsider of this name was paid, and Bela got the same sum from Anna by another way."""
    sent = debit(ANNA, OUTSIDER, 10_000)
    edges = [debit(ANNA, OUTSIDER, 1, 1), debit(ANNA, OUTSIDER, 1, 80)]
    assert rules(case_of([sent, *edges], [GOT], styles={ANNA.number: NAMES})) == []


def test_a_silent_credit_is_a_rival_where_the_debit_only_gives_a_name() -> None:
    sent = [debit(ANNA, OUTSIDER, 1, 1), SENT, debit(ANNA, OUTSIDER, 1, 80)]
    silent = credit(BELA, None, 10_000, DAY + 3)
    assert rules(case_of(sent, [GOT, silent], styles={ANNA.number: NAMES})) == []


def test_a_number_that_fits_with_a_name_that_does_not_pairs_nothing() -> None:
    """Another bank's account has Bela's number, and Bela got the same sum from Anna by another way."""
    namesake = replace(OUTSIDER, local=BELA.local)
    assert rules(case_of([debit(ANNA, namesake, 10_000)], [GOT], styles={ANNA.number: NUMBERS})) == []
    same_name = replace(namesake, name=BELA.name)
    assert rules(case_of([debit(ANNA, same_name, 10_000)], [GOT], styles={ANNA.number: NUMBERS})) == ["unique"]


def test_one_number_at_two_banks_is_two_accounts() -> None:
    """Anna's bank writes Carl's number only; Bela's account has it too, at another bank."""
    twin = replace(BELA, local=CARL.local, name=CARL.name)
    sent = [debit(ANNA, CARL, 10_000)]
    case = case_of(sent, [credit(twin, None, 10_000)], [credit(CARL, None, 10_000)], styles={ANNA.number: NUMBERS})
    assert rules(case) == []


def test_a_pair_says_what_agrees() -> None:
    row = paired(case_of([SENT], [GOT])).row(0, named=True)
    assert row["reasons"] == '["amount","payee_account","payer_account","payee_name","payer_name"]'
    assert (row["days"], row["score"], row["rivals"], row["kind"], row["state"]) == (1, 1000, 0, "transfer", "paired")
    assert row["movement"] == row["originator_transaction"]
