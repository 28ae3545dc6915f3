"""Proposals: kept beside the case, nothing until a person decides, and whatever was decided can be taken back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from finvest import proposing, sharing
from finvest.case import Case
from finvest.exchange.neo4j.pull import Said
from finvest.model.errors import UsageError
from finvest.store.manifest import Manifest
from tests.cli.conftest import STATEMENTS

if TYPE_CHECKING:
    from pathlib import Path

WHY = "seen in file 3"
DORA, EMIL, FRED = (f"p00000000000000{letter * 2}" for letter in "abc")
PEOPLE = (
    "kind,party,name,subject_category\n"
    f"person,{DORA},Dora Distel,possible_victim\nperson,{EMIL},Emil Esche,\nperson,{FRED},Fred Farn,\n"
)


def said(kind: str, subject: str, by: str | None = "B 7", at: str | None = "2026-03-01", **details: str) -> Said:
    return Said(kind, "Party", subject, details, by, at)


NOTE = said("note", EMIL, text="drives the van of Dora Distel")
CATEGORY = said("category", EMIL, outcome="suspect", reason="two witnesses")
VICTIM = said("category", DORA, outcome="suspect", reason="collects the rent")
OWNS = said("link", EMIL, type="OWNS", to="Party", to_id=FRED, share_low="12.50", share_high="50", start="2025-01-01")
CONTROLS = said("link", EMIL, type="CONTROLS", to="Party", to_id=FRED)


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = Case.create(tmp_path / "case", title="Orchid", purpose="a group", legal_basis="an order", actor="A 12")
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    made.load(tmp_path / "people.csv", table="parties", loader="native")
    return made


def kept(case: Case, *given: Said) -> list[str]:
    proposing.keep(case._state, given, "Neo4j", "A 12")
    return [row["proposal"] for row in case._store.manifest.proposals()]


def status(case: Case) -> list[str]:
    return case.proposals().to_frame()["status"].to_list()


def links(case: Case) -> list[dict[str, Any]]:
    return case.view().frame("links").to_dicts() if case.view().lacks(["links"]) is None else []


def test_a_proposal_changes_nothing_by_itself(case: Case) -> None:
    before = case.view().frame("parties")
    kept(case, NOTE, CATEGORY, OWNS)
    assert case.decisions().to_frame().is_empty()
    assert case.view().frame("parties").equals(before)
    assert links(case) == []
    assert status(case) == ["open"] * 3


def test_what_is_kept_already_is_no_new_proposal(case: Case) -> None:
    assert proposing.keep(case._state, [NOTE, NOTE], "Neo4j", "A 12") == ([EMIL], 1, 0)
    assert proposing.keep(case._state, [NOTE, OWNS], "Neo4j", "C 3") == ([EMIL], 1, 0)
    assert len(case.proposals()) == 2


def test_what_is_about_something_else_is_left_out_and_counted(case: Case) -> None:
    elsewhere = said("note", "p0", text="x")
    dangling = said("link", EMIL, type="OWNS", to="Party", to_id="p1")
    assert proposing.keep(case._state, [elsewhere, dangling, NOTE], "Neo4j", "A 12") == ([EMIL], 1, 2)


def test_proposals_say_who_when_and_what_with_victims_masked(case: Case) -> None:
    kept(case, NOTE, VICTIM, OWNS)
    note, category, owns = case.proposals().to_frame().to_dicts()
    assert (note["about"], note["by"], note["at"], note["source"]) == ("Emil Esche", "B 7", "2026-03-01", "Neo4j")
    assert note["says"] == "drives the van of person 000000"
    assert category["about"] == "person 000000"
    assert category["says"] == "suspect: collects the rent"
    assert owns["says"] == "owns 12.50 to 50 % Fred Farn from 2025-01-01"


def test_an_accepted_category_counts_until_it_is_taken_back(case: Case) -> None:
    (proposal,) = kept(case, CATEGORY)
    (made,) = case.accept(proposal[:6], reason=WHY)

    def category() -> str | None:
        people = case.view().frame("parties")
        return str(people.filter(pl.col("party") == EMIL)["subject_category"][0])

    assert category() == "suspect"
    assert status(case) == ["accepted"]
    assert case.proposals().to_frame()["decision"].to_list() == [made]
    (row,) = case.decisions().to_frame().to_dicts()
    assert (row["actor"], row["reason"], row["outcome"]) == ("A 12", WHY, f"suspect (Neo4j, proposal {proposal})")
    with pytest.raises(UsageError, match=rf"accepted already; `finvest decisions --revoke {made}"):
        case.reject(proposal, reason=WHY)
    case.revoke(made, reason="mistaken")
    assert category() != "suspect"
    assert status(case) == ["open"]
    case.accept(proposal, reason=WHY)
    assert status(case) == ["accepted"]


def test_nobody_alone_makes_a_suspect_of_a_possible_victim_by_a_proposal(case: Case) -> None:
    (proposal,) = kept(case, VICTIM)
    with pytest.raises(UsageError, match="two named people"):
        case.accept(proposal, reason=WHY)
    with pytest.raises(UsageError, match="two different people"):
        case.accept(proposal, reason=WHY, second="a 12")
    assert status(case) == ["open"]
    case.accept(proposal, reason=WHY, second="B 7")
    assert status(case) == ["accepted"]


def test_an_accepted_link_stands_beside_those_of_records(case: Case) -> None:
    (proposal,) = kept(case, OWNS)
    (made,) = case.accept(proposal, reason=WHY)
    (row,) = links(case)
    assert {c: row[c] for c in ("link", "kind", "from_kind", "from_id", "to_kind", "to_id", "loader", "source")} == {
        "link": made,
        "kind": "owns",
        "from_kind": "parties",
        "from_id": EMIL,
        "to_kind": "parties",
        "to_id": FRED,
        "loader": "decision",
        "source": made,
    }
    assert (row["share_low"], row["share_high"], row["start"], row["end"]) == ("12.50", "50", date(2025, 1, 1), None)
    assert case.decisions().to_frame()["outcome"][0].startswith("owns Fred Farn (Neo4j")
    case.revoke(made, reason="mistaken")
    assert links(case) == []


def test_control_needs_a_first_day(case: Case) -> None:
    (proposal,) = kept(case, CONTROLS)
    with pytest.raises(UsageError, match="--from DATE"):
        case.accept(proposal, reason=WHY)
    case.accept(proposal, reason=WHY, since=date(2025, 2, 1))
    (row,) = links(case)
    assert (row["kind"], row["from_id"], row["to_id"], row["start"]) == ("controls", EMIL, FRED, date(2025, 2, 1))


def test_a_first_day_is_for_control_only(case: Case) -> None:
    (proposal,) = kept(case, OWNS)
    with pytest.raises(UsageError, match="--from is for"):
        case.accept(proposal, reason=WHY, since=date(2025, 2, 1))


def test_a_note_becomes_a_decision_that_keeps_its_words(case: Case) -> None:
    (proposal,) = kept(case, NOTE)
    case.accept(proposal, reason=WHY)
    (row,) = case.table("decisions").to_dicts()
    assert (row["kind"], row["subject"], row["outcome"]) == ("note", EMIL, "accept")
    assert '"text": "drives the van of Dora Distel"' in row["details"]
    assert '"said_by": "B 7"' in row["details"]


def test_what_was_rejected_is_open_again_when_that_is_taken_back(case: Case) -> None:
    (proposal,) = kept(case, NOTE)
    made = case.reject(proposal, reason=WHY)
    assert status(case) == ["rejected"]
    with pytest.raises(UsageError, match="rejected already"):
        case.accept(proposal, reason=WHY)
    case.revoke(made, reason="mistaken")
    assert status(case) == ["open"]


@pytest.mark.parametrize("start", ["", "q", "x"])
def test_a_proposal_is_named_by_how_its_id_begins(case: Case, start: str) -> None:
    kept(case, NOTE, OWNS)
    with pytest.raises(UsageError, match="proposals begin with"):
        case.accept(start, reason=WHY)


def test_a_decision_on_a_proposal_needs_a_reason(case: Case) -> None:
    (proposal,) = kept(case, NOTE)
    for decide in (case.accept, case.reject):
        with pytest.raises(UsageError, match="reason"):
            decide(proposal, reason=" ")
    assert status(case) == ["open"]


def test_what_analysts_say_of_a_finding_is_its_status_once_accepted(tmp_path: Path) -> None:
    case = Case.create(tmp_path / "case", title="Orchid", purpose="a group", legal_basis="an order", actor="A 12")
    for name, text in STATEMENTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        case.load(tmp_path / name)
    finding = case.score()[0].id
    dismissed = Said("finding", "Finding", finding, {"outcome": "dismiss", "reason": "a loan"}, "B 7", None)
    kept(case, dismissed)
    assert case.proposals().to_frame()["says"].to_list() == ["dismiss: a loan"]
    (row,) = case.proposals().to_frame()["proposal"]
    case.accept(row, reason=WHY)
    reviewed = sharing.reviewed(case._state)
    assert reviewed.filter(pl.col("finding") == finding)["status"].to_list() == ["dismiss"]


def test_parties_contacts_and_addresses_are_known_as_they_were_pushed(case: Case, tmp_path: Path) -> None:
    rows = {
        "contacts": "contact,kind,value,subject\nc1,phone,0170 1234567,p00000000000000bb\n",
        "addresses": "address,text\nd1,Werkstr. 4\n",
        "links": "link,kind,from_kind,from_id,to_kind,to_id\nl1,directs,parties,p00000000000000bb,parties,p9\n",
    }
    for name, text in rows.items():
        (tmp_path / f"{name}.csv").write_text(text, encoding="utf-8")
        case.load(tmp_path / f"{name}.csv", table=name, loader="native")
    nodes = [part for part in sharing.parts(case._state) if not part.ends]
    about = [
        Said("note", part.element.name, id_, {"text": "x"}, None, None) for part in nodes for id_ in part.frame["id"]
    ]
    assert {one.of for one in about} == {"Party", "Contact", "Address"}
    assert "p9" in {one.subject for one in about}
    assert proposing.keep(case._state, about, "Neo4j", "A 12")[1:] == (len(about), 0)
    assert len(case.proposals()) == len(about)


def test_a_link_is_no_decision_that_anybody_types(case: Case) -> None:
    with pytest.raises(UsageError, match="neo4j proposals accept"):
        case.decide("link", EMIL, "accept", reason=WHY)


def test_proposals_only_grow_in_cases_that_had_none(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "case" / "manifest.sqlite"
    assert Manifest(path).proposals() == []
    kept(case, NOTE)
    for statement in (
        "update proposals set said_by = 'x'",
        "delete from proposals",
        "insert or replace into proposals select * from proposals",
    ):
        with closing(sqlite3.connect(path)) as db, pytest.raises(sqlite3.IntegrityError, match="only grows"):
            db.execute(statement)
    assert len(Manifest(path).proposals()) == 1
