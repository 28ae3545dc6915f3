"""Sharing at a date, whatever the order: two vectors worked out by hand, and what cannot be answered."""

from __future__ import annotations

import pytest

from finvest.model.errors import NotAssessable, UsageError
from finvest.tracing.claims import Claim
from finvest.tracing.pari_passu import PariPassu, pari_passu
from tests.tracing.cases import Books, Case, account, case, into, on, out


def shared(made: Case, *claims: Claim, day: int = 20, among_claimants: bool = False) -> PariPassu:
    return pari_passu(made.ledger(), claims, account("A").id, on(day), among_claimants=among_claimants)


def test_everybody_who_paid_in_shares_what_is_left() -> None:
    """30,000 at first, 50,000 of its own, 84,000 and 36,000 claimed; 120,000 left before the last of it came in.

    80,000 of 200,000 are left: two fifths of every contribution, own money's too. Among claimants: 80,000 of 120,000.
    """
    lines = [
        into("x", 8_400_000, 2),
        into("boss", 5_000_000, 3),
        out("shop", 12_000_000, 4),
        into("y", 3_600_000, 5),
        out("shop", 100, 25),
    ]
    made = case(Books("A", lines, opening=3_000_000))
    claims = (made.claim("A", 0), made.claim("A", 3, name="Y"))
    found = shared(made, *claims)
    assert found.balance == 8_000_000
    assert found.to_frame().rows() == [
        ("claim", "X", 8_400_000, 3_360_000, [made.records["A"][0]]),
        ("claim", "Y", 3_600_000, 1_440_000, [made.records["A"][3]]),
        ("own money", None, 8_000_000, 3_200_000, []),
    ]
    alone = shared(made, *claims, among_claimants=True)
    assert alone.shares == (5_600_000, 2_400_000, 0)
    assert shared(made, *claims[:1]).shares == (3_360_000, 4_640_000)


@pytest.mark.parametrize(
    ("left", "shares"),
    [(100, (34, 33, 33)), (200, (67, 67, 66)), (1, (1, 0, 0)), (0, (0, 0, 0)), (300, (100, 100, 100))],
)
def test_cents_that_are_over_go_by_the_number_of_the_claim(left: int, shares: tuple[int, ...]) -> None:
    """100 cents each of two claims and own money: a third each; what is over goes to claims first, own money last."""
    spent = [out("shop", 300 - left, 4)] if left < 300 else []
    made = case(Books("A", [into("x", 100, 2), into("y", 100, 3), *spent], opening=100))
    assert shared(made, made.claim("A", 0), made.claim("A", 1, name="Y")).shares == shares


def test_claimants_get_no_more_than_they_paid_in() -> None:
    made = case(Books("A", [into("x", 100, 2)], opening=900))
    assert shared(made, made.claim("A", 0), among_claimants=True).shares == (100, 900)


def test_an_overdrawn_account_has_nothing_to_share() -> None:
    made = case(Books("A", [into("x", 100, 2), out("shop", 500, 3)], opening=-20))
    found = shared(made, made.claim("A", 0))
    assert (found.balance, found.contributed, found.shares) == (-420, (100, 0), (0, 0))


def test_it_says_that_it_ignores_order() -> None:
    made = case(Books("A", [into("x", 100, 2)]))
    found = shared(made, made.claim("A", 0))
    assert "order" in found.notes[0]
    assert "ignor" in repr(found)


def test_part_of_a_claim_that_went_elsewhere_is_said() -> None:
    made = case(Books("A", [into("x", 100, 2)]), Books("B", [into("x", 70, 2)]))
    both = Claim("X", ((made.records["A"][0], 60), (made.records["B"][0], None)))
    found = shared(made, both)
    assert (found.contributed, found.shares) == ((60, 40), (60, 40))
    assert any("70" in note and "X" in note for note in found.notes)


def test_what_cannot_be_answered() -> None:
    known = case(Books("A", [into("x", 100, 2)]), Books("B", [into("x", 70, 2)]))
    with pytest.raises(NotAssessable, match="'X' was not paid into"):
        shared(known, known.claim("B", 0))
    with pytest.raises(NotAssessable, match="'X' was not paid into"):
        shared(known, known.claim("A", 0), day=1)
    with pytest.raises(NotAssessable, match=r"no books .* 2025-04-12"):
        shared(known, known.claim("A", 0), day=40)
    with pytest.raises(NotAssessable, match="no books"):
        pari_passu(known.ledger(), (known.claim("A", 0),), account("outside").id, on(20))
    unknown = case(Books("A", [into("x", 100, 2), into("x", 1, 25)], opening=None))
    with pytest.raises(NotAssessable, match=r"balance .* ask the bank"):
        shared(unknown, unknown.claim("A", 0))
    with pytest.raises(UsageError, match="what is claimed"):
        shared(known)


def test_a_gap_between_deposit_and_date_is_not_bridged() -> None:
    first = Books("A", [into("x", 100, 2)], last=10)
    later = Books("A", [into("y", 50, 16)], opening=100, first=15)
    made = case(first, later)
    with pytest.raises(NotAssessable, match="gap"):
        shared(made, made.claim("A", 0))
    assert shared(made, made.claim("A", 1)).shares == (50, 100)


def test_an_account_in_two_currencies_needs_one_named() -> None:
    made = case(Books("A", [into("x", 100, 2)]), Books("A", [into("x", 70, 2)], currency="USD"))
    with pytest.raises(UsageError, match="EUR, USD"):
        shared(made, made.claim("A", 0))
    found = pari_passu(made.ledger(), (made.claim("A", 1),), account("A").id, on(20), currency="USD")
    assert (found.currency, found.shares) == ("USD", (70, 0))
