"""What a server answers as a table, as JSON, as a file for a spreadsheet, and as a graph."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from finvest.exchange.neo4j import query
from finvest.model.errors import DataError, UsageError
from finvest.views.export import to_csv

if TYPE_CHECKING:
    from collections.abc import Callable

    import neo4j

    Ask = Callable[..., query.Answer]


@pytest.fixture
def ask(driver: neo4j.Driver, database: str) -> Ask:
    return lambda text, given=None, **how: query.ask(driver, text, given, database=database, **how)


GRAPH = """MATCH p = (x:Account)-[t:TRANSFER]->(y:Account) WHERE x <> y
RETURN x, t, y, p, [t] AS listed ORDER BY t.id LIMIT 7"""


def test_values_come_back_exact_and_native(ask: Ask) -> None:
    frame = ask(
        """RETURN 9223372036854775807 AS whole, 'text' AS text, true AS truth, 0.1 AS part, null AS nothing,
        date('2025-03-04') AS day, datetime('2025-03-04T05:06:07.891234567Z') AS instant,
        datetime('2025-03-04T05:06:07+02:00') AS zoned, localdatetime('2025-03-04T05:06:07') AS local,
        localtime('05:06:07') AS clock, time('05:06:07+02:00') AS zoned_clock,
        duration({months: 1, days: 2, seconds: 3}) AS long, [1, 2] AS list, ['a', 1] AS mixed, {b: 1, a: 'x'} AS map,
        point({x: 1.5, y: 2.5}) AS point, [date('2025-03-04')] AS days"""
    ).to_frame()
    assert frame.row(0, named=True) == {
        "whole": 2**63 - 1,
        "text": "text",
        "truth": True,
        "part": 0.1,
        "nothing": None,
        "day": date(2025, 3, 4),
        "instant": datetime(2025, 3, 4, 5, 6, 7, 891234, tzinfo=UTC),
        "zoned": datetime(2025, 3, 4, 3, 6, 7, tzinfo=UTC),
        "local": datetime(2025, 3, 4, 5, 6, 7),
        "clock": datetime(2025, 3, 4, 5, 6, 7).time(),
        "zoned_clock": "05:06:07+02:00",
        "long": "P1M2DT3S",
        "list": [1, 2],
        "mixed": '["a", 1]',
        "map": '{"a": "x", "b": 1}',
        "point": [1.5, 2.5],
        "days": [date(2025, 3, 4)],
    }


def test_a_duration_is_one_text_in_json_too(ask: Ask) -> None:
    rows = ask("RETURN duration('P1D') AS u, [duration('P2D')] AS l, {d: duration('P3D')} AS m").rows()
    assert rows == [{"u": "P1D", "l": ["P2D"], "m": {"d": "P3D"}}]


def test_rows_of_different_kinds_are_text_and_nothing_is_lost(ask: Ask) -> None:
    frame = ask("UNWIND [1, 'a', true, null, 2.5, date('2025-03-04'), [1]] AS x RETURN x").to_frame()
    assert frame["x"].to_list() == ["1", "a", "true", None, "2.5", "2025-03-04", "[1]"]


def test_a_day_that_no_calendar_here_has_is_said(ask: Ask) -> None:
    with pytest.raises(DataError, match="before year 1"):
        ask("RETURN date('-0001-03-04') AS x")


def test_an_empty_answer_keeps_its_columns(ask: Ask) -> None:
    frame = ask("MATCH (n:Account {id: $id}) RETURN n, n.id AS id", {"id": "none"}).to_frame()
    assert (frame.columns, len(frame)) == (["n", "id"], 0)


def test_nodes_and_relationships_take_a_column_per_property(ask: Ask, pushed: Any) -> None:  # noqa: ARG001
    frame = ask(GRAPH).to_frame()
    assert len(frame) == 7
    assert frame["x:labels"].to_list() == [["Account"]] * 7
    assert set(frame["t:type"]) == {"TRANSFER"}
    assert frame["t:from"].to_list() == frame["x.id"].to_list()
    assert frame["t:to"].to_list() == frame["y.id"].to_list()
    assert frame.schema["t.amount_minor"] == pl.Int64
    assert frame.schema["t.earliest"] == pl.Datetime("us", "UTC")
    assert frame.schema["t.booked_on"] == pl.Date
    assert frame["p"].to_list() == [list(r) for r in frame.select("x.id", "t.id", "y.id").rows()]
    assert frame["listed"].to_list() == [[id_] for id_ in frame["t.id"]]


def test_one_column_beside_another_of_its_name(ask: Ask, pushed: Any) -> None:  # noqa: ARG001
    frame = ask("MATCH (a:Account) RETURN a, 'mine' AS `a.id` LIMIT 1").to_frame()
    assert frame["a.id_"].to_list() == ["mine"]


def test_a_graph_has_every_element_once(ask: Ask, pushed: Any) -> None:  # noqa: ARG001
    answer = ask(GRAPH)
    graph, frame = answer.as_graph(), answer.to_frame()
    assert set(graph) == {*frame["x.id"], *frame["y.id"]}
    assert sorted(key for _, _, key in graph.edges(keys=True)) == sorted(frame["t.id"])
    for x, t, y, minor in frame.select("x.id", "t.id", "y.id", "t.amount_minor").rows():
        assert graph.edges[x, y, t]["amount_minor"] == minor
        assert graph.edges[x, y, t]["type"] == "TRANSFER"
    assert all(data["labels"] == ["Account"] for _, data in graph.nodes(data=True))


def test_a_relationship_without_its_ends_still_has_them(ask: Ask, pushed: Any) -> None:  # noqa: ARG001
    graph = ask("MATCH ()-[t:TRANSFER]->() RETURN t ORDER BY t.id LIMIT 3").as_graph()
    assert graph.number_of_edges() == 3


def test_rows_are_plain_values_for_json(ask: Ask, pushed: Any) -> None:  # noqa: ARG001
    rows = json.loads(json.dumps(ask(GRAPH).rows(), default=str))
    assert rows[0]["t"][":type"] == "TRANSFER"
    assert rows[0]["x"][":labels"] == ["Account"]
    assert [one.get(":type", "node") for one in rows[0]["p"]] == ["node", "TRANSFER", "node"]


def test_a_file_for_a_spreadsheet_holds_no_formula(ask: Ask) -> None:
    payloads = ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3", "\t=1"]
    text = to_csv(ask("UNWIND $texts AS text RETURN text, {of: text} AS map", {"texts": payloads}).to_frame()).decode()
    for line in text.splitlines()[1:]:
        assert line.startswith(("'", "\"'")), line


HOSTILE = ["'; MATCH (n) DETACH DELETE n //", "}) RETURN 1 //", "\u202e`", "$x", "\\u0027", '"', "{{7*7}}", "\u2028"]


@pytest.mark.parametrize("text", HOSTILE)
def test_a_value_is_a_value_whatever_it_looks_like(ask: Ask, text: str) -> None:
    assert ask("RETURN $text AS told", {"text": text}).records == ((text,),)


# ---- what goes wrong


def test_a_query_that_is_not_understood_is_told_where_and_not_quoted(ask: Ask) -> None:
    with pytest.raises(UsageError) as raised:
        ask("MATCH (n:Account)\nWHERE n.label = 'Anna Ahorn' RETRN n")
    assert "SyntaxError at line 2" in str(raised.value)
    assert "Ahorn" not in str(raised.value)


def test_the_place_of_an_error_on_the_first_line_is_the_texts_own(ask: Ask) -> None:
    with pytest.raises(UsageError, match=r"at line 1, column 1\)"):
        ask("MTCH (n) RETURN n")


def test_a_missing_parameter_is_named(ask: Ask) -> None:
    with pytest.raises(UsageError, match="needs parameters: account"):
        ask("MATCH (a:Account {id: $account}) RETURN a")


@pytest.mark.parametrize("value", [{1, 2}, 2**64, object()])
def test_a_parameter_of_no_known_kind_is_refused(ask: Ask, value: Any) -> None:
    with pytest.raises(UsageError, match="parameter"):
        ask("RETURN $x AS x", {"x": value})


def test_what_fails_while_it_runs_is_one_line(ask: Ask) -> None:
    with pytest.raises(UsageError) as raised:
        ask("UNWIND [1, 0] AS x RETURN 1 / x AS y, 'Ahorn' AS z")
    assert "Ahorn" not in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_query_that_takes_too_long_is_ended(ask: Ask) -> None:
    with pytest.raises(DataError, match="longer than 1 seconds"):
        ask(
            "UNWIND range(1, 100000) AS a UNWIND range(1, 100000) AS b WITH a, b WHERE a * b < 0 RETURN count(*)",
            longest=1,
        )


def test_an_empty_query_is_none(ask: Ask) -> None:
    with pytest.raises(UsageError, match="no query"):
        ask(" \n ")


def test_parameters_as_they_are_typed() -> None:
    typed = ["id=0042", "n:=5", 'ids:=["a", "b"]', "text=a=b", "empty="]
    assert query.parameters(typed) == {"id": "0042", "n": 5, "ids": ["a", "b"], "text": "a=b", "empty": ""}
    for wrong in (["x"], ["1=2"], ["=2"], ["n:=five"], ["a=1", "a=2"]):
        with pytest.raises(UsageError, match="parameter"):
            query.parameters(wrong)


def test_the_community_edition_has_no_roles_to_tell_of(ask: Ask, edition: str) -> None:
    if edition != "community":
        pytest.skip("a server with roles")
    assert ask("RETURN 1 AS x").notice == ""
