"""REG-02 at the borders of its thresholds, its innocent twins, and who counts as one person."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from finvest.findings.make import Make
from finvest.model.identifiers import name_key, opaque
from finvest.registry import Registry
from tests.detectors.conftest import checks, found

BRANCHES = ("41.20", "N78.10", "56", "96.04")


def firms(count: int, branches: tuple[str | None, ...] = BRANCHES, **columns: Any) -> Make:
    make = Make()
    make.transfer("a", "b", 1, 0)
    for i in range(count):
        make.company(f"Firm {i}", activity=branches[i % len(branches)], **columns)
    return make


def directed(count: int = 10, branches: tuple[str | None, ...] = BRANCHES, number: str | None = "P-1") -> Make:
    make = firms(count, branches)
    for i in range(count):
        make.director("Dora Dahl", f"Firm {i}", number)
    return make


def company(name: str) -> str:
    return opaque("p", "name", name_key(name))


def unjudged(make: Make) -> tuple[str, ...]:
    return Registry().detector("REG-02")().detect(make.view()).unjudged()


@pytest.mark.parametrize(("count", "expected"), [(1, 0), (9, 0), (10, 1), (30, 1)])
def test_posts(count: int, expected: int) -> None:
    assert len(found("REG-02", directed(count))) == expected


@pytest.mark.parametrize(
    ("branches", "expected"), [(("41.20", "41.10"), 0), (("41", "78"), 0), (("41", "78", "F42.1"), 1)]
)
def test_branches_are_unrelated_where_divisions_differ(branches: tuple[str, ...], expected: int) -> None:
    assert len(found("REG-02", directed(branches=branches))) == expected
    assert unjudged(directed(branches=branches)) == ()


def test_facts_roles_and_evidence() -> None:
    (finding,) = found("REG-02", directed())
    wanted = {"posts": 10, "sectors": 4, "rests": "one number in a register"}
    assert {name: finding.facts[name] for name in wanted} == wanted
    assert {table: len(ids) for table, ids in finding.evidence.items()} == {"links": 10, "companies": 10}
    assert {s.role for s in finding.subjects} == {"undetermined"}
    assert [s.label for s in finding.subjects if s.column == "directors"] == ["Dora Dahl"]
    assert "10 companies have one director at one time" in finding.sentence
    assert finding.sentence.endswith("rests on one number in a register.")
    assert set(checks(finding).values()) == {"to ask"}


# ---- at one time


def dated(*periods: tuple[date | None, date | None]) -> Make:
    make = firms(len(periods))
    for i, (start, end) in enumerate(periods):
        make.director("Dora Dahl", f"Firm {i}", "P-1", start=start, end=end)
    return make


def test_posts_one_after_another_are_not_at_one_time() -> None:
    years = [(date(2000 + i, 1, 1), date(2000 + i, 12, 31)) for i in range(12)]
    assert found("REG-02", dated(*years)) == []
    nine = [(date(2000 + i, 1, 1), None) for i in range(9)]
    assert len(found("REG-02", dated(*nine, (date(2010, 1, 1), date(2010, 1, 1))))) == 1
    assert found("REG-02", dated(*nine, (date(2001, 1, 1), date(2007, 12, 31)))) == []


def test_the_day_is_said_and_one_without_a_day_is_not_guessed() -> None:
    (finding,) = found("REG-02", dated(*[(date(2010, 1, 1 + i), None) for i in range(10)]))
    assert finding.days == (date(2010, 1, 10), date(2010, 1, 10))
    (finding,) = found("REG-02", dated(*[(date(2010, 1, 1), None)] * 9, (None, None)))
    assert finding.days is None
    assert "(no date)" in finding.sentence
    assert found("REG-02", dated(*[(date(2010, 1, 1), date(2011, 1, 1))] * 9, (None, date(2012, 1, 1)))) == []


def test_a_dissolved_company_is_directed_no_longer() -> None:
    make = firms(10, dissolved=date(2012, 6, 1))
    for i in range(10):
        make.director("Dora Dahl", f"Firm {i}", "P-1", start=date(2012, 5, 1) if i < 9 else date(2012, 6, 2))
    assert found("REG-02", make) == []


def test_two_posts_in_one_company_are_one() -> None:
    make = directed(9)
    make.director("Dora Dahl", "Firm 0", "P-1")
    assert found("REG-02", make) == []


# ---- who is one person


def born(years: tuple[int | None, ...], numbers: tuple[str, ...] = ()) -> Make:
    """Ten companies, each with a director of its own party, all of one name."""
    make = firms(10)
    for i in range(10):
        party = opaque("p", "listed", "register", str(i))
        year = years[i % len(years)]
        make.row("parties", party=party, kind="person", name="DAHL, Dora" if i % 2 else "Dora Dahl", birth_year=year)
        if numbers:
            known = {"subject": party, "subject_kind": "party", "scheme": "listed", "issuer": "register"}
            make.row("identifiers", **known, key=numbers[i % len(numbers)])
        make.row("links", kind="directs", from_kind="parties", from_id=party, to_id=company(f"Firm {i}"))
    return make


def test_an_equal_name_and_year_of_birth_are_one_person_and_it_is_said() -> None:
    (finding,) = found("REG-02", born((1980,)))
    assert finding.facts["rests"] == "an equal name and year of birth"
    assert sum(s.column == "directors" for s in finding.subjects) == 10


def test_an_equal_name_alone_joins_nobody() -> None:
    assert found("REG-02", born((None,))) == []
    assert unjudged(born((None,))) == ()
    assert found("REG-02", born((1980, 1981))) == []


def test_two_numbers_of_one_register_are_two_persons() -> None:
    assert found("REG-02", born((1980,), ("P-1", "P-2"))) == []
    assert len(found("REG-02", born((1980,), ("P-1",)))) == 1


def test_one_party_that_only_a_name_makes_is_not_assessable() -> None:
    assert found("REG-02", directed(number=None)) == []
    assert unjudged(directed(number=None))[0].endswith("that the posts are one person's, only a name says")


def test_directors_whom_a_company_list_only_names_stay_apart() -> None:
    make = firms(60, address="High Street 5")
    for i in range(60):
        party = opaque("p", "name", company(f"Firm {i}"), "DAHL DORA")
        make.row("parties", party=party, kind="person", name="Dora Dahl", name_key="DAHL DORA")
        make.row("links", kind="directs", from_id=party, to_id=company(f"Firm {i}"))
    assert found("REG-02", make) == []


def test_unknown_branches_are_not_assessable() -> None:
    make = directed(branches=("41", "42", None))
    assert unjudged(make)[0].endswith("the branches of 3 of the companies are not known")
    assert unjudged(directed(branches=("41", None))) != ()
    assert found("REG-02", make) == []


def test_a_company_that_is_not_on_the_list_counts_as_a_post() -> None:
    make = directed(9)
    make.row("parties", party="pforeign", kind="company", name="Abroad")
    make.row("links", kind="directs", from_id=make.person("Dora Dahl", "P-1"), to_id="pforeign")
    (finding,) = found("REG-02", make)
    assert finding.facts["unknown_sectors"] == 1


# ---- an address


def crowded(count: int = 50, shared: int = 3, **columns: Any) -> Make:
    make = firms(count, address="High Street 5", **columns)
    for i in range(shared):
        for k in range(2):
            make.director(f"Director {i}", f"Firm {2 * i + k}", f"P-{i}")
    return make


@pytest.mark.parametrize(("count", "shared", "expected"), [(49, 3, 0), (50, 2, 0), (50, 3, 1), (80, 5, 1)])
def test_crowded_addresses(count: int, shared: int, expected: int) -> None:
    assert len(found("REG-02", crowded(count, shared))) == expected


def test_facts_of_an_address() -> None:
    (finding,) = found("REG-02", crowded())
    assert finding.facts["shared"] == 3
    assert sum(s.column == "directors" for s in finding.subjects) == 3
    assert sum(s.column == "companies" for s in finding.subjects) == 50
    assert {table: len(ids) for table, ids in finding.evidence.items()} == {"links": 6, "companies": 50}
    assert "50 companies have one address and shared directors" in finding.sentence


def test_companies_that_were_there_at_different_times() -> None:
    make = crowded(49, incorporated=date(2010, 1, 1), dissolved=date(2015, 1, 1))
    make.company("Late", address="High Street 5", incorporated=date(2016, 1, 1), activity="41")
    assert found("REG-02", make) == []
    make.company("Early", address="HIGH STREET, 5", incorporated=date(2014, 1, 1), activity="41")
    (finding,) = found("REG-02", make)
    assert finding.days == (date(2014, 1, 1), date(2014, 1, 1))


def test_a_company_without_an_address_is_nowhere() -> None:
    make = firms(60)
    for i in range(60):
        make.director(f"Director {i % 3}", f"Firm {i}", f"P-{i % 3}")
    assert {f.facts["how"] for f in found("REG-02", make)} == {"have one director"}


# ---- innocent twins


def test_licences() -> None:
    make = directed()
    make.row("licences", party="p1", kind="labour_provider")
    assert checks(found("REG-02", make)[0])["professional director or business centre"] == "to ask"
    make.row("licences", party="p1", kind="company formation agent")
    assert checks(found("REG-02", make)[0])["professional director or business centre"] == "absent"
    make.row("licences", party=company("Firm 3"), kind="business_centre")
    (finding,) = found("REG-02", make)
    assert finding.withdrawn


@pytest.mark.parametrize(("branch", "result"), [("82.11", "present"), ("43.10", "absent"), (None, "to ask")])
def test_an_office_at_the_address(branch: str | None, result: str) -> None:
    make = crowded(49)
    make.company("Desk", address="High Street 5", activity=branch)
    (finding,) = found("REG-02", make)
    assert checks(finding)["office at the address"] == result
    assert not finding.withdrawn


def test_one_group_of_companies() -> None:
    make = directed()
    make.row("links", kind="owns", from_id="pelse", to_id=company("Firm 0"))
    assert checks(found("REG-02", make)[0])["one group of companies"] == "absent"
    for i in range(1, 10):
        make.row("links", kind="owns", from_id=company("Firm 0"), to_id=company(f"Firm {i}"))
    (finding,) = found("REG-02", make)
    assert checks(finding)["one group of companies"] == "present"


# ---- missing


@pytest.mark.parametrize("table", ["links", "companies", "parties"])
def test_missing_tables(table: str) -> None:
    tables = directed().tables()
    assert len(tables[table])
    view = directed().view().without(table, range(len(directed().view().frame(table))))
    assert Registry().detector("REG-02")().detect(view).not_assessable == f"no {table} in this case"


def test_the_order_of_companies_decides_nothing() -> None:
    made = [found("REG-02", crowded(60, 4).view(seed)) for seed in (None, 1, 2)]
    assert len({tuple((f.id, f.sentence) for f in findings) for findings in made}) == 1
    assert pl.Series([len(findings) for findings in made]).unique().to_list() == [1]


def test_directors_who_are_in_no_list_of_parties_are_not_taken_together() -> None:
    make = firms(10)
    make.row("parties", party=company("Firm 0"), name="Firm 0")
    for i in range(10):
        make.row("links", kind="directs", from_id=f"punknown{i}", to_id=company(f"Firm {i}"))
    assert found("REG-02", make) == []
    assert unjudged(make) == ()
