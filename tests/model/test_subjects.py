"""Who is who and who controls whom, on frames: decisions beside records."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from finvest.model.subjects import (
    DECISION,
    SUSPECTS,
    VICTIMS,
    categories,
    control,
    controllers,
    decided,
    holder_of,
    holders,
    hypotheses,
    victims,
)
from finvest.model.tables import table
from tests.model.test_decisions import rows

MAY, JUNE, JULY = (date(2026, month, 1) for month in (5, 6, 7))


def frame(name: str, *made: dict[str, Any]) -> pl.DataFrame:
    columns = table(name).schema
    return pl.DataFrame([{c: row.get(c) for c in columns} for row in made], schema=columns)


def category(subject: str, outcome: str, **said: Any) -> dict[str, Any]:
    return {"subject": subject, "outcome": outcome, "details": json.dumps(said)}


def controls(controller: str, subject: str, of: str = "accounts", **said: Any) -> dict[str, Any]:
    said = {"controller": controller, "of": of, "since": "2026-06-01", **said}
    return {"kind": "controls", "subject": subject, "outcome": "accept", "details": json.dumps(said)}


PARTIES = frame(
    "parties",
    {"party": "p1", "name": "Ana Example", "subject_category": "victim", "source": "s", "record": 1},
    {"party": "p2", "name": "Bo Case", "source": "s", "record": 2},
)
ACCOUNTS = frame(
    "accounts",
    {"account": "a1", "holder": "p1", "holder_name": "Ana Example"},
    {"account": "a2", "holder_name": "Cy Nobody", "own_books": True, "source": "s", "record": 1},
    {"account": "a2", "holder_name": "C. Nobody", "source": "a", "record": 1},
    {"account": "a3", "holder_name": "EXAMPLE, ANA"},
)
TABLES = {"parties": PARTIES, "accounts": ACCOUNTS, "identifiers": frame("identifiers"), "links": frame("links")}


def protected(tables: dict[str, pl.DataFrame]) -> list[tuple[str, str]]:
    return victims(*(tables[n] for n in ("parties", "accounts", "identifiers", "links"))).rows()


# ---- categories


def test_without_decisions_the_tables_are_as_they_were() -> None:
    assert all(found.equals(TABLES[name]) for name, found in decided(TABLES, rows()).items())


def test_who_has_no_category_is_unclassified_and_a_decision_comes_before_a_record() -> None:
    found = categories(PARTIES, rows(category("p2", "suspect"), category("p9", "contact")))
    assert found.rows() == [("p1", "victim", None), ("p2", "suspect", "d0"), ("p9", "contact", "d1")]
    assert categories(PARTIES, rows()).rows() == [("p1", "victim", None), ("p2", "unclassified", None)]


def test_of_two_records_the_one_that_calls_a_party_a_victim_counts() -> None:
    both = pl.concat([PARTIES, frame("parties", {"party": "p1", "subject_category": "suspect", "source": "a"})])
    assert categories(both, rows()).row(0) == ("p1", "victim", None)
    assert decided({"parties": both}, rows(category("p1", "witness")))["parties"].filter(pl.col("party") == "p1")[
        "subject_category"
    ].to_list() == ["witness", "witness"]


def test_a_victim_protects_accounts_held_by_id_by_link_and_by_a_likeness_of_names() -> None:
    held = frame(
        "links", {"kind": "holds", "from_id": "p1", "to_id": "a9"}, {"kind": "owns", "from_id": "p1", "to_id": "a8"}
    )
    assert protected(TABLES | {"links": held}) == [
        ("account", "a1"),
        ("account", "a3"),
        ("account", "a9"),
        ("party", "p1"),
    ]


def test_a_decision_protects_and_another_one_lifts_it() -> None:
    assert ("account", "a1") in protected(TABLES)
    assert protected(decided(TABLES, rows(category("p1", "witness")))) == []
    assert ("party", "p2") in protected(decided(TABLES, rows(category("p2", "possible_victim"))))


def test_a_holder_that_no_record_names_becomes_a_party_while_a_decision_about_it_stands() -> None:
    who = holder_of("a2")
    marked = category(who, "possible_victim", holder_of="a2")
    tables = decided(TABLES, rows(marked))
    made = tables["parties"].filter(pl.col("party") == who).row(0, named=True)
    assert (made["name"], made["loader"], made["source"]) == ("Cy Nobody", DECISION, "d0")
    assert {("account", "a2"), ("party", who)} <= set(protected(tables))
    gone = decided(TABLES, rows(marked, {"outcome": "revoke", "subject": who, "revokes": "d0"}))
    assert gone["parties"].equals(PARTIES)
    assert gone["links"].is_empty()


def test_a_holder_of_several_decisions_is_one_party_with_the_latest_category() -> None:
    who = holder_of("a2")
    said = rows(category(who, "contact", holder_of="a2"), category(who, "witness", holder_of="a2"))
    tables = decided(TABLES, said)
    assert tables["parties"].filter(pl.col("party") == who)["subject_category"].to_list() == ["witness"]
    assert tables["links"]["kind"].to_list() == ["holds"]


def test_findings_that_stand_say_whom_they_hold_for_a_possible_victim() -> None:
    said = [
        {"kind": "account", "id": "a1", "role": "possible_victim"},
        {"kind": "account", "id": "a2", "role": "exploiter"},
    ]
    found = frame(
        "findings",
        {"subjects": json.dumps(said), "status": "unreviewed"},
        {"subjects": json.dumps([{**said[0], "id": "a7"}]), "status": "withdrawn"},
    )
    assert hypotheses(found).rows() == [("account", "a1")]
    assert hypotheses(frame("findings")).is_empty()


# ---- control


def asked(tables: dict[str, pl.DataFrame], account: str, day: date) -> list[tuple[str, str | None, str]]:
    found = controllers(control(tables["links"], tables["accounts"]), account, day)
    return found.select("controller", "through", "origin").rows()


def test_control_by_decision_is_a_link_with_the_decisions_id_as_source() -> None:
    tables = decided(TABLES, rows(controls("p2", "a1", until="2026-06-30")))
    (link,) = tables["links"].to_dicts()
    assert (link["kind"], link["from_id"], link["to_id"], link["to_kind"]) == ("controls", "p2", "a1", "accounts")
    assert (link["source"], link["link"], link["loader"]) == ("d0", "d0", DECISION)
    assert (link["start"], link["end"]) == (JUNE, date(2026, 6, 30))


@pytest.mark.parametrize(("day", "found"), [(MAY, []), (JUNE, ["p2"]), (date(2026, 6, 30), ["p2"]), (JULY, [])])
def test_who_controls_an_account_depends_on_the_day(day: date, found: list[str]) -> None:
    tables = decided(TABLES, rows(controls("p2", "a1", until="2026-06-30")))
    assert [row[0] for row in asked(tables, "a1", day)] == found


def test_control_stands_beside_records_until_it_is_taken_back() -> None:
    record = frame(
        "links", {"kind": "controls", "from_kind": "parties", "from_id": "p7", "to_kind": "accounts", "to_id": "a1"}
    )
    said = [controls("p2", "a1"), {"kind": "controls", "subject": "a1", "outcome": "revoke", "revokes": "d0"}]
    before = decided(TABLES | {"links": record}, rows(said[0]))
    assert asked(before, "a1", JULY) == [("p2", None, "decision"), ("p7", None, "record")]
    after = decided(TABLES | {"links": record}, rows(*said))
    assert asked(after, "a1", JULY) == [("p7", None, "record")]


def test_who_controls_a_party_controls_what_it_holds_while_it_holds_it() -> None:
    held = frame("links", {"kind": "holds", "from_id": "p1", "to_id": "a9", "start": MAY, "end": JUNE})
    tables = decided(TABLES | {"links": held}, rows(controls("p2", "p1", of="parties")))
    assert asked(tables, "a1", JULY) == [("p2", "p1", "decision")]
    assert asked(tables, "a9", JUNE) == [("p2", "p1", "decision")]
    assert asked(tables, "a9", MAY) == asked(tables, "a9", JULY) == []


def test_a_controller_known_by_an_account_only_is_a_party_with_that_account() -> None:
    who = holder_of("a2")
    tables = decided(TABLES, rows(controls(who, "a1", holder_of="a2")))
    assert tables["parties"].filter(pl.col("party") == who)["name"].to_list() == ["Cy Nobody"]
    assert asked(tables, "a1", JULY) == [(who, None, "decision")]
    assert ("a2", who, None, None) in holders(tables["accounts"], tables["links"]).rows()


def test_a_link_without_the_table_of_its_end_is_of_an_account_where_there_is_one() -> None:
    links = frame("links", *({"kind": "controls", "from_id": "p7", "to_id": to} for to in ("a1", "p2")))
    assert control(links, ACCOUNTS)["account"].to_list() == ["a1"]


DAYS = st.one_of(st.none(), st.integers(1, 9).map(lambda n: date(2026, 6, n)))


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("pq"), DAYS, DAYS), max_size=6), st.integers(1, 9))
def test_controllers_on_a_day_are_those_a_plain_loop_finds(
    made: list[tuple[str, str, date | None, date | None]], day: int
) -> None:
    links = frame(
        "links",
        *(
            {
                "link": f"l{i}",
                "kind": "controls",
                "from_id": who,
                "to_kind": "accounts",
                "to_id": what,
                "start": a,
                "end": b,
            }
            for i, (what, who, a, b) in enumerate(made)
        ),
    )
    on = date(2026, 6, day)
    wanted = sorted(
        f"l{i}"
        for i, (what, _, a, b) in enumerate(made)
        if what == "a" and (a is None or a <= on) and (b is None or on <= b)
    )
    assert sorted(controllers(control(links, ACCOUNTS), "a", on)["link"]) == wanted


def test_suspects_and_victims_are_apart() -> None:
    assert not set(SUSPECTS) & set(VICTIMS)
