"""Family ties: an equal surname or a relation on file; what is not known is null."""

from __future__ import annotations

import polars as pl
import pytest

from finvest.features.families import surname
from finvest.features.ties import families_among, tied
from finvest.findings.make import Make
from tests.features.conftest import number


def case(*related: tuple[str, str]) -> Make:
    make = Make()
    for account, name in (("a", "Ada North"), ("b", "NORTH, Ben"), ("c", "Cy South"), ("d", "Di West")):
        make.transfer(account, "shop", 1, 0)
        make.holder(account, name)
        make.row("links", kind="holds", from_id=account, to_id=make.id(account))
        make.row("parties", party=account, name=name)
    for one, other in related:
        make.row("links", kind="related_to", from_id=one, to_id=other)
    return make


def tie(make: Make, one: str, other: str) -> bool | None:
    view = make.view()
    ends = [pl.Series([number(view, account)], dtype=pl.UInt32) for account in (one, other)]
    return tied(view, *ends).to_list()[0]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Ada North", "NORTH"),
        ("North, Ada", "NORTH"),
        (" Ada  van North ", "NORTH"),
        ("van North, Ada", "NORTH VAN"),
        ("Müller", "MUELLER"),
        ("***", None),
        ("Q", "Q"),
        (None, None),
    ],
)
def test_surnames(name: str | None, key: str | None) -> None:
    assert pl.select(surname(pl.lit(name, pl.String))).item() == key


def test_without_relations_on_file_nobody_is_known_to_be_unrelated() -> None:
    assert tie(case(), "a", "b") is True
    assert tie(case(), "a", "c") is None
    assert tie(case(), "a", "shop") is None


def test_relations_hold_both_ways_and_tell_others_apart() -> None:
    make = case(("c", "d"))
    assert tie(make, "c", "d") is tie(make, "d", "c") is True
    assert tie(make, "a", "c") is False


def test_one_word_of_a_company_is_no_surname() -> None:
    make = case()
    make.company("Bakery North", "c")
    assert tie(make, "a", "c") is None


def test_a_carer_counts_as_a_tie() -> None:
    make = case()
    make.row("links", kind="cares_for", from_id="c", to_id="d")
    assert tie(make, "c", "d") is True


def test_counting_families() -> None:
    view = case(("c", "d")).view()
    lists = [
        [number(view, account) for account in accounts]
        for accounts in (["a", "b", "c", "d"], ["a", "b"], ["a", "shop"], [])
    ]
    counted = families_among(view, pl.Series(lists, dtype=pl.List(pl.UInt32)))
    assert counted["families"].to_list() == [2, 1, 2, None]
    assert counted["told"].to_list() == [True, True, False, None]
