"""`finvest follow` and `finvest hypothesis` on a small case of three statements."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Finvest

PAYMENT = ("--payment", "cora.csv:3")


def test_says_where_the_money_went_and_writes_the_page(loaded: Finvest, tmp_path: Path) -> None:
    done = loaded("follow", "--rule", "fifo", *PAYMENT, "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    assert "What became of the claim" in done.output
    assert (tmp_path / "out" / "trail-fifo.html").is_file()


def test_json_holds_every_table_and_rule(loaded: Finvest) -> None:
    done = loaded("follow", "--rule", "lifo", *PAYMENT, "--json")
    told = json.loads(done.stdout)
    assert {"movements", "hops", "restitution", "recipients", "freeze", "under_each_rule", "notes"} <= set(told)
    assert {row["rule"] for row in told["under_each_rule"]} == {
        "fifo", "lifo", "pro_rata", "libr", "taint_first", "poison",
    }  # fmt: skip


def test_overdrafts_are_taken_as_asked(loaded: Finvest) -> None:
    for way in ("dissipation", "backwards"):
        done = loaded("follow", "--rule", "fifo", *PAYMENT, "--overdraft", way, "--json")
        assert json.loads(done.stdout)["overdraft"] == way
    done = loaded("follow", "--rule", "fifo", *PAYMENT, "--overdraft", "forgiven")
    assert done.exit_code == 2


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (PAYMENT, "say which rule"),
        (("--rule", "fifo"), "say what is claimed"),
        (("--rule", "fifo", *PAYMENT, "--since", "2025-03-01"), "belong to --deposits"),
        (("--rule", "fifo", "--payment", "cora.csv:99"), "no transaction is known so"),
        (("--rule", "fifo", "--payment", "cora.csv:3@84000.01"), "larger than its payment"),
    ],
)
def test_what_cannot_be_followed_is_refused(loaded: Finvest, options: tuple[str, ...], says: str) -> None:
    done = loaded("follow", *options)
    assert done.exit_code == 2
    assert says in done.output


def test_a_hypothesis_that_the_records_need_not_is_refused(loaded: Finvest) -> None:
    done = loaded("hypothesis", "cora.csv:3", "anna.csv:3", "--reason", "they look alike")
    assert done.exit_code == 2
    assert "it needs none" in done.output


def test_a_hypothesis_needs_a_reason_of_its_own(loaded: Finvest) -> None:
    done = loaded("hypothesis", "cora.csv:3", "anna.csv:3")
    assert done.exit_code == 2
    assert "a reason of its own" in done.output
