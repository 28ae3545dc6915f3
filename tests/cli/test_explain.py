"""`finvest explain`: facts, records of every table, explanations, and what would change the score."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from finvest.case import Case

PLUGIN = """
import polars as pl
from finvest.findings.detector import Card, Check, Detector, param

class Directs(Detector):
    card = Card(id="XYZ-92", title="One who directs", what="w", strength="weak",
                roles={"director": ("party", "undetermined")}, needs=("links",),
                sentence="{director} directs {count} companies.",
                innocent={"group": "One group. Ask for it."}, checks={"group": Check(keeps=0.5)},
                sources=("a test",))
    least: int = param("companies", default=1, low=1)

    def look(self, view):
        parties = view.frame("parties").select("n", from_id="party")
        links = view.frame("links").select(link="n", from_id="from_id").join(parties, on="from_id")
        found = links.group_by(director="n").agg(evidence_links="link", count=pl.len())
        return found.filter(pl.col("count") >= self.least).with_columns(score=pl.lit(0.5))
"""
LINKS = "kind,from_kind,from_id,to_kind,to_id\ndirects,parties,p00000000000000aa,parties,p00000000000000cc\n"
PARTIES = "kind,party,name\nperson,p00000000000000aa,Dora Distel\ncompany,p00000000000000cc,Fern Ltd\n"


@pytest.fixture
def linked(loaded: Any, write: Any, opened: Callable[[], Case], tmp_path: Path) -> Any:
    """The case with a director and a company, and a detector that looks at links alone."""
    for name, text in (("parties", PARTIES), ("links", LINKS)):
        opened().load(write(f"{name}.csv", text), table=name, accept=True)
    (tmp_path / "own" / "detectors").mkdir(parents=True)
    (tmp_path / "own" / "detectors" / "directs.py").write_text(PLUGIN, encoding="utf-8")
    return loaded


def test_what_was_found_with_other_parameters_is_explained_with_them(loaded: Any, as_json: Any) -> None:
    (row,) = as_json(loaded("score", "GRF-05", "--set", "GRF-05.days=8", "--json"))["findings"]
    told = as_json(loaded("explain", row["finding"], "--quick", "--json"))
    assert (told["finding"], told["parameters"]) == (row["finding"], row["parameters"])
    assert '"days": 8' in row["parameters"]


def test_records_of_every_table_are_shown(linked: Any, as_json: Any) -> None:
    (row,) = as_json(linked("score", "XYZ-92", "--plugins", "own", "--json"))["findings"]
    told = as_json(linked("explain", row["finding"], "--plugins", "own", "--json"))
    (record,) = told["records"]["links"]
    assert record["kind"] == "directs"
    assert (record["from_id"], record["to_id"]) == ("Dora Distel", "Fern Ltd")
    assert record["file"].startswith("links.csv:")
    text = linked("explain", row["finding"], "--plugins", "own").stdout
    assert "Dora Distel directs 1 companies." in text
    assert "links.csv:" in text


def test_a_victim_in_such_a_record_is_masked(linked: Any, as_json: Any) -> None:
    linked("mark", "Dora Distel", "possible_victim", "--reason", "she said so")
    (row,) = as_json(linked("score", "XYZ-92", "--plugins", "own", "--json"))["findings"]
    result = linked("explain", row["finding"], "--plugins", "own", "--json")
    assert "Distel" not in result.stdout
    assert as_json(result)["records"]["links"][0]["from_id"].startswith("person ")


def test_it_says_what_would_change(loaded: Any, as_json: Any) -> None:
    (row,) = as_json(loaded("score", "GRF-05", "--json"))["findings"]
    told = as_json(loaded("explain", row["finding"], "--json"))["changes"]
    assert {"if", "now", "then", "finding"} == set(told[0])
    moved = [one for one in told if one["now"] not in {"holds", "does not hold", "to be asked"}]
    assert moved
    assert all(one["finding"].startswith(("stays, score", "goes", "withdrawn")) for one in moved)
    quick = as_json(loaded("explain", row["finding"], "--quick", "--json"))["changes"]
    assert quick == [one for one in told if one not in moved]
    assert "What would change the score" in loaded("explain", row["finding"]).stdout


def test_the_report_and_the_notebook_say_it_too(linked: Any, opened: Any, tmp_path: Path) -> None:
    assert linked("report", "--plugins", "own", "--out", "r.html").exit_code == 0
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "Would change" in page
    assert "if so: score" in page
    assert "Records: links" in page
    case = opened()
    html = case.explain(case.score("GRF-05")[0])._repr_html_()
    assert "What would change the score" in html
    assert "<script" not in html
