"""Texts of the records stay texts: in the terminal, in JSON, in messages; and the log holds none of them."""

from __future__ import annotations

import os
import pty
import re
import select
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from finvest.cli import main, output
from tests.cli.conftest import ANNA, SECRETS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import click

    from finvest.case import Case

HOSTILE = {
    "escape": "\x1b[2J\x1b]0;owned\x07",
    "c1": "\x9b31mred",
    "bidi": "\u202egnp.exe\u2066",
    "arabic letter mark": "a\u061cb",
    "line separator": "a\u2028b",
    "carriage return": "good\rbad",
    "markup": "[bold red]loud[/] [link=file:///x]y[/link]",
    "emoji": ":skull: \\[x]",
}
INERT = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@pytest.fixture
def hostile(case: Any, write: Callable[..., Path]) -> Any:
    rows = [f'2025-01-{day:02},{ANNA},-{day}.00,EUR,"{text}","{text}"' for day, text in enumerate(HOSTILE.values(), 1)]
    write("a.csv", "Date,Account,Amount,Currency,Counterparty name,Reference\n" + "\n".join(rows) + "\n")
    assert case("load", "a.csv").exit_code == 0
    return case


@pytest.mark.parametrize(
    "verb",
    [("show", ANNA), ("show", "--table", "transactions"), ("find", "2.00"), ("check",), ("score",)],
    ids=" ".join,
)
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_hostile_texts_are_inert_in_the_terminal(hostile: Any, verb: tuple[str, ...], form: tuple[str, ...]) -> None:
    printed = hostile(*verb, *form).output
    assert INERT.search(printed) is None


def test_markup_is_printed_as_it_stands(hostile: Any) -> None:
    printed = re.sub(r"[\s│]+", "", hostile("show", ANNA).stdout)
    assert "[boldred]loud[/]" in printed
    assert ":skull:" in printed


def test_json_keeps_hostile_texts_whole(hostile: Any, as_json: Any) -> None:
    references = {row["reference"] for row in as_json(hostile("show", "--table", "transactions", "--json"))}
    assert {HOSTILE["bidi"], HOSTILE["markup"], HOSTILE["c1"]} <= references


def test_names_of_files_are_inert_too(case: Any, tmp_path: Path) -> None:
    name = "\x1b[2J[bold]\u202e.csv"
    (tmp_path / name).write_text("nothing", encoding="utf-8")
    for args in (("load", name), ("load", f"x{name}"), ("load", "--list", name), ("check", "--case", name)):
        result = case(*args)
        assert result.exit_code != 0
        assert INERT.search(result.output) is None


def test_clean_leaves_letters_of_every_script() -> None:
    names = "Ünal ελληνικά עברית 漢字 \u0645\u06cc\u200c\u062e"
    assert output.clean(names) == names
    assert output.clean("a\udc80b") == "a·b"


# ---- messages and log


@pytest.mark.parametrize(
    "args",
    [
        ("show", "nobody"),
        ("explain", "F-0"),
        ("load", "anna.csv", "--profile", "revolut"),
        ("load", "anna.csv", "--loader", "camt"),
        ("load", "anna.csv", "--loader", "excel"),
        ("load", "anna.csv", "--loader", "native"),
        ("load", "anna.csv", "--account", "4711"),
        ("load", "anna.csv", "--decimal", ","),
        ("load", "anna.csv", "--zone", "x"),
        ("score", "--set", "GRF-05.days=x"),
    ],
    ids=" ".join,
)
def test_no_message_quotes_the_records(loaded: Any, quiet: Any, args: tuple[str, ...]) -> None:
    quiet(loaded(*args))


def test_every_look_and_export_is_logged_with_opaque_ids_only(loaded: Any, opened: Callable[[], Case]) -> None:
    before = len(opened().log())
    for args in (
        ("find", "Ahorn"),
        ("show", ANNA),
        ("check",),
        ("score",),
        ("explain", "F-"),
        ("show", "--table", "transactions"),
        ("show", ANNA, "--out", "o.csv"),
        ("report", "--out", "r.html"),
        ("load", "anna.csv", "--profile", "plain_signed", "--zone", "Europe/Berlin"),
    ):
        assert loaded(*args).exit_code == 0, args
    log = opened().log()[before:]
    events = " ".join(log["event"])
    for event in (
        "consultation: open",
        "consultation: find",
        "consultation: show",
        "consultation: check",
        "combination: score",
        "consultation: explain",
        "consultation: table transactions",
        "disclosure: export csv",
        "disclosure: report",
        "collection: load",
    ):
        assert event in events
    assert set(log["actor"]) == {"A 12"}
    assert set(log["reason"]) == {"file 1/25"}
    text = str(log.rows())
    assert [secret for secret in SECRETS if secret in text] == []
    subjects = {s for row in log["subjects"] for s in (row if not isinstance(row, str) else re.findall(r"[\w-]+", row))}
    assert subjects
    assert all(
        re.fullmatch(r"[apF]-?[0-9a-f]+|[0-9a-f]{64}|[0-9a-f]{12}-\d{8}|[a-z]*[0-9a-f]{16}", s) for s in subjects
    )


def test_a_fault_of_the_program_quotes_no_record(loaded: Any, quiet: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ValueError(f"invalid value {ANNA} of Anna Ahorn")

    monkeypatch.setattr("finvest.case.check", broken)
    result = loaded("check")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "a fault in the program (ValueError at test_hostile.py:" in result.stderr
    assert "Traceback" not in result.stderr
    quiet(result)
    with pytest.raises(ValueError, match="invalid value"):
        loaded("check", env={"FINVEST_DEBUG": "1"})


# ---- a real terminal


def test_questions_of_a_new_layout_in_a_terminal(loaded: Any, write: Callable[..., Path], tmp_path: Path) -> None:
    write("new.csv", "Date,Amount,Description,Payee\n2/8/15,-12.50,rent,Dora\n3/8/15,9.00,pay,Emil\n4/8/15,1.00,x,y\n")
    assert loaded("load", "new.csv").exit_code == 1
    told, code = _terminal(
        ["load", "new.csv", "--save-profile", "p.toml"],
        [
            ("day first", "maybe"),
            ("day first", "yes"),
            ("Which account", ANNA),
            ("Which currency", "EUR"),
            ("so?", "y"),
        ],
        tmp_path,
    )
    assert code == 0, told
    for part in ("2/8/15", "3/8/15", "4/8/15", "rent", "[y/N]", "is not one of"):
        assert part in told
    assert "%d/%m/%y" in (tmp_path / "p.toml").read_text("utf-8")


def test_a_new_layout_that_is_not_accepted_is_not_loaded(loaded: Any, write: Callable[..., Path]) -> None:
    write("new.csv", "Date;Betrag\n31.12.2015;-12,50\n")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("finvest.cli.output.asking", lambda: True)
        result = loaded("load", "new.csv", "--account", ANNA, "--currency", "EUR", stdin="n\n")
    assert result.exit_code == 1
    assert "new.csv" not in loaded("check").stdout


def _terminal(args: list[str], answers: list[tuple[str, str]], folder: Path) -> tuple[str, int]:
    """Run a command in a pseudo-terminal and answer what it asks."""
    ours, theirs = pty.openpty()
    env = {
        **os.environ,
        "TERM": "xterm",
        "COLUMNS": "120",
        "FINVEST_CASE": "case",
        "FINVEST_ACTOR": "A 12",
        "FINVEST_REASON": "file 1/25",
    }
    command = [sys.executable, "-c", "from finvest.cli import main; main()", *args]
    process = subprocess.Popen(command, cwd=folder, env=env, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    told, seen, left, until = "", 0, list(answers), time.monotonic() + 50
    while time.monotonic() < until:
        ready, _, _ = select.select([ours], [], [], 0.2)
        if ready:
            try:
                part = os.read(ours, 65_536)
            except OSError:
                break
            if not part:
                break
            told += part.decode("utf-8", "replace")
        plain = re.sub("\x1b\\[[0-9;?]*[A-Za-z]", "", told)
        if left and left[0][0] in plain[seen:] and plain.endswith(": "):
            seen = len(plain)
            os.write(ours, f"{left.pop(0)[1]}\n".encode())
    process.kill()
    os.close(ours)
    return re.sub("\x1b\\[[0-9;?]*[A-Za-z]", "", told), process.wait()


def test_an_interruption_is_told_and_half_does_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> click.Command:
        raise KeyboardInterrupt

    monkeypatch.setattr("finvest.cli.group.Verbs.get_command", interrupted)
    result = CliRunner().invoke(main, ["check"])
    assert result.exit_code == 1
    assert "nothing was half-done" in result.output
