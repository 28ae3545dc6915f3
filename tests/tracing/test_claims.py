"""What can be claimed, and what is refused with a reason."""

from __future__ import annotations

from typing import Any

import pytest

from finvest.model.errors import NotAssessable, UsageError
from finvest.tracing.claims import Claim, resolved
from tests.tracing.cases import Books, Case, account, case, into, on, out


def made() -> Case:
    return case(
        Books("A", [into("x", 100, 2), into("y", 50, 6), out("B", 120, 8, "t")], last=10),
        Books("B", [into("A", 120, 8, "t")], last=10),
        Books("A", [into("y", 9, 22)], opening=30, first=20),
    )


def parts(*claims: Claim) -> list[tuple[int, int, int]]:
    found = resolved(claims, made().ledger())
    return list(zip(found.claim.tolist(), found.movement.tolist(), found.amount.tolist(), strict=True))


def test_a_payment_in_whole_or_in_part() -> None:
    records = made().records["A"]
    part = Claim("Y", ((records[1], 20), (records[2], 30)))
    assert parts(Claim("X", ((records[0], None),)), part) == [(0, 0, 100), (1, 1, 20), (1, 2, 30)]


def test_all_that_came_in_over_a_period() -> None:
    a = account("A").id
    assert parts(Claim("all", account=a)) == [(0, 0, 100), (0, 1, 50), (0, 3, 9)]
    assert parts(Claim("some", account=a, since=on(3), until=on(15))) == [(0, 1, 50)]
    assert parts(Claim("first", account=a, until=on(2))) == [(0, 0, 100)]
    assert parts(Claim("late", account=a, since=on(22))) == [(0, 3, 9)]


@pytest.mark.parametrize(
    ("claims", "error", "why"),
    [
        ([], UsageError, "say what is claimed"),
        ([("X", 0, 100), ("X", 1, 5)], UsageError, "same name"),
        ([("X", 0, 101)], UsageError, "larger than its payment: 1.00 EUR"),
        ([("X", 0, 60), ("Y", 0, 41)], UsageError, "together are larger"),
        ([("X", 0, 0)], UsageError, "above zero"),
        ([("X", 0, -5)], UsageError, "above zero"),
    ],
)
def test_claims_that_cannot_be(claims: list[tuple[str, int, int]], error: type[Exception], why: str) -> None:
    records = made().records["A"]
    with pytest.raises(error, match=why):
        parts(*(Claim(name, ((records[place], amount),)) for name, place, amount in claims))


def test_a_transaction_that_is_no_movement() -> None:
    with pytest.raises(UsageError, match=r"no movement of this case.*finvest find"):
        parts(Claim("X", (("elsewhere", None),)))


def test_one_payment_by_the_records_of_both_sides() -> None:
    known = made()
    both = Claim("X", ((known.records["A"][2], None), (known.records["B"][0], None)))
    with pytest.raises(UsageError, match="one payment twice"):
        resolved([both], known.ledger())


@pytest.mark.parametrize(
    ("owner", "period", "why"),
    [
        ("nobody", {}, "no books of that account are on file; ask its bank"),
        ("A", {"since": on(12), "until": on(18)}, "from 2025-03-15 to 2025-03-21"),
        ("A", {"since": on(100)}, "no books"),
        ("A", {"since": on(3), "until": on(5)}, "nothing came into"),
    ],
)
def test_deposits_that_no_books_show(owner: str, period: dict[str, Any], why: str) -> None:
    with pytest.raises(NotAssessable, match=why):
        parts(Claim("X", account=account(owner).id, **period))


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"name": "X"}, {"name": "X", "transactions": (("t", None),), "account": "a"}]
)
def test_a_claim_says_one_thing_and_has_a_name(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        Claim(**wrong)


def test_a_claim_is_described_without_names() -> None:
    assert Claim("X", (("t", None),)).described == "one payment"
    assert Claim("X", (("t", None), ("u", None))).described == "2 payments"
    assert "from 2025-03-05 to the last record" in Claim("X", account="a", since=on(2)).described
