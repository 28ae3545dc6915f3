"""Who stands behind an account: the holder, and for a controlled one whoever controls it, never a possible victim."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.model.tables import table
from finvest.tracing.people import SCHEMA, UNKNOWN, Names, people

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES = Names({"a1": "account 1", "a2": "account 2", "a3": "account 3"}, {"p1": "Ada", "p2": "Ben", "p3": "P-3"})


def tables(
    links: Sequence[tuple[str, str, str]] = (), victims: Sequence[str] = (), holders: dict[str, str] | None = None
) -> dict[str, pl.DataFrame]:
    """Return tables: links as (kind, party, account), parties that are possible victims, holders by account."""
    linked: list[dict[str, str | None]] = [
        {"link": f"l{i}", "kind": kind, "from_kind": "parties", "from_id": one, "to_kind": "accounts", "to_id": two}
        for i, (kind, one, two) in enumerate(links)
    ]
    parties: list[dict[str, str | None]] = [
        {"party": p, "kind": "person", "subject_category": "possible_victim" if p in victims else "unclassified"}
        for p in ("p1", "p2", "p3")
    ]
    accounts: list[dict[str, str | None]] = [
        {"account": a, "kind": "bank", "holder": (holders or {}).get(a)} for a in ("a1", "a2", "a3")
    ]
    rows = {"links": linked, "parties": parties, "accounts": accounts}
    return {
        name: table(name).complete(
            pl.DataFrame(given, schema_overrides={"holder": pl.String}, infer_schema_length=None)
        )
        if given
        else table(name).empty()
        for name, given in rows.items()
    }


def behind(known: dict[str, pl.DataFrame], *accounts: str, controlled: Sequence[str] = ()) -> list[tuple[object, ...]]:
    found = people(known, accounts, NAMES, controlled)
    assert found.schema == SCHEMA
    return found.drop("label", "known_as").rows()


def test_a_holder_stands_behind_each_of_its_accounts() -> None:
    known = tables([("holds", "p1", "a1"), ("holds", "p1", "a2")])
    assert behind(known, "a2", "a1") == [("a1", False, "p1", "Ada"), ("a2", False, "p1", "Ada")]
    assert behind(tables(holders={"a1": "p2"}), "a1") == [("a1", False, "p2", "Ben")]


def test_an_account_without_a_holder_stands_for_itself() -> None:
    assert behind(tables(), "a1", "elsewhere") == [
        ("a1", False, "a1", "account 1"),
        ("elsewhere", False, "elsewhere", "elsewhere"),
    ]


def test_behind_a_possible_victims_account_stands_who_controls_it() -> None:
    known = tables([("holds", "p3", "a1"), ("controls", "p2", "a1")], victims=["p3"])
    assert behind(known, "a1") == [("a1", True, "p2", "Ben")]


def test_who_controls_a_person_controls_what_it_holds() -> None:
    known = tables([("holds", "p3", "a1")], victims=["p3"])
    control = table("links").complete(
        pl.DataFrame(
            {
                "link": "c",
                "kind": "controls",
                "from_kind": "parties",
                "from_id": "p2",
                "to_kind": "parties",
                "to_id": "p3",
            }
        )
    )
    known["links"] = pl.concat([known["links"], control])
    assert behind(known, "a1") == [("a1", True, "p2", "Ben")]


def test_a_possible_victim_is_never_named_where_nobody_is_known_to_control_the_account() -> None:
    rows = behind(tables([("holds", "p3", "a1")], victims=["p3"]), "a1")
    assert rows == [("a1", True, "controls a1", f"{UNKNOWN} (controlled account 1)")]


def test_what_findings_hold_for_a_possible_victims_is_a_conduit() -> None:
    known = tables([("holds", "p1", "a1")])
    assert behind(known, "a1", controlled=["a1"])[0][1:3] == (True, "controls a1")


def test_several_who_control_an_account_stand_together() -> None:
    known = tables([("controls", "p2", "a1"), ("controls", "p1", "a1"), ("controls", "p2", "a1")])
    ((_, conduit, person, name),) = behind(known, "a1")
    assert conduit is True
    assert sorted(str(person).split("+")) == ["p1", "p2"]
    assert sorted(str(name).split(" and ")) == ["Ada", "Ben"]


def test_a_finding_is_enough_to_leave_an_account_unnamed() -> None:
    """No record calls its holder a victim: what names it is replaced all the same."""
    found = people(tables(holders={"a1": "p1"}), ["a1"], NAMES, ["a1"]).row(0, named=True)
    assert found["conduit"]
    assert found["label"] == "controlled account 1"
    assert found["name"] == f"{UNKNOWN} (controlled account 1)"
    assert "Ada" not in f"{found['label']} {found['name']}"
