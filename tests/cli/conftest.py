"""The command line in this process, on a case and small statements in a folder of their own."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from click.testing import CliRunner

from finvest.case import Case
from finvest.cli import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from click.testing import Result

ANNA, BERT, CORA = "DE89370400440532013000", "GB82WEST12345698765432", "NL91ABNA0417164300"
HEADER = (
    "Date,Account,Account holder,Amount,Currency,Balance,Counterparty account,Counterparty name,Reference,"
    "End-to-end reference\n"
)
STATEMENTS = {
    "anna.csv": HEADER
    + f"2025-02-03,{ANNA},Anna Ahorn,1200.00,EUR,50000.00,,Werk,Lohn,\n"
    + f"2025-03-03,{ANNA},Anna Ahorn,84000.00,EUR,134000.00,{CORA},Cora Clement,Wohnwagen 7,AX7731QQ\n"
    + f"2025-03-04,{ANNA},Anna Ahorn,-84000.00,EUR,50000.00,{BERT},Bert Birke,Darlehen 31,BR5520KL\n"
    + f"2025-03-28,{ANNA},Anna Ahorn,-10.00,EUR,49990.00,,Werk,Kasse,\n"
    + f"2025-03-31,{ANNA},Anna Ahorn,10.00,EUR,50000.00,,Werk,Kasse,\n",
    "bert.csv": "Date,Account,Account holder,Debit,Credit,Currency,Balance,Counterparty account,Counterparty name,"
    "Reference,End-to-end reference\n"
    + f"2025-02-03,{BERT},Bert Birke,,900.00,EUR,900.00,,Werk,Lohn,\n"
    + f"2025-03-04,{BERT},Bert Birke,,84000.00,EUR,84900.00,{ANNA},Anna Ahorn,Darlehen 31,BR5520KL\n"
    + f"2025-03-05,{BERT},Bert Birke,84000.00,,EUR,900.00,{CORA},Cora Clement,Rate 5,CV9904TZ\n"
    + f"2025-03-31,{BERT},Bert Birke,10.00,,EUR,890.00,,Werk,Kasse,\n",
    "cora.csv": HEADER
    + f"2025-02-03,{CORA},Cora Clement,1100.00,EUR,100000.00,,Werk,Lohn,\n"
    + f"2025-03-03,{CORA},Cora Clement,-84000.00,EUR,16000.00,{ANNA},Anna Ahorn,Wohnwagen 7,AX7731QQ\n"
    + f"2025-03-05,{CORA},Cora Clement,84000.00,EUR,100000.00,{BERT},Bert Birke,Rate 5,CV9904TZ\n",
}
"""A circle of three accounts, each transfer in two statements of two layouts."""

SECRETS = (
    ANNA,
    BERT,
    CORA,
    "Ahorn",
    "Birke",
    "Clement",
    "Wohnwagen",
    "Darlehen",
    "Rate 5",
    "AX7731QQ",
    "BR5520KL",
    "84000",
    "84,000",
)
"""What no message and no log may hold."""


class Finvest(Protocol):
    """Runs a command on the case of the test."""

    def __call__(self, *args: str | Path, stdin: str | None = None, env: dict[str, str | None] | None = None) -> Result:
        """Return what it printed, and its exit code."""
        ...


@pytest.fixture
def finvest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Finvest:
    monkeypatch.chdir(tmp_path)
    runner = CliRunner(env={"FINVEST_CASE": "case", "FINVEST_ACTOR": "A 12", "FINVEST_REASON": "file 1/25"})

    def run(*args: str | Path, stdin: str | None = None, env: dict[str, str | None] | None = None) -> Result:
        result = runner.invoke(main, [str(arg) for arg in args], input=stdin, env=env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return run


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def file(name: str, content: str | bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return file


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty case and one with three statements, made once."""
    folder = tmp_path_factory.mktemp("cases")
    about = {"title": "Orchid", "purpose": "a group", "legal_basis": "an order", "actor": "A 12"}
    Case.create(folder / "empty", **about)
    full = Case.create(folder / "full", **about)
    for name, text in STATEMENTS.items():
        (folder / name).write_text(text, encoding="utf-8")
        full.load(folder / name)
    return folder


@pytest.fixture
def case(finvest: Finvest, made: Path, tmp_path: Path) -> Finvest:
    """An empty case."""
    shutil.copytree(made / "empty", tmp_path / "case")
    return finvest


@pytest.fixture
def loaded(finvest: Finvest, made: Path, tmp_path: Path) -> Finvest:
    """A case with three statements, which lie beside it."""
    shutil.copytree(made / "full", tmp_path / "case")
    for name in STATEMENTS:
        shutil.copyfile(made / name, tmp_path / name)
    return finvest


@pytest.fixture
def opened(tmp_path: Path) -> Callable[[], Case]:
    """The case of the test, in Python."""
    return lambda: Case.open(tmp_path / "case", actor="A 12", reason="file 1/25")


@pytest.fixture
def as_json() -> Callable[[Result], Any]:
    """What a command printed as JSON; it printed nothing else."""

    def parsed(result: Result) -> Any:
        return json.loads(result.stdout)

    return parsed


@pytest.fixture
def quiet() -> Callable[..., None]:
    """Assert that messages hold nothing of the records."""

    def check(result: Result, *more: str) -> None:
        told = result.stderr
        assert [secret for secret in (*SECRETS, *more) if secret in told] == []

    return check
