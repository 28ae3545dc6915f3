"""`finvest origins` on a small case of three statements."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.cli.conftest import ANNA, SECRETS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from finvest.case import Case
    from tests.cli.conftest import Finvest

PAYMENT = ("--payment", "anna.csv:4")


def test_says_where_a_payment_came_from_and_writes_the_page(loaded: Finvest, tmp_path: Path) -> None:
    done = loaded("origins", "--rule", "lifo", *PAYMENT, "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    assert "What they add up to" in done.output
    assert (tmp_path / "out" / "origins-lifo.html").is_file()


def test_says_what_a_balance_is_made_of(loaded: Finvest) -> None:
    done = loaded("origins", "--rule", "fifo", "--account", ANNA, "--on", "2025-03-03", "--currency", "eur", "--json")
    told = json.loads(done.stdout)
    assert told["amount"] == 134_000_00
    assert sum(row["high"] for row in told["kinds"]) >= told["amount"]
    assert {row["rule"] for row in told["under_each_rule"]} == {"fifo", "lifo", "pro_rata"}
    assert told["notes"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (PAYMENT, "say which rule"),
        (("--rule", "libr", *PAYMENT), "defined by what is claimed"),
        (("--rule", "fifo"), "say of what"),
        (("--rule", "fifo", *PAYMENT, "--account", ANNA), "not about both"),
        (("--rule", "fifo", "--account", ANNA), "at the end of which day"),
        (("--rule", "fifo", "--payment", "cora.csv:99"), "no transaction is known so"),
    ],
)
def test_what_cannot_be_asked_is_refused(loaded: Finvest, options: tuple[str, ...], says: str) -> None:
    done = loaded("origins", *options)
    assert done.exit_code == 2
    assert says in done.output


def test_a_day_without_books_is_not_assessable(loaded: Finvest) -> None:
    done = loaded("origins", "--rule", "fifo", "--account", ANNA, "--on", "2019-01-01")
    assert done.exit_code == 1
    assert "no books of that account are on file" in done.output


def test_asking_and_writing_are_logged_without_names(
    loaded: Finvest, opened: Callable[[], Case], tmp_path: Path
) -> None:
    loaded("origins", "--rule", "pro_rata", *PAYMENT, "--out", str(tmp_path / "out"))
    log = opened().log()
    told = [event for event in log["event"] if "origins" in event]
    assert told == ["combination: origins, pro_rata", "disclosure: origins report"]
    assert [secret for secret in SECRETS if secret in str(log.rows())] == []
