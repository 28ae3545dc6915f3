"""`mark`, `control`, `decisions`, `log`: what they print, as text and as JSON, how they end, and what they refuse."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.conftest import ANNA, BERT

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

WHY = ("--reason", "statement of 3 May")


def last(result: Result) -> str:
    return str(result.stdout.rstrip("\n").split("\n")[-1])


def test_mark_prints_the_decision_and_what_to_do_next(loaded: Any, as_json: Any) -> None:
    result = loaded("mark", ANNA, "possible_victim", *WHY)
    assert result.exit_code == 0, result.output
    assert re.search(r"possible_victim: one party; d[0-9a-f]{16}", result.stdout)
    assert last(result).startswith("→ finvest score")
    told = as_json(loaded("mark", BERT, "witness", *WHY, "--json"))
    assert told["category"] == "witness"
    assert len(told["decisions"]) == 1


def test_who_is_marked_is_masked_and_unranked_afterwards(loaded: Any, as_json: Any) -> None:
    before = as_json(loaded("score", "--json"))["ranking"]
    loaded("mark", "Anna Ahorn", "possible_victim", *WHY)
    after = as_json(loaded("score", "--json"))["ranking"]
    assert len(after) == len(before) - 1
    assert "Ahorn" not in loaded("score").stdout
    assert "possible_victim" in loaded("show", ANNA).stdout


def test_control_is_shown_where_one_looks_for_it_and_taken_back(loaded: Any, as_json: Any) -> None:
    result = loaded("control", "Bert Birke", ANNA, "--from", "2025-03-01", "--until", "2025-03-31", *WHY)
    assert result.exit_code == 0, result.output
    made = re.search(r"d[0-9a-f]{16}", result.stdout)
    assert made is not None
    assert f"control --revoke {made[0]}" in last(result)
    (row,) = as_json(loaded("show", ANNA, "--json"))["people"]
    assert (row["relation"], row["known_as"], row["start"], row["end"]) == (
        "controls",
        "Bert Birke",
        "2025-03-01",
        "2025-03-31",
    )
    assert "Bert Birke" in loaded("show", ANNA).stdout
    back = loaded("control", "--revoke", made[0], "--reason", "alibi")
    assert back.exit_code == 0
    assert as_json(loaded("show", ANNA, "--json"))["people"] == []


def test_decisions_lists_who_when_why_and_what_was_taken_back(loaded: Any, as_json: Any, tmp_path: Path) -> None:
    assert "Decisions: none" in loaded("decisions").stdout
    made = as_json(loaded("mark", BERT, "suspect", *WHY, "--json"))["decisions"][0]
    back = as_json(loaded("decisions", "--revoke", made[:9], "--reason", "mistaken", "--json"))["decision"]
    rows = as_json(loaded("decisions", "--json"))
    assert [(r["decision"], r["actor"], r["reason"], r["revoked_by"]) for r in rows] == [
        (made, "A 12", "statement of 3 May", back),
        (back, "A 12", "mistaken", None),
    ]
    assert all(row["at"].startswith("20") for row in rows)
    assert "mistaken" in loaded("decisions").stdout
    assert as_json(loaded("decisions", "--out", "d.csv", "--json"))["rows"] == 2
    assert (tmp_path / "d.csv").exists()


def test_log_shows_the_latest_entries_and_no_name(loaded: Any, as_json: Any) -> None:
    loaded("mark", ANNA, "possible_victim", *WHY)
    text = loaded("log", "--top", "3").stdout
    assert "alteration: category possible_victim" in text
    assert "Ahorn" not in text
    assert as_json(loaded("log", "--json"))[-1]["event"] == "consultation: open"
    assert loaded("log", "--top", "0").exit_code == 2


def test_a_possible_victim_becomes_a_suspect_by_two_people(loaded: Any, as_json: Any) -> None:
    loaded("mark", ANNA, "possible_victim", *WHY)
    alone = loaded("mark", ANNA, "suspect", *WHY)
    assert (alone.exit_code, alone.stdout) == (2, "")
    assert "two named people" in alone.stderr
    assert "--second" in alone.stderr
    assert loaded("mark", ANNA, "suspect", *WHY, "--second", "a-12").exit_code == 2
    assert loaded("mark", ANNA, "suspect", *WHY, "--second", "B 7").exit_code == 0
    assert [row["second"] for row in as_json(loaded("decisions", "--json"))] == [None, "B 7"]


@pytest.mark.parametrize(
    "args",
    [
        ("mark",),
        ("mark", ANNA),
        ("mark", ANNA, "guilty"),
        ("mark", "nobody", "witness"),
        ("mark", ANNA, "witness", "--revoke", "d1"),
        ("mark", "--revoke", "d1"),
        ("control", BERT, ANNA),
        ("control", BERT, "--from", "2025-01-01"),
        ("control", BERT, BERT, "--from", "2025-01-01"),
        ("control", BERT, ANNA, "--from", "01.02.2025"),
        ("control", BERT, ANNA, "--from", "2025-02-01", "--until", "2025-01-01"),
        ("control", BERT, ANNA, "--revoke", "d1"),
        ("decisions", "--revoke", ""),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_clear_line_and_decides_nothing(
    loaded: Any, as_json: Any, quiet: Any, args: tuple[str, ...]
) -> None:
    result = loaded(*args, *WHY)
    assert (result.exit_code, result.stdout) == (2, "")
    quiet(result)
    assert as_json(loaded("decisions", "--json")) == []


@pytest.mark.parametrize(
    "args",
    [
        ("mark", ANNA, "witness"),
        ("control", BERT, ANNA, "--from", "2025-01-01"),
        ("decisions", "--revoke", "d1"),
    ],
    ids=" ".join,
)
def test_the_reason_of_the_session_is_no_reason_for_a_decision(loaded: Any, args: tuple[str, ...]) -> None:
    result = loaded(*args)
    assert result.exit_code == 2
    assert "a decision needs a reason of its own" in result.stderr


def test_reasons_and_names_are_inert_in_the_terminal(loaded: Any) -> None:
    loaded("mark", ANNA, "witness", "--reason", "\x1b[2J[bold]x[/]", "--second", "\u202eevil")
    printed = loaded("decisions").output + loaded("decisions", "--json").output
    assert "\x1b" not in printed
    assert "\u202e" not in printed
    assert "bold" in printed
