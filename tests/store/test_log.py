"""The log of a case: every look is in it, by opaque ids; no name, no number, nothing that was typed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from finvest.case import Case
from finvest.model.errors import CaseError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

SAMPLE = Path(__file__).parents[2] / "sample_data" / "camt_894197.xml"
OPAQUE = re.compile(r"[a-z][0-9a-f]{16}|F-[0-9a-f]{10}|[0-9a-f]{64}|[0-9a-f]{12}-[0-9]{8}")


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("log") / "case"
    made = Case.create(folder, title="t", purpose="p", legal_basis="l", actor="A 12")
    made.load(SAMPLE)
    return made


def holder(case: Case) -> tuple[str, str, str]:
    """Id, number and holder's name of an account of the sample."""
    view = case.view()
    known = view.frame("accounts").drop_nulls("holder_name").row(0, named=True)
    label = view.labels[known["n"]]
    return known["account"], label.split(" (")[0], known["holder_name"]


LOOKS: dict[str, Callable[[Case], object]] = {
    "consultation: find": lambda case: case.find(holder(case)[2]),
    "consultation: show": lambda case: case.show(holder(case)[1]),
    "consultation: table transactions": lambda case: case.table("transactions"),
    "consultation: check": lambda case: case.check(),
    "combination: score": lambda case: case.score("GRF-01"),
    "consultation: open": lambda case: Case.open(case.folder, actor="A 12", reason="r"),
}


@pytest.mark.parametrize("event", LOOKS)
def test_every_look_is_in_the_log_by_opaque_ids(case: Case, event: str) -> None:
    before = case.log()
    LOOKS[event](case)
    added = case.log()[len(before) :]
    assert added["event"].to_list()[-1] == event
    assert set(added["actor"]) == {"A 12"}
    id_, number, name = holder(case)
    for entry in added.iter_rows(named=True):
        assert all(OPAQUE.fullmatch(subject) for subject in json.loads(entry["subjects"]))
        assert name not in str(entry)
        assert number not in str(entry)
    if event.endswith(("find", "show")):
        assert id_ in added["subjects"][-1]


def test_the_same_file_twice_is_one_load_and_one_entry(case: Case) -> None:
    before = len(case.log()), len(case.table("transactions"))
    assert case.load(SAMPLE).already
    assert (len(case.log()), len(case.table("transactions"))) == (before[0] + 1, before[1])


def test_nobody_opens_a_case_without_name_and_reason(case: Case, tmp_path: Path) -> None:
    before = len(case.log())
    for actor, reason in (("", "r"), ("A", " ")):
        with pytest.raises(UsageError, match="actor and a reason"):
            Case.open(case.folder, actor=actor, reason=reason)
    with pytest.raises(CaseError, match="is no case"):
        Case.open(tmp_path, actor="A", reason="r")
    assert len(case.log()) == before
