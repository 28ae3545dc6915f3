"""Which loader and which profile read a file, and what has to be answered first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from finvest import loading
from finvest.case import Case
from finvest.model.errors import SourceError, UsageError
from finvest.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

    from finvest.loading import Loaded
    from finvest.reading.propose import Proposal, Question

ANNA = "DE89370400440532013000"
NEW = "Date,Amount,Description\n2/8/15,-12.50,rent\n3/8/15,9.00,pay\n"


class Person:
    """Answers as it is told, and remembers what it was asked."""

    def __init__(self, answers: dict[str, str], *, accept: bool = True) -> None:
        self.answers, self.accept = answers, accept
        self.asked: list[str] = []
        self.shown: list[Proposal] = []

    def show(self, proposal: Proposal) -> None:
        self.shown.append(proposal)

    def answer(self, question: Question) -> str:
        self.asked.append(question.option)
        return self.answers[question.option]

    def accepts(self) -> bool:
        return self.accept


@pytest.fixture
def case(tmp_path: Path) -> Case:
    return Case.create(tmp_path / "case", title="O", purpose="p", legal_basis="l", actor="a")


def put(case: Case, text: str, **options: Any) -> Loaded:
    path = case.folder.parent / "new.csv"
    path.write_text(text, encoding="utf-8")
    return case.load(path, **options)


def test_a_person_sees_three_rows_and_is_asked_what_the_file_does_not_say(case: Case) -> None:
    person = Person({"day_first": "false", "account": ANNA, "currency": "USD"})
    done = put(case, NEW + "4/8/15,1.00,x\n5/8/15,1.00,y\n", ask=person)
    assert done.tally.loaded == 4
    assert set(person.asked) == {"day_first", "account", "currency"}
    (proposal,) = person.shown
    assert {"column", "from", "row 1", "row 2", "row 3"} == set(proposal.sample.columns)
    assert case.table("transactions")["booked_at"].dt.month().unique().to_list() != [8]


def test_a_person_who_does_not_accept_stops_the_load(case: Case) -> None:
    person = Person({"day_first": "true", "account": ANNA, "currency": "EUR"}, accept=False)
    with pytest.raises(SourceError, match="its layout is new"):
        put(case, NEW, ask=person)
    assert case.sources().to_frame().is_empty()


def test_what_is_answered_beforehand_is_not_asked(case: Case) -> None:
    person = Person({})
    put(case, NEW, ask=person, day_first=True, account=ANNA, currency="EUR")
    assert person.asked == []
    assert len(person.shown) == 1


def test_a_shipped_layout_is_neither_shown_nor_asked_about(case: Case) -> None:
    person = Person({})
    put(case, f"Date,Account,Amount,Currency\n2025-01-02,{ANNA},1.00,EUR\n", ask=person)
    assert (person.shown, person.asked) == ([], [])


def test_day_and_month_are_never_guessed_but_taken_where_a_date_proves_them(case: Case) -> None:
    given = {"account": ANNA, "currency": "EUR", "accept": True}
    with pytest.raises(SourceError, match="--day-first or --month-first"):
        put(case, NEW, **given)
    done = put(case, NEW + "13/8/15,1.00,x\n", **given)
    assert done.layout is not None
    assert done.layout.dates == ("%d/%m/%y",)


def test_the_layout_of_a_load_loads_the_next_file_without_a_question(case: Case, tmp_path: Path) -> None:
    done = put(case, NEW, account=ANNA, currency="EUR", day_first=True, accept=True)
    assert done.layout is not None
    (tmp_path / "own.toml").write_text(done.layout.to_toml(), encoding="utf-8")
    assert put(case, NEW + "9/9/15,1.00,x\n", profile=tmp_path / "own.toml").tally.loaded == 3


def test_the_file_decides_which_loader_reads_it() -> None:
    registry = Registry()
    assert loading.recognised(registry, b"Date,Amount\n2025-01-02,1\n", "a.csv").card.name == "delimited"
    with pytest.raises(SourceError, match="no format that finvest knows"):
        loading.recognised(registry, bytes(range(128, 256)), "a.bin")


def test_a_load_list_gives_paths_beside_it_and_options(tmp_path: Path) -> None:
    (tmp_path / "load.toml").write_text('[[file]]\npath = "a.csv"\nday_first = true\n', encoding="utf-8")
    assert loading.read_list(tmp_path / "load.toml") == [(tmp_path / "a.csv", {"day_first": True})]


@pytest.mark.parametrize("option", [{"nonsense": 1}, {"day_first": "yes"}, {"loader": "none"}, {"profile": "none"}])
def test_an_option_that_makes_no_sense_is_wrong_usage_and_nothing_is_kept(case: Case, option: dict[str, Any]) -> None:
    with pytest.raises(UsageError):
        put(case, NEW, **({"account": ANNA, "currency": "EUR", "day_first": True, "accept": True} | option))
    assert case.sources().to_frame().is_empty()
    assert list((case.folder / "sources").iterdir()) == []
