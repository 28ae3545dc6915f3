"""The guide names nothing that is not on a server, and the browser's style colours nobody as a suspect."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from finvest.cli import main
from finvest.exchange.neo4j import schema
from finvest.exchange.neo4j.guide import guide
from finvest.exchange.neo4j.questions import QUESTIONS
from finvest.model.errors import UsageError

STYLE = Path(__file__).parents[3] / "docs" / "neo4j.grass"
LABELS = {label for n in schema.NODES for label in (n.name, *n.more.values())}
TYPES = {r.name for r in schema.RELATIONSHIPS}
KEYS = {key for e in (*schema.NODES, *schema.RELATIONSHIPS) for key in e.properties}


def run(*words: str) -> str:
    done = CliRunner().invoke(main, ["neo4j", "guide", *words])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_names_only_what_the_schema_has(name: str) -> None:
    text = re.sub(r"'[^']*'", "''", QUESTIONS[name].text)
    named = set(re.findall(r":([A-Z][A-Za-z_|]+)", text))
    assert {one for names in named for one in names.split("|") if one} <= LABELS | TYPES
    keys = set(re.findall(r"\b(?:[aostirnebyx]|one)\.([a-z_]+)", text)) - {"year", "month"}
    assert keys <= KEYS


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_question_writes_nothing_and_calls_nothing(name: str) -> None:
    words = set(re.findall(r"[A-Z]{3,}", QUESTIONS[name].text))
    assert words.isdisjoint({"CREATE", "MERGE", "SET", "REMOVE", "DELETE", "CALL", "LOAD", "FOREACH"})


def test_the_guide_is_printed_whole_or_one_question_of_it() -> None:
    whole = run()
    for name, question in QUESTIONS.items():
        assert f"### {name}: {question.title}" in whole
    assert "### cycles" in run("cycles")
    assert "### chains" not in run("cycles")
    assert '"name": "cycles"' in run("cycles", "--json")


def test_no_such_question_is_said_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"no question of this name; it has counterparties, .*cycles"):
        guide("circles")
    assert CliRunner().invoke(main, ["neo4j", "guide", "circles"]).exit_code == 2


def test_the_style_knows_every_label_and_type_it_names() -> None:
    text = STYLE.read_text("utf-8")
    assert set(re.findall(r"^node\.(\w+)", text, re.MULTILINE)) == LABELS
    assert set(re.findall(r"^relationship\.(\w+)", text, re.MULTILINE)) <= TYPES
    assert set(re.findall(r'"\{(\w+)\}"', text)) <= KEYS


def test_people_and_accounts_are_drawn_neutral_whoever_they_are() -> None:
    from finvest.views import drawing

    text = STYLE.read_text("utf-8")
    colours = dict(re.findall(r"^node\.(\w+) \{\n  color: (#\w+);", text, re.MULTILINE))
    assert colours["Person"] == colours["Party"] == drawing._NEUTRAL
    assert colours["Account"] == drawing._PAPER
    assert [label for label, colour in colours.items() if colour == drawing._SUBJECT] == ["Finding"]
