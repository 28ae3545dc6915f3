"""Decisions in a case: what they change, who must make them, and that each can be taken back."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import polars as pl
import pytest

from finvest import deciding
from finvest.case import Case
from finvest.model.errors import UsageError
from finvest.model.subjects import VICTIMS, control, controllers
from tests.cli.conftest import ANNA, BERT, CORA, SECRETS, STATEMENTS

if TYPE_CHECKING:
    from pathlib import Path

WHY = "statement of 3 May"
PEOPLE = (
    "kind,party,name,subject_category\n"
    "person,p00000000000000aa,Dora Distel,possible_victim\nperson,p00000000000000bb,Emil Esche,suspect\n"
    "person,p00000000000000cc,Fred Farn,\n"
)
DORA, EMIL, FRED = (f"p00000000000000{letter * 2}" for letter in "abc")


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = Case.create(tmp_path / "case", title="Orchid", purpose="a group", legal_basis="an order", actor="A 12")
    for name, text in STATEMENTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
        made.load(tmp_path / name)
    (tmp_path / "people.csv").write_text(PEOPLE, encoding="utf-8")
    made.load(tmp_path / "people.csv", table="parties", loader="native")
    return made


def account(case: Case, number: str) -> str:
    return case.show(number).id


def category(case: Case, party: str) -> str | None:
    rows = case.view().frame("parties").filter(pl.col("party") == party)["subject_category"]
    return str(rows[0]) if len(rows) else None


# ---- a row


def test_a_decision_needs_a_reason_and_has_an_id_of_its_own() -> None:
    with pytest.raises(UsageError, match="reason"):
        deciding.decision("pair", "s", "accept", " \n", "A")
    one, two = (deciding.decision("pair", "s", "accept", "seen", a) for a in "AB")
    assert one["decision"] != two["decision"]
    assert set(one) == {"decision", "kind", "subject", "outcome", "reason", "actor", "at", "revokes", "details"}


def test_kinds_that_are_checked_are_made_and_taken_back_by_their_own_verb(case: Case) -> None:
    (made,) = case.mark("Fred Farn", "witness", reason=WHY)
    for kind, revokes in (("category", None), ("controls", None), ("pair", made)):
        with pytest.raises(UsageError, match=r"made with `(mark|control)`"):
            case.decide(kind, DORA, "suspect", reason=WHY, revokes=revokes)
    assert len(case.table("decisions")) == 1


# ---- mark


@pytest.mark.parametrize("text", [ANNA, "DE89 3704 0044 0532 0130 00", "Anna Ahorn", "ahorn, anna"])
def test_a_marked_victim_is_masked_neutral_and_unranked_everywhere(case: Case, tmp_path: Path, text: str) -> None:
    before = case.score()
    anna = account(case, ANNA)
    assert anna in {r.id for r in before.ranking}
    case.mark(text, "possible_victim", reason=WHY)
    statement, findings = case.show(ANNA), case.score()
    assert statement.label.startswith("controlled account ")
    assert anna not in {r.id for r in findings.ranking}
    assert len(findings.ranking) == len(before.ranking) - 1
    assert findings.possible_victims == (anna,)
    told = case.explain(findings[0])
    assert told.picture is not None
    assert "Ahorn" not in told.picture.svg + told._repr_html_() + findings[0].sentence
    assert ANNA not in told.picture.svg + findings[0].sentence
    assert "possible victim" in told.picture.svg
    page = case.report(tmp_path / "r.html").read_text("utf-8")
    assert ANNA not in page
    assert "Anna Ahorn" not in page


def test_a_victims_name_in_a_reference_is_masked_in_the_report_too(tmp_path: Path) -> None:
    made = Case.create(tmp_path / "case", title="Orchid", purpose="a group", legal_basis="an order", actor="A 12")
    for name, text in STATEMENTS.items():
        (tmp_path / name).write_text(text.replace("Darlehen 31", f"fuer Anna  AHORN {ANNA}"), encoding="utf-8")
        made.load(tmp_path / name)
    made.mark(ANNA, "possible_victim", reason=WHY)
    page = made.report(tmp_path / "r.html").read_text("utf-8")
    assert re.search(r"fuer person [0-9a-f]{6} controlled account [0-9a-f]{6}", page)
    assert "AHORN" not in page.upper()
    assert ANNA not in page


def test_findings_on_file_that_name_a_new_victim_are_taken_out_until_scored_again(case: Case) -> None:
    case.score()
    case.mark(ANNA, "victim", reason=WHY)
    assert not [s for s in case.table("findings")["sentence"] if ANNA in s or "Ahorn" in s]
    case.score()
    assert len(case.table("findings"))


def test_marking_somebody_else_leaves_the_findings_on_file(case: Case) -> None:
    before = case.score().to_frame()
    case.mark("Fred Farn", "possible_victim", reason=WHY)
    assert case.table("findings")["finding"].sort().to_list() == before["finding"].sort().to_list()


def test_what_is_taken_back_is_as_before(case: Case) -> None:
    label = case.show(ANNA).label
    (made,) = case.mark(ANNA, "possible_victim", reason=WHY)
    back = case.revoke(made[:8], reason="mistaken for another")
    assert case.show(ANNA).label == label
    case.revoke(back, reason="no, it was right")
    assert case.show(ANNA).label != label
    rows = case.decisions().to_frame()
    assert rows["revoked_by"].to_list() == [None, case.table("decisions")["decision"][2], None]
    assert rows["outcome"].to_list() == ["possible_victim", "revoke", "revoke"]


def test_the_latest_category_counts_and_survives_opening_again(case: Case) -> None:
    case.mark("Fred Farn", "contact", reason=WHY)
    case.mark(FRED, "witness", reason=WHY)
    again = Case.open(case.folder, actor="B 7", reason="look")
    assert category(again, FRED) == "witness"
    assert category(again, EMIL) == "suspect"


def test_every_holder_of_an_account_is_marked_by_a_decision_each(case: Case, tmp_path: Path) -> None:
    anna = account(case, ANNA)
    links = "".join(f"holds,parties,{p},accounts,{anna}\n" for p in (EMIL, FRED))
    (tmp_path / "links.csv").write_text("kind,from_kind,from_id,to_kind,to_id\n" + links, encoding="utf-8")
    case.load(tmp_path / "links.csv", table="links", loader="native")
    assert len(case.mark(ANNA, "witness", reason=WHY)) == 2
    assert (category(case, EMIL), category(case, FRED)) == ("witness", "witness")


@pytest.mark.parametrize(
    ("party", "what", "expected"),
    [
        ("nobody", "witness", "no party and no account"),
        ("Fred Farn", "suspct", "did you mean suspect"),
        ("Fred Farn", "guilty", "there are suspect, convicted"),
        ("Fred Farn", "", "no category"),
    ],
)
def test_who_or_what_is_not_known_is_refused_in_one_line(case: Case, party: str, what: str, expected: str) -> None:
    with pytest.raises(UsageError, match=expected) as error:
        case.mark(party, what, reason=WHY)
    assert "\n" not in str(error.value)
    assert not [secret for secret in SECRETS if secret in str(error.value)]
    assert case.table("decisions").is_empty()


# ---- two people


def refused(case: Case, party: str, what: str = "suspect") -> bool:
    before = len(case.table("decisions"))
    with pytest.raises(UsageError, match="two named people"):
        case.mark(party, what, reason=WHY)
    return len(case.table("decisions")) == before


@pytest.mark.parametrize("what", ["suspect", "convicted"])
def test_a_possible_victim_becomes_a_suspect_by_two_people_only(case: Case, what: str) -> None:
    assert refused(case, "Dora Distel", what)
    case.mark("Dora Distel", what, reason=WHY, second="B 7")
    assert category(case, DORA) == what
    assert case.decisions().to_frame()["second"].to_list() == ["B 7"]
    case.mark(DORA, "convicted", reason="judgment")


@pytest.mark.parametrize("second", ["A 12", "a-12", "12 A", " ", "--", "A12"])
def test_the_second_person_is_another_one(case: Case, second: str) -> None:
    with pytest.raises(UsageError, match="second person"):
        case.mark("Dora Distel", "suspect", reason=WHY, second=second)
    assert category(case, DORA) == "possible_victim"


@pytest.mark.parametrize("between", ["unclassified", "witness", "contact"])
def test_no_way_round_over_another_category(case: Case, between: str) -> None:
    case.mark("Dora Distel", between, reason=WHY)
    assert refused(case, DORA)


def test_no_way_round_by_taking_back(case: Case) -> None:
    (made,) = case.mark("Emil Esche", "victim", reason=WHY)
    with pytest.raises(UsageError, match="two named people"):
        case.revoke(made, reason=WHY)
    assert category(case, EMIL) == "victim"
    case.revoke(made, reason=WHY, second="B 7")
    assert category(case, EMIL) == "suspect"
    assert case.table("decisions")["details"].to_list() == [None, '{"second": "B 7"}']


def test_no_way_round_by_the_account(case: Case, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("kind,party,name,subject_category\nperson,p1,Anna Ahorn,victim\n", encoding="utf-8")
    case.load(tmp_path / "p.csv", table="parties", loader="native")
    assert refused(case, ANNA)
    assert refused(case, account(case, ANNA))


def test_whom_a_finding_holds_for_a_possible_victim_is_one(case: Case) -> None:
    findings = case.score().to_frame()
    bert = account(case, BERT)
    assert case.mark(BERT, "suspect", reason=WHY)
    cora = account(case, CORA)
    role = findings["subjects"].str.replace(f'("id": "{cora}"[^}}]*"role": )"[a-z]*"', '$1"possible_victim"')
    assert any("possible_victim" in text for text in role)
    case._store.replace("findings", findings.with_columns(role))
    assert refused(case, CORA)
    assert bert != cora


def test_nobody_else_needs_a_second_person(case: Case) -> None:
    for what in ("suspect", *VICTIMS):
        case.mark("Fred Farn", what, reason=WHY)
    assert category(case, FRED) == VICTIMS[-1]


# ---- control


def test_control_is_seen_by_views_and_taken_back(case: Case) -> None:
    anna = account(case, ANNA)
    made = case.control("Emil Esche", ANNA, date(2025, 3, 1), date(2025, 3, 31), reason=WHY)
    links = case.view().frame("links")
    assert links.select("kind", "from_id", "to_id", "source").rows() == [("controls", EMIL, anna, made)]
    accounts = case.view().frame("accounts")
    found = controllers(control(links, accounts), anna, date(2025, 3, 5))
    assert found.select("controller", "origin", "source").rows() == [(EMIL, "decision", made)]
    shown = case.show(ANNA).people.select("relation", "known_as", "category", "by").rows()
    assert shown == [("controls", "Emil Esche", "suspect", made)]
    case.revoke(made, reason="alibi")
    assert case.show(ANNA).people.is_empty()
    (outcome, _) = case.decisions().to_frame()["outcome"]
    assert outcome == "controlled by Emil Esche from 2025-03-01 to 2025-03-31"


def test_a_controlled_account_clears_no_finding_and_is_no_group(case: Case) -> None:
    before = [(f.id, f.score, f.withdrawn) for f in case.score().all]
    for number in (ANNA, BERT, CORA):
        case.control("Emil Esche", number, date(2025, 1, 1), reason=WHY)
    assert [(f.id, f.score, f.withdrawn) for f in case.score().all] == before


def test_a_controller_may_be_known_by_an_account_only(case: Case) -> None:
    case.control(BERT, "Dora Distel", date(2025, 1, 1), reason=WHY)
    (link,) = case.view().frame("links").filter(pl.col("kind") == "controls").to_dicts()
    assert (link["to_kind"], link["to_id"]) == ("parties", DORA)
    assert "Bert Birke" in case.view().frame("parties")["name"].to_list()
    assert case.show(BERT).people["relation"].to_list() == ["holds"]


@pytest.mark.parametrize(
    ("who", "what", "until", "expected"),
    [
        ("Emil Esche", EMIL, None, "without a decision"),
        (ANNA, ANNA, None, "without a decision"),
        ("Emil Esche", ANNA, date(2024, 1, 1), "ends before"),
        ("nobody", ANNA, None, "no party and no account"),
        ("Emil Esche", "nobody", None, "no account is known so"),
    ],
)
def test_control_that_cannot_be_is_refused(case: Case, who: str, what: str, until: date | None, expected: str) -> None:
    with pytest.raises(UsageError, match=expected):
        case.control(who, what, date(2025, 1, 1), until, reason=WHY)
    assert case.table("decisions").is_empty()


# ---- taking back, the log


def test_only_one_decision_that_stands_is_taken_back(case: Case) -> None:
    (made,) = case.mark("Fred Farn", "witness", reason=WHY)
    case.mark("Emil Esche", "witness", reason=WHY)
    for start, count in (("", 0), ("x", 0), ("d", 2)):
        with pytest.raises(UsageError, match=f"{count} decisions begin"):
            case.revoke(start, reason=WHY)
    with pytest.raises(UsageError, match="reason"):
        case.revoke(made, reason=" ")
    by = case.revoke(made, reason=WHY)
    with pytest.raises(UsageError, match=re.escape(by)):
        case.revoke(made, reason=WHY)


def test_the_log_says_what_was_decided_by_opaque_ids_only(case: Case) -> None:
    case.mark(ANNA, "possible_victim", reason=WHY)
    case.control("Emil Esche", ANNA, date(2025, 1, 1), reason=WHY)
    events = case.log()["event"].to_list()
    assert [e for e in events if e.startswith("alteration")] == [
        "alteration: category possible_victim",
        "alteration: controls accept",
    ]
    text = str(case.log().rows())
    assert not [secret for secret in (*SECRETS, "Esche") if secret in text]
