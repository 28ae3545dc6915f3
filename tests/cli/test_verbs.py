"""Each verb: what it prints, as text and as JSON, how it ends, and what it says to do next."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Any

import fastexcel
import pytest

from finvest.cli import main
from finvest.cli.group import VERBS

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

ANNA = "DE89370400440532013000"
VERBS_OF_A_CASE = [
    ("check",),
    ("find", "Ahorn"),
    ("show", ANNA),
    ("show", "--table", "transactions"),
    ("score",),
    ("explain", "F-"),
    ("detectors",),
    ("decisions",),
    ("log",),
    ("detectors", "show", "GRF-05"),
    ("report", "--out", "r.html"),
]


def last(result: Result) -> str:
    return str(result.stdout.rstrip("\n").split("\n")[-1])


# ---- every verb


@pytest.mark.parametrize("verb", VERBS_OF_A_CASE, ids=" ".join)
def test_a_verb_ends_well_with_a_hint_as_its_last_line(loaded: Any, verb: tuple[str, ...]) -> None:
    result = loaded(*verb)
    assert result.exit_code == 0, result.output
    assert last(result).startswith("→ ")


@pytest.mark.parametrize("verb", VERBS_OF_A_CASE, ids=" ".join)
def test_a_verb_prints_json_and_nothing_else(loaded: Any, as_json: Any, verb: tuple[str, ...]) -> None:
    result = loaded(*verb, "--json")
    assert result.exit_code == 0
    assert result.stderr == ""
    assert isinstance(as_json(result), dict | list)


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_has_help_and_short_help(finvest: Any, verb: str) -> None:
    assert "Usage:" in finvest(verb, "-h").output
    assert finvest(verb, "--help").exit_code == 0


def test_help_lists_every_verb_in_the_order_of_use(finvest: Any) -> None:
    listed = re.findall(r"^  ([a-z0-9]+)  ", finvest("--help").output.split("Commands:")[1], re.MULTILINE)
    assert tuple(listed) == VERBS


@pytest.mark.parametrize("verb", ["check", "find", "show", "score", "explain", "report"])
def test_a_verb_on_no_case_says_how_to_make_one(finvest: Any, verb: str) -> None:
    argument = ["x"] if verb in {"find", "show", "explain"} else []
    result = finvest(verb, *argument)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "finvest init" in result.stderr


@pytest.mark.parametrize(("typed", "meant"), [("lod", "load"), ("scor", "score"), ("detector", "detectors")])
def test_a_verb_with_a_typing_error_is_guessed(finvest: Any, typed: str, meant: str) -> None:
    result = finvest(typed)
    assert result.exit_code == 2
    assert f"did you mean {meant}?" in result.stderr


def test_an_unknown_verb_and_an_unknown_option_are_wrong_usage(finvest: Any) -> None:
    assert finvest("xyzzy").exit_code == 2
    assert finvest("check", "--jsno").exit_code == 2
    assert "--json" in finvest("check", "--jsno").stderr


# ---- who and why


@pytest.mark.parametrize("name", ["FINVEST_ACTOR", "FINVEST_REASON"])
@pytest.mark.parametrize("verb", [("check",), ("score",), ("detectors",), ("report",)], ids=" ".join)
def test_a_case_is_not_opened_without_actor_and_reason(loaded: Any, verb: tuple[str, ...], name: str) -> None:
    result = loaded(*verb, env={name: None})
    assert (result.exit_code, result.stdout) == (2, "")
    assert "--actor and --reason" in result.stderr
    assert loaded(*verb, "--actor", "B 7", "--reason", "x", env={name: None}).exit_code == 0


def test_who_and_why_are_asked_where_somebody_is_there(loaded: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("finvest.cli.output.asking", lambda: True)
    result = loaded("find", "Ahorn", stdin="B 7\nnew hint\n", env={"FINVEST_ACTOR": None, "FINVEST_REASON": None})
    assert result.exit_code == 0
    assert "Who are you" in result.stderr
    assert "Who are you" not in result.stdout


def test_the_folder_of_the_case_comes_from_option_environment_or_here(
    loaded: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert loaded("check", "--case", "case", env={"FINVEST_CASE": "nowhere"}).exit_code == 0
    assert loaded("check", env={"FINVEST_CASE": "nowhere"}).exit_code == 1
    monkeypatch.chdir(tmp_path / "case")
    assert loaded("check", env={"FINVEST_CASE": None}).exit_code == 0


# ---- init


def test_init_asks_for_what_no_option_gives(finvest: Any, tmp_path: Path) -> None:
    answers = "Orchid\na group\nan order\nA 12\n"
    result = finvest("init", "case", stdin=answers, env={"FINVEST_ACTOR": None})
    assert result.exit_code == 0
    assert "--case case" in last(result)
    assert 'purpose = "a group"' in (tmp_path / "case" / "case.toml").read_text("utf-8")


def test_init_prints_json(finvest: Any, as_json: Any) -> None:
    made = as_json(finvest("init", "case", "--title", "O", "--purpose", "p", "--legal-basis", "l", "--json"))
    assert made["case"] == "case"
    assert set(made) == {"case", "title", "opened_at"}


@pytest.mark.parametrize("wrong", [{"--purpose": " "}, {"--legal-basis": ""}, {"--currency": "EURO"}])
def test_init_makes_no_case_without_purpose_or_basis(finvest: Any, tmp_path: Path, wrong: dict[str, str]) -> None:
    given = {"--title": "O", "--purpose": "p", "--legal-basis": "l"} | wrong
    result = finvest("init", "case", *[part for pair in given.items() for part in pair])
    assert result.exit_code == 2
    assert not (tmp_path / "case").exists()


def test_init_never_writes_into_a_folder_that_holds_something(case: Any, tmp_path: Path) -> None:
    before = (tmp_path / "case" / "case.toml").read_bytes()
    result = case("init", "case", "--title", "O", "--purpose", "p", "--legal-basis", "l")
    assert result.exit_code == 1
    assert (tmp_path / "case" / "case.toml").read_bytes() == before


# ---- load


def test_load_tells_what_became_of_each_file(case: Any, as_json: Any, write: Any) -> None:
    file = write("a.csv", f"Date,Account,Amount,Currency\n2025-01-02,{ANNA},1.00,EUR\n\n2025-01-03,{ANNA},x,EUR\n")
    result = case("load", file, "--json")
    assert result.exit_code == 1
    told = as_json(result)
    assert told["refused"] == []
    row = told["loaded"][0]
    assert (row["records"], row["loaded"], row["quarantined"], row["headers"], row["blanks"]) == (4, 1, 1, 1, 1)
    assert (row["loader"], row["profile"], row["already"]) == ("delimited", "plain_signed", False)


def test_load_list_reads_every_file_with_its_own_options(case: Any, as_json: Any, write: Any) -> None:
    write("a.csv", "Date,Amount\n2025-01-02,1.00\n")
    write("b.csv", "Date,Amount\n2025-01-02,2\n")
    write(
        "load.toml",
        f'[[file]]\npath = "a.csv"\naccount = "{ANNA}"\ncurrency = "EUR"\n'
        '[[file]]\npath = "b.csv"\naccount = "77"\ncurrency = "JPY"\n',
    )
    told = as_json(case("load", "--list", "load.toml", "--json"))
    assert [row["loaded"] for row in told["loaded"]] == [1, 1]
    found = as_json(case("show", "--table", "transactions", "--json"))
    assert [(row["amount"], row["currency"]) for row in found] == [(100, "EUR"), (2, "JPY")]


@pytest.mark.parametrize("text", ["no toml [", "x = 1", "[[file]]\naccount = 'x'", "file = 3", b"\xff\xfe\x00"])
def test_a_load_list_that_is_none_is_wrong_usage(case: Any, write: Any, text: str | bytes) -> None:
    write("load.toml", text)
    result = case("load", "--list", "load.toml")
    assert result.exit_code == 2
    assert "[[file]]" in result.stderr


def test_a_missing_load_list_a_folder_and_nothing_at_all_are_wrong_usage(case: Any, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert case("load").exit_code == 2
    assert case("load", "--list", "none.toml").exit_code == 2
    assert case("load", "--list", "folder").exit_code == 2


def test_a_profile_is_saved_and_used_again(case: Any, as_json: Any, write: Any) -> None:
    row = "Anna Ahorn"
    write("one.csv", f"Booking date;Amount;Payee\n13.02.2025;-1,00;{row}\n")
    write("two.csv", f"Booking date;Amount;Payee\n02.03.2025;-2,00;{row}\n")
    header = ("--account", ANNA, "--currency", "EUR", "--yes", "--save-profile", "own.toml")
    first = case("load", "one.csv", *header)
    assert first.exit_code == 0, first.output
    second = as_json(case("load", "two.csv", "--profile", "own.toml", "--json"))
    assert second["loaded"][0]["loaded"] == 1
    days = [row["booked_as_written"] for row in as_json(case("show", "--table", "transactions", "--json"))]
    assert sorted(days) == ["02.03.2025", "13.02.2025"]


# ---- check


def test_check_says_what_reconciles_pairs_and_may_be_counted_twice(loaded: Any, as_json: Any) -> None:
    told = as_json(loaded("check", "--json"))
    assert set(told) == {"sources", "statements", "pairs", "doubles", "quarantine", "unconverted"}
    assert {row["how"]: row["count"] for row in told["pairs"]}["end_to_end"] == 3
    assert sum(row["loaded"] for row in told["sources"]) == 12
    assert told["quarantine"] == []
    assert "0 records were not loaded; 0 may be counted twice" in loaded("check").stdout


# ---- find


@pytest.mark.parametrize(
    ("text", "what", "by"),
    [
        ("Ahorn", "account", "name"),
        ("0532013000", "account", "number"),
        ("wohnwagen", "transaction", "reference"),
        ("84.000,00", "transaction", "amount"),
        ("84,000.00", "transaction", "amount"),
        ("BR5520KL", "transaction", "reference"),
    ],
)
def test_find_takes_name_number_reference_and_amount(loaded: Any, as_json: Any, text: str, what: str, by: str) -> None:
    found = as_json(loaded("find", text, "--json"))
    assert {(row["what"], row["by"]) for row in found} >= {(what, by)}
    if what == "transaction":
        assert all(row["file"].endswith(".csv") and row["line"] in {3, 4} for row in found)


def test_find_keeps_to_the_filters_and_says_when_there_is_nothing(loaded: Any, as_json: Any) -> None:
    inside = as_json(loaded("find", "84000", "--since", "2025-03-05", "--json"))
    assert len(inside) == 2
    assert as_json(loaded("find", "84000", "--currency", "usd", "--json")) == []
    assert len(as_json(loaded("find", "84000", "--currency", "eur", "--json"))) == 6
    result = loaded("find", "84000", "--until", "2024-12-31")
    assert "Found: none" in result.stdout
    assert loaded("find", "a").exit_code == 2


# ---- show


def test_show_prints_statement_counterparties_and_coverage(loaded: Any, as_json: Any) -> None:
    told = as_json(loaded("show", ANNA, "--json"))
    assert [m["balance"] for m in told["movements"]] == [5_000_000, 13_400_000, 5_000_000, 4_999_000, 5_000_000]
    moved = {(c["received"], c["paid"]) for c in told["counterparties"]}
    assert moved == {(8_400_000, 0), (0, 8_400_000), (121_000, 1_000)}
    assert "reconciled" in {row["proof"] for row in told["coverage"]}
    text = loaded("show", "Anna Ahorn").stdout
    assert "50,000.00" in text
    assert "00:00" not in text


def test_show_names_the_files_behind_a_movement(loaded: Any, as_json: Any) -> None:
    first = as_json(loaded("show", ANNA, "--json"))["movements"][1]
    assert set(first["where"].split(", ")) == {"anna.csv:3", "cora.csv:3"}


def test_show_wants_one_account_or_one_table(loaded: Any) -> None:
    for wrong in ((), (ANNA, "--table", "transactions"), ("nobody",), ("--table", "nothing")):
        assert loaded("show", *wrong).exit_code == 2


def test_show_of_an_empty_table_says_so(loaded: Any, as_json: Any) -> None:
    assert "quarantine: none" in loaded("show", "--table", "quarantine").stdout
    assert as_json(loaded("show", "--table", "decisions", "--json")) == []


@pytest.mark.parametrize("verb", [("show", ANNA), ("find", "84000"), ("score",), ("show", "--table", "transactions")])
def test_tables_go_out_as_csv_and_excel(loaded: Any, as_json: Any, tmp_path: Path, verb: tuple[str, ...]) -> None:
    told = as_json(loaded(*verb, "--out", "o.csv", "--json"))
    with (tmp_path / "o.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == told["rows"] > 0
    result = loaded(*verb, "--out", "o.xlsx")
    assert last(result) == "→ open o.xlsx"
    assert len(fastexcel.read_excel(tmp_path / "o.xlsx").load_sheet(0).to_polars()) == len(rows)


@pytest.mark.parametrize("out", ["o.pdf", "none/o.csv", "case"])
def test_a_file_that_cannot_be_written_is_wrong_usage(loaded: Any, out: str) -> None:
    assert loaded("show", ANNA, "--out", out).exit_code == 2


def test_a_report_or_picture_that_cannot_be_written_is_wrong_usage_before_any_work(loaded: Any) -> None:
    assert loaded("report", "--out", "none/r.html").exit_code == 2
    assert loaded("report", "--out", "case").exit_code == 2
    assert loaded("explain", "F-", "--svg", "none/p.svg").exit_code == 2


# ---- score, explain, detectors, report


def test_score_ranks_and_explains(loaded: Any, as_json: Any, tmp_path: Path) -> None:
    told = as_json(loaded("score", "GRF-05", "--json"))
    assert set(told) == {"ranking", "findings", "not_assessable", "not_searched", "failed"}
    (found,) = told["findings"]
    assert found["indicator"] == "GRF-05"
    assert last(loaded("score", "GRF-05")).startswith(f"→ finvest explain {found['finding']}")
    why = as_json(loaded("explain", found["finding"], "--json", "--svg", "p.svg"))
    assert len(why["members"]) == 3
    assert all(":" in place for row in why["members"] for place in row["files"])
    assert (tmp_path / "p.svg").read_text("utf-8").startswith("<svg")


def test_score_takes_parameters_and_refuses_wrong_ones(loaded: Any, as_json: Any) -> None:
    assert as_json(loaded("score", "GRF-05", "--set", "GRF-05.shortest=4", "--json"))["findings"] == []
    for wrong in ("GRF-05", "GRF-05.days=x", "GRF-05.dayz=1", "GRF-99.days=1", "GRF-05.days=0"):
        result = loaded("score", "GRF-05", "--set", wrong)
        assert (wrong, result.exit_code) == (wrong, 2)
    assert "did you mean MLT-03" in loaded("score", "MLT-3").stderr
    assert loaded("score", "--top", "0").exit_code == 2


def test_score_keeps_to_the_filters(loaded: Any, as_json: Any) -> None:
    filtered = as_json(loaded("score", "GRF-05", "--since", "2025-03-04", "--json"))
    assert filtered["findings"] == []
    assert loaded("score", "--since", "2025-03-04", "--until", "2025-03-03").exit_code == 2
    assert loaded("score", "--since", "04.03.2025").exit_code == 2


def test_explain_wants_one_finding(loaded: Any) -> None:
    result = loaded("explain", "Q")
    assert result.exit_code == 2
    assert "finvest score" in result.stderr


def test_detectors_say_what_the_case_lacks(case: Any, as_json: Any) -> None:
    lacks = {row["id"]: row["lacks"] for row in as_json(case("detectors", "--json"))}
    assert "transactions" in lacks["GRF-05"]
    assert all(text.startswith(("no ", "the ")) for text in lacks.values())
    without = as_json(case("detectors", "--json", env={"FINVEST_CASE": None}))
    assert {row["lacks"] for row in without} == {""}


def test_a_card_prints_parameters_innocent_explanations_and_sources(finvest: Any, as_json: Any) -> None:
    text = finvest("detectors", "show", "grf-05").stdout
    for part in ("Parameters:", "days = ", "Innocent explanations:", "ask:", "Sources (docs/sources.md):"):
        assert part in text
    assert as_json(finvest("detectors", "show", "GRF-05", "--json"))["id"] == "GRF-05"


def test_report_reaches_nothing(loaded: Any, as_json: Any, tmp_path: Path) -> None:
    told = as_json(loaded("report", "--out", "r.html", "--json"))
    assert told["report"] == str(tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text("utf-8")
    policy = re.search(r'http-equiv="Content-Security-Policy"\s+content="([^"]+)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'")
    assert page.index("Content-Security-Policy") < page.index("<style")
    assert not re.search(r"(?:src|href)=[\"']?(?:https?:)?//", page)


def test_demo_never_touches_a_case_of_yours(loaded: Any, tmp_path: Path) -> None:
    before = sorted(path.name for path in (tmp_path / "case").iterdir())
    assert loaded("demo", "--out", "case").exit_code == 2
    assert sorted(path.name for path in (tmp_path / "case").iterdir()) == before
    (tmp_path / "case").rename(tmp_path / "mine")
    (tmp_path / "demo").mkdir()
    (tmp_path / "mine").rename(tmp_path / "demo" / "case")
    assert loaded("demo").exit_code == 2
    assert (tmp_path / "demo" / "case" / "case.toml").exists()


def test_every_option_has_help() -> None:
    import click

    bare = []
    context = click.Context(main)
    for verb in VERBS:
        command = main.get_command(context, verb)
        assert command is not None
        bare += [
            (verb, option.name)
            for option in command.params
            if isinstance(option, click.Option) and not option.help and not option.prompt
        ]
    assert bare == []
