"""Who holds an account: what is not known is null, never false."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.features.holders import holders, one_holder
from finvest.findings.make import Make
from tests.features.conftest import number

if TYPE_CHECKING:
    from finvest.view import CaseView


def case(holder_of: dict[str, str], *owns: tuple[str, str], companies: tuple[str, ...] = ()) -> CaseView:
    make = Make()
    for i in range(4):
        make.transfer(f"a{i}", f"a{(i + 1) % 4}", 1, i)
    for account, name in holder_of.items():
        make.holder(account, name)
    for name in companies:
        make.company(name)
    for a, b in owns:
        make.row("links", kind="owns", from_id=a, to_id=b)
    for party in sorted({p for pair in owns for p in pair}):
        make.row("parties", party=party, name=party)
    return make.view()


def together(of: CaseView, *accounts: str) -> bool | None:
    lists = pl.Series([[number(of, a) for a in accounts]], dtype=pl.List(pl.UInt32))
    return one_holder(of, lists).to_list()[0]  # type: ignore[no-any-return]


def test_names_are_compared_by_their_key() -> None:
    of = case({"a0": "Ada Müller", "a1": "MUELLER, ADA", "a2": "Ada Moller"})
    keys = holders(of)["holder_key"]
    assert keys[number(of, "a0")] == keys[number(of, "a1")] != keys[number(of, "a2")]
    assert keys[number(of, "a3")] is None


def test_a_name_without_letters_is_no_name() -> None:
    of = case({"a0": "---", "a1": "***"})
    assert holders(of)["holder_key"].null_count() == 4
    assert together(of, "a0", "a1") is None


def test_without_a_company_list_nobody_is_known_not_to_be_a_company() -> None:
    assert holders(case({"a0": "Firm"}))["company"].null_count() == 4


def test_a_company_is_known_by_the_list_and_a_holder_without_a_name_is_not() -> None:
    of = case({"a0": "FIRM", "a1": "Else", "a2": "Firm Ltd"}, companies=("Firm",))
    company = holders(of)["company"]
    assert [company[number(of, f"a{i}")] for i in range(4)] == [True, False, False, None]


def test_control_that_a_person_decided_makes_no_group_and_is_no_register() -> None:
    make = Make()
    make.transfer("a0", "a1", 1, 0)
    for account, name in (("a0", "Boss"), ("a1", "Ana")):
        make.holder(account, name)
        make.row("parties", party=name, name=name)
    make.row("links", kind="controls", from_id="Boss", to_id="Ana", loader="decision")
    assert together(make.view(), "a0", "a1") is None
    make.row("links", kind="controls", from_id="Boss", to_id="Ana", loader="delimited")
    assert together(make.view(), "a0", "a1") is True


def test_one_name_is_one_holder() -> None:
    of = case({"a0": "Ada", "a1": "ada"})
    assert together(of, "a0", "a1") is True
    assert together(of, "a0") is True


def test_an_unknown_holder_makes_it_unknown() -> None:
    of = case({"a0": "Ada", "a1": "Ada"}, ("X", "Y"))
    assert together(of, "a0", "a1", "a2") is None
    assert together(of, "a2", "a3") is None
    assert together(of) is None


def test_names_that_differ_are_apart_only_where_ownership_is_on_file() -> None:
    assert together(case({"a0": "Ada", "a1": "Bob"}), "a0", "a1") is None
    assert together(case({"a0": "Ada", "a1": "Bob"}, ("X", "Y")), "a0", "a1") is False


def test_links_make_a_group_through_others() -> None:
    of = case({"a0": "A", "a1": "B", "a2": "C", "a3": "D"}, ("A", "Holding"), ("Holding", "B"), ("D", "Elsewhere"))
    assert together(of, "a0", "a1") is True
    assert together(of, "a0", "a1", "a2") is False
    assert together(of, "a0", "a3") is False


def test_each_list_has_its_answer_and_one_without_members_none() -> None:
    of = case({"a0": "Ada", "a1": "Ada", "a2": "Bob"}, ("X", "Y"))
    lists = [[number(of, a) for a in accounts] for accounts in (("a0", "a1"), (), ("a1", "a2"))]
    assert one_holder(of, pl.Series(lists, dtype=pl.List(pl.UInt32))).to_list() == [True, None, False]
