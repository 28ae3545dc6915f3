"""A trail's tables: the trap that must not happen, where it ends, what adds up, and who is in no table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

from finvest.model.errors import UsageError
from finvest.model.tables import table
from finvest.tracing.ledger import Limits
from finvest.tracing.rules import RULES
from tests.tracing.cases import Books, Case, Line, account, case, into, out

if TYPE_CHECKING:
    from finvest.tracing.trail import Trail


def figures(rows: pl.DataFrame, owner: str, column: str = "remaining") -> tuple[int, int]:
    of = rows.filter(pl.col("account") == account(owner).id)
    return int(of[f"{column}_low"].sum()), int(of[f"{column}_high"].sum())


def places(trail: Trail) -> dict[str, int]:
    rows = trail.restitution
    assert rows["low"].equals(rows["high"])
    return dict(rows.group_by("place").agg(pl.col("high").sum()).iter_rows())


# ---- the trap


def trap() -> Case:
    return case(
        Books("A", [into("V", 8_400_000, 2), out("B", 8_400_000, 4, "t")], opening=5_000_000),
        Books("B", [into("A", 8_400_000, 4, "t")], opening=0),
    )


@pytest.mark.parametrize(
    ("rule", "in_b"),
    [
        ("fifo", 3_400_000),
        ("libr", 3_400_000),
        ("pro_rata", 5_265_672),
        ("lifo", 8_400_000),
        ("taint_first", 8_400_000),
    ],
)
def test_one_transfer_with_two_records_counts_once(rule: str, in_b: int) -> None:
    """A holds 50,000 of its own and 84,000 claimed, and pays B 84,000: 50,000 are left, and nothing is overdrawn."""
    made = trap()
    trail = made.follow(made.claim("A", 0), rule=rule)
    assert figures(trail.hops, "B") == (in_b, in_b)
    assert figures(trail.hops, "A") == (8_400_000 - in_b, 8_400_000 - in_b)
    assert figures(trail.hops, "B", "into") == (in_b, in_b)
    assert places(trail) == {"claimed": 8_400_000, "held": 8_400_000}
    assert trail.movements["n"].n_unique() == 2
    assert set(trail.movements.filter(pl.col("hop") == 1)["records"][0]) == {
        made.records["A"][1],
        made.records["B"][0],
    }


def test_the_trap_under_every_rule_at_once() -> None:
    made = trap()
    compared = made.follow(made.claim("A", 0)).compare()
    held = compared.filter(pl.col("place") == "held")
    assert compared["rule"].unique(maintain_order=True).to_list() == list(RULES)
    assert dict(held.select("rule", "high").iter_rows()) == dict.fromkeys(set(RULES) - {"poison"}, 8_400_000)
    where = made.follow(made.claim("A", 0)).compare_places()
    in_b = where.filter(pl.col("account") == account("B").id)
    assert dict(in_b.select("rule", "remaining_high").iter_rows()) == {
        "fifo": 3_400_000,
        "lifo": 8_400_000,
        "pro_rata": 5_265_672,
        "libr": 3_400_000,
        "taint_first": 8_400_000,
    }


def test_an_intended_overdraft_is_dissipated() -> None:
    made = case(Books("A", [out("shop", 50, 2), into("x", 80, 4)], opening=20))
    assert places(made.follow(made.claim("A", 1))) == {"claimed": 80, "held": 50, "dissipated": 30}


# ---- ends


@pytest.mark.parametrize(
    ("line", "end"),
    [
        (out(None, 40, 5, channel="cash_atm"), "cash"),
        (out(None, 40, 5, channel="cash_branch"), "cash"),
        (out("coins", 40, 5, channel="crypto"), "exchange"),
        (out("shop", 40, 5), "no_records"),
        (out("B", 40, 5), "unpaired"),
        (out("B", 40, 25), "gap"),
    ],
)
def test_each_break_is_typed(line: Line, end: str) -> None:
    made = case(Books("A", [into("x", 40, 2), line]), Books("B", [into("y", 5, 3), out("shop", 5, 8)], last=10))
    trail = made.follow(made.claim("A", 0))
    assert trail.movements["end"].to_list() == [None, end]
    assert places(trail) == {"claimed": 40, end: 40}
    assert any("the trail ends there" in sentence for sentence in trail.sentences)


def test_an_unpaired_transfer_names_its_candidates() -> None:
    """Two equal debits and two equal credits: no rule says which is which."""
    made = case(
        Books("A", [into("x", 200, 2), out("B", 100, 5), out("B", 100, 5)]),
        Books("B", [into("A", 100, 5), into("A", 100, 6)]),
    )
    trail = made.follow(made.claim("A", 0))
    listed = trail.movements.filter(pl.col("end") == "unpaired")["candidates"].to_list()
    assert listed == [sorted(made.records["B"])] * 2
    assert figures(trail.hops, "B") == (0, 0)


def test_a_claim_on_an_unpaired_record_that_may_stand_twice_is_in_doubt() -> None:
    made = case(
        Books("A", [into("x", 200, 2), out("B", 100, 5), out("B", 100, 5)]),
        Books("B", [into("A", 100, 5), into("A", 100, 6)]),
    )
    said = made.follow(made.claim("B", 0)).notes
    assert any("may stand in the records twice" in note for note in said)
    assert not any("twice" in note for note in made.follow(made.claim("A", 0)).notes)


# ---- gaps


def test_what_lay_in_an_account_before_a_gap_is_not_followed_past_it() -> None:
    made = case(
        Books("A", [into("x", 100, 2)], last=10),
        Books("A", [out("shop", 60, 16)], opening=100, first=15),
    )
    trail = made.follow(made.claim("A", 0), rule="taint_first")
    assert places(trail) == {"claimed": 100, "gap": 100}
    assert figures(trail.hops, "A") == (0, 0)  # it may have left in the gap: 40 are in the account at the end
    assert trail.freeze.is_empty()
    assert trail.recipients["remaining_high"].to_list() == [0]
    assert any("gaps" in note for note in trail.notes)


def test_a_payment_into_a_gap_ends_there_and_what_follows_it_is_own_money() -> None:
    made = case(
        Books("A", [into("x", 100, 2), out("B", 100, 12)]),
        Books("B", [into("y", 7, 3)], last=10),
        Books("B", [out("shop", 100, 16)], opening=107, first=15),
    )
    trail = made.follow(made.claim("A", 0))
    assert places(trail) == {"claimed": 100, "gap": 100}
    assert trail.movements["beneficiary"].to_list() == [account("A").id, account("B").id]


def test_statements_that_touch_are_no_gap() -> None:
    made = case(
        Books("A", [into("x", 100, 2)], last=14),
        Books("A", [out("shop", 60, 16)], opening=100, first=15),
    )
    assert places(made.follow(made.claim("A", 0))) == {"claimed": 100, "held": 40, "no_records": 60}


# ---- limits


def chain() -> Case:
    return case(
        Books("A", [into("x", 100, 1), out("B", 90, 2, "ab"), out("shop", 10, 2)]),
        Books("B", [into("A", 90, 2, "ab"), out("C", 80, 3, "bc")]),
        Books("C", [into("B", 80, 3, "bc"), out("D", 70, 4, "cd")]),
        Books("D", [into("C", 70, 4, "cd")]),
    )


def test_limits_cut_and_say_so() -> None:
    made = chain()
    deep = made.follow(made.claim("A", 0), limits=Limits(depth=1))
    assert places(deep) == {"claimed": 100, "held": 10, "no_records": 10, "depth": 80}
    assert any("at most 1 hops; this cut 1 payment" in note for note in deep.notes)
    small = made.follow(made.claim("A", 0), limits=Limits(least=75))
    assert places(small)["materiality"] == 70
    assert any("below 75 minor units" in note for note in small.notes)


@pytest.mark.parametrize("rule", [name for name, rule in RULES.items() if rule.conserves])
def test_every_claims_places_add_up_to_it(rule: str) -> None:
    made = chain()
    trail = made.follow(made.claim("A", 0, 61, "X"), made.claim("A", 0, 39, "Y"), rule=rule)
    for name, much in (("X", 61), ("Y", 39)):
        rows = trail.restitution.filter(pl.col("claim") == name)
        assert rows.filter(pl.col("place") == "claimed")["high"].to_list() == [much]
        assert rows.filter(pl.col("place") != "claimed")["high"].sum() == much


def test_paths_are_made_when_asked_for() -> None:
    made = chain()
    trail = made.follow(made.claim("A", 0))
    assert [len(path) for path in trail.paths(account("D").id)] == [4]
    assert trail.paths(account("D").id, most=0) == []


def test_a_rule_of_no_name_is_refused() -> None:
    made = chain()
    with pytest.raises(UsageError, match="no rule of that name"):
        made.follow(made.claim("A", 0), rule="fair")


# ---- persons


def test_money_between_one_persons_accounts_is_received_once() -> None:
    """Ada has A and B: 100 came to her from x, and 90 she moved herself."""
    made = case(
        Books("A", [into("x", 100, 1), out("B", 90, 2, "ab")], holder="Ada Example"),
        Books("B", [into("A", 90, 2, "ab")], holder="Ada Example"),
        more={"links": holds(("p1", "A"), ("p1", "B"))},
    )
    trail = made.follow(made.claim("A", 0))
    rows = trail.recipients.select("person", "received_high", "remaining_high", "through").rows()
    assert rows == [("p1", 100, 100, 0)]


def holds(*pairs: tuple[str, str], controls: tuple[tuple[str, str], ...] = ()) -> pl.DataFrame:
    rows = [("holds", *pair) for pair in pairs] + [("controls", *pair) for pair in controls]
    return table("links").complete(
        pl.DataFrame(
            [
                {
                    "link": f"l{i}",
                    "kind": kind,
                    "from_kind": "parties",
                    "from_id": party,
                    "to_kind": "accounts",
                    "to_id": account(owner).id,
                }
                for i, (kind, party, owner) in enumerate(rows)
            ]
        )
    )


def golden() -> Case:
    """M is the busiest, and a possible victim: three victims' money comes in, half goes on to her controller C."""
    parties = pl.DataFrame(
        [
            {"party": "pm", "kind": "person", "subject_category": "possible_victim"},
            {"party": "pc", "kind": "person", "subject_category": "suspect"},
        ]
    )
    lines = [into("v1", 100, 1), into("v2", 100, 2), into("v3", 100, 3), out("C", 150, 5, "mc"), out("shop", 10, 6)]
    return case(
        Books("M", lines),
        Books("C", [into("M", 150, 5, "mc")]),
        more={
            "parties": table("parties").complete(parties),
            "links": holds(("pm", "M"), ("pc", "C"), controls=(("pc", "M"),)),
        },
    )


@pytest.mark.parametrize("rule", [name for name, rule in RULES.items() if rule.conserves])
def test_a_possible_victim_receives_nothing_and_is_on_no_freeze_list(rule: str) -> None:
    made = golden()
    trail = made.follow(*(made.claim("M", place, name=f"V{place}") for place in range(3)), rule=rule)
    assert set(trail.recipients["person"]) == {"pc"}
    assert trail.recipients["received_high"].sum() == 300  # what M passes on to C is between the two
    assert trail.recipients["through"].to_list() == [1] * len(trail.recipients)
    assert set(trail.freeze["account"]) == {account("C").id}
    assert trail.hops.filter(pl.col("conduit"))["account"].unique().to_list() == [account("M").id]
    assert "pm" not in str(trail.recipients.rows())


def test_a_possible_victim_whom_nobody_is_known_to_control() -> None:
    made = golden()
    made.tables["links"] = made.tables["links"].filter(pl.col("kind") == "holds")
    trail = made.follow(made.claim("M", 0))
    assert not trail.recipients["person"].is_in(["pm"]).any()
    assert account("M").id not in trail.freeze["account"]


def test_what_findings_take_for_a_possible_victims_account_is_a_conduit() -> None:
    made = case(Books("A", [into("x", 100, 1)]), controlled=["A"])
    trail = made.follow(made.claim("A", 0))
    assert trail.hops["conduit"].to_list() == [True]
    assert trail.freeze.is_empty()


# ---- what is not known


def test_balances_that_do_not_reconcile_give_no_plain_number() -> None:
    made = case(Books("A", [into("x", 100, 2), out("shop", 60, 4)], opening=30, proof="failed"))
    trail = made.follow(made.claim("A", 0))
    rows = trail.movements.filter(pl.col("hop") == 1).select("low", "high").rows()
    assert rows == [(0, 60)]
    assert any("do not agree with the entries" in note for note in trail.notes)


def test_an_unknown_opening_balance_is_an_interval() -> None:
    made = case(Books("A", [into("x", 8_400_000, 2), out("shop", 6_000_000, 4)], opening=None))
    for rule, low in (("fifo", 0), ("libr", 0), ("pro_rata", 0), ("lifo", 6_000_000), ("taint_first", 6_000_000)):
        trail = made.follow(made.claim("A", 0), rule=rule)
        assert trail.movements.filter(pl.col("hop") == 1).select("low", "high").rows() == [(low, 6_000_000)]
        assert "extremes of 2 replays" in trail.notes[0]
        assert any("opening balance of 1 account is not known" in note for note in trail.notes)


def test_it_shows_itself() -> None:
    made = trap()
    assert repr(made.follow(made.claim("A", 0))) == (
        "<Trail of 1 claim under first in, first out: 2 accounts, money still held in 1 currencies and claims>"
    )
