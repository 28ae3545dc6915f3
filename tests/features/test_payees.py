"""Names as written: what is one person's name, and what is not."""

from __future__ import annotations

import random
from itertools import combinations

import pytest

from finvest.features.payees import alike, initials, payees
from finvest.findings.make import Make


def named(*names: str | None) -> dict[str, str]:
    make = Make()
    for day, name in enumerate(names):
        make.transfer("payer", "account", 1, day, other_name=name)
    rows = payees(make.view())
    return dict(rows.select("key", "who").iter_rows())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ilja Brook", "BROOK, ILJA", True),
        ("Ilja Brook", "Ilja Brok", True),
        ("Ilja Brook", "Ilja Brool", True),
        ("Ilja Brook", "Ijla Brook", True),
        ("Ilja Brook", "Ilja Broook", True),
        ("Ilja Brook", "Inja Brool", False),
        ("Ilja Brook", "Tomas Field", False),
        ("Li X", "Lu X", False),
    ],
)
def test_names_that_differ_by_a_letter_are_one(one: str, other: str, same: bool) -> None:
    assert (len(set(named(one, other).values())) == 1) is same


def test_names_of_other_accounts_and_missing_ones_have_no_part() -> None:
    make = Make()
    make.transfer("payer", "a", 1, 0, other_name="Ilja Brook")
    make.transfer("payer", "b", 1, 0, other_name="Ilja Brok")
    make.transfer("payer", "b", 1, 0, other_name="***")
    make.transfer("payer", "b", 1, 0)
    assert sorted(payees(make.view())["who"]) == ["BROK ILJA", "BROOK ILJA"]


def one_letter_apart(a: str, b: str) -> bool:
    rests = [{key, *(key[:i] + key[i + 1 :] for i in range(len(key)))} for key in (a, b)]
    return bool(rests[0] & rests[1])


@pytest.mark.parametrize("seed", range(10))
def test_merging_against_all_pairs(seed: int) -> None:
    chosen = random.Random(seed)
    keys = sorted({"".join(chosen.choices("ABC", k=chosen.choice([5, 6, 7]))) for _ in range(12)})
    who = {key: key for key in keys}
    for _ in keys:
        for a, b in combinations(keys, 2):
            if one_letter_apart(a, b):
                who[a] = who[b] = min(who[a], who[b])
    assert named(*keys) == who


@pytest.mark.parametrize(
    ("name", "holder", "same"),
    [
        ("BROOK ILJA", "BROOK ILJA", True),
        ("BROOK ILJA", "BROOK ILJA MARA", True),
        ("BROOK ILJA", "BROOK ILYA", True),
        ("BROOK ILJA", "FIELD TOMAS", False),
        ("BROOK ILJA", "BROOK TOMAS", False),
    ],
)
def test_likeness_to_the_holder(name: str, holder: str, same: bool) -> None:
    assert alike(name, holder) is alike(holder, name) is same


def test_initials_name_nobody() -> None:
    assert initials("BROOK ILJA") == "B.I."
