"""Each question of the guide, asked on a server and answered here: equal answers, on the sample case."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest

from finvest.exchange.neo4j import query
from finvest.exchange.neo4j.questions import QUESTIONS
from tests.exchange.neo4j.answers import Here

if TYPE_CHECKING:
    from collections.abc import Callable

    import neo4j

    from finvest.case import Case

Make: TypeAlias = "Callable[[Here], dict[str, Any]]"

WHOLE = {"since": "2000-01-01", "until": "2100-12-31"}


def period(here: Here, first: float, last: float) -> dict[str, str]:
    """Days from one part of the records to another, each from 0 to 1."""
    days = sorted(m.day for m in here.counted)
    ends = (days[min(len(days) - 1, int(part * len(days)))] for part in (first, last))
    return dict(zip(("since", "until"), (day.isoformat() for day in ends), strict=True))


def hub(here: Here, n: int) -> str:
    return here.busiest(n + 1)[n]


def one(here: Here, indicator: str, n: int = 0) -> str:
    accounts = here.subjects(indicator)
    return accounts[n % len(accounts)] if accounts else hub(here, n)


def path(here: Here, start: str, hops: int) -> dict[str, str]:
    """An account, and another that can be reached from it over some hops."""
    reached = [row[0] for row in here.reached(start, **WHOLE) if row[1] == hops]
    return {"payer": start, "payee": reached[0] if reached else start}


def contact(here: Here, n: int) -> str:
    shared = sorted(here.contacts, key=lambda c: (-len(here.contacts[c] & here.accounts), c))
    return shared[n]


def owned(here: Here) -> str:
    below = sorted(t.second for t in here.ties.values() if t.kind == "owns")
    return min(t.second for t in here.ties.values() if t.kind == "holds" and t.first in below)


def varied(times: int, make: Callable[[Here, int], dict[str, Any]]) -> list[Make]:
    """The same question some times, each with other parameters."""
    return [partial(_made, make, n) for n in range(times)]


def _made(make: Callable[[Here, int], dict[str, Any]], n: int, here: Here) -> dict[str, Any]:
    return make(here, n)


NOTHING: list[Make] = [lambda _: {}]

ASKED: dict[str, list[Make]] = {
    "counterparties": varied(3, lambda h, n: {"account": hub(h, n)}),
    "statement": varied(3, lambda h, n: {"account": hub(h, n)} | period(h, 0.2 * n, 0.2 * n + 0.3)),
    "by-month": varied(2, lambda h, n: {"account": hub(h, n)}),
    "mutual": varied(3, lambda h, n: {"account": hub(h, n)}),
    "largest": varied(2, lambda _, n: {"currency": "EUR", "minor": (500_000, 2_000_000)[n]}),
    "group": [
        lambda h: {"accounts": h.busiest(5)},
        lambda h: {"accounts": h.subjects("GRF-05")},
        lambda h: {"accounts": sorted(h.accounts)[:40]},
    ],
    "fan-in": varied(3, lambda h, n: period(h, 0.1 * n, 0.1 * n + 0.5) | {"least": 5 + 2 * n}),
    "fan-out": varied(3, lambda h, n: period(h, 0.1 * n, 0.1 * n + 0.5) | {"least": 5 + 2 * n}),
    "pass-through": [
        *varied(3, lambda h, n: {"account": hub(h, n), "hours": 48, "low": 50, "high": 105}),
        lambda h: {"account": hub(h, 0), "hours": 24 * 31, "low": 1, "high": 1000},
    ],
    "chains": [
        *varied(2, lambda h, n: {"account": hub(h, n), "days": 4} | period(h, 0.4, 0.5)),
        lambda h: {"account": one(h, "GRF-05"), "days": 20} | WHOLE,
    ],
    "cycles": [
        *varied(3, lambda h, n: {"account": one(h, "GRF-05", n), "days": 30}),
        lambda h: {"account": hub(h, 1), "days": 14},
    ],
    "shortest": [
        *varied(3, lambda h, n: path(h, hub(h, n), n + 1) | WHOLE),
        lambda h: {"payer": hub(h, 0), "payee": hub(h, 3)} | WHOLE,
    ],
    "reached": varied(2, lambda h, n: {"account": hub(h, n)} | period(h, 0.5, 0.6)),
    "between": varied(2, lambda h, n: path(h, hub(h, 2 * n), 2)),
    "controllers": varied(3, lambda h, n: {"account": hub(h, n), "day": "2025-01-15"}),
    "common-controllers": NOTHING,
    "directed": NOTHING,
    "directors": varied(2, lambda _, n: {"least": 1 + 2 * n}),
    "shared-contacts": varied(2, lambda _, n: {"least": 2 + 2 * n}),
    "shared-addresses": varied(2, lambda _, n: {"least": 1 + n}),
    "contact-money": varied(2, lambda h, n: {"contact": contact(h, n)}),
    "ownership": NOTHING,
    "owners-above": [lambda h: {"account": owned(h)}],
    "findings": varied(3, lambda h, n: {"subject": one(h, ("GRF-05", "GRF-01", "GRF-02")[n])}),
    "found-often": varied(2, lambda _, n: {"least": 1 + n}),
    "provenance": NOTHING,
}

CASES = [(name, n) for name, made in ASKED.items() for n in range(len(made))]


@pytest.fixture(scope="module")
def here(pushed: Case) -> Here:
    return Here(pushed)


def asked_here(here: Here, name: str, given: dict[str, Any]) -> Any:
    return getattr(here, name.replace("-", "_"))(**given)


def test_every_question_is_asked_and_fifty_in_all() -> None:
    assert ASKED.keys() == QUESTIONS.keys()
    assert len(CASES) >= 50


@pytest.mark.parametrize(("name", "n"), CASES, ids=str)
def test_the_server_answers_as_finvest_does(name: str, n: int, here: Here, driver: neo4j.Driver, database: str) -> None:
    given = ASKED[name][n](here)
    answer = query.ask(driver, QUESTIONS[name].text, given, database=database)
    rows = [tuple(row.values()) for row in answer.to_frame().iter_rows(named=True)]
    expected = asked_here(here, name, given)
    if name == "controllers":
        assert {(row[0], row[2]) for row in rows} == expected
        assert len(rows) == len(expected)
    else:
        assert rows == expected


@pytest.mark.parametrize("name", QUESTIONS)
def test_no_question_compares_nothing_with_nothing(name: str, here: Here) -> None:
    assert any(asked_here(here, name, make(here)) for make in ASKED[name])


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_takes_the_parameters_it_names(name: str) -> None:
    assert set(re.findall(r"\$(\w+)", QUESTIONS[name].text)) == QUESTIONS[name].parameters.keys()
