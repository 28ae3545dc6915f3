"""The pages are as new as the code, what they tell to type exists, and their examples work."""

from __future__ import annotations

import inspect
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest

from finvest import documents
from finvest.case import Case
from finvest.cli import main
from finvest.cli.group import VERBS
from finvest.model.errors import UsageError
from finvest.model.records import REASONS
from finvest.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "docs/add-a-detector.md",
    "docs/add-a-loader.md",
    "docs/add-a-notebook.md",
    "docs/cypher.md",
)


@pytest.mark.parametrize("page", documents.pages())
def test_a_generated_page_is_not_stale(page: str) -> None:
    assert (documents.DOCS / page).read_text("utf-8") == documents.pages()[page], "run `make docs`"


def test_every_verb_detector_and_loader_has_its_section() -> None:
    pages = documents.pages()
    for verb in VERBS:
        assert f"## `finvest {verb}`\n" in pages["command-line.md"]
    assert "## `finvest detectors show`\n" in pages["command-line.md"]
    for id_ in Registry().detectors():
        assert f"## {id_} " in pages["detectors.md"]
    for name in Registry().loaders():
        assert f"## {name}\n" in pages["loaders.md"]


def commands(page: str) -> Iterator[list[str]]:
    """Every finvest command in the code of a page."""
    text = (ROOT / page).read_text("utf-8")
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for line in block.splitlines():
            words = shlex.split(line, comments=True)
            if words and words[0].rpartition("/")[2] == "finvest":
                yield words[1:]
    for inline in re.findall(r"`finvest ([^`]+)`", text):
        yield shlex.split(inline)


@pytest.mark.parametrize("page", PAGES)
def test_every_command_and_option_that_a_page_names_exists(page: str) -> None:
    for words in commands(page):
        command: click.Command = main
        context = click.Context(main)
        for word in words:
            if isinstance(command, click.Group) and not word.startswith("-") and word.islower():
                found = command.get_command(context, word)
                assert found is not None, words
                command = found
        known = {flag for option in command.params for flag in (*option.opts, *option.secondary_opts)}
        assert [word for word in words if word.startswith("--") and word != "--help" and word not in known] == [], words


def test_every_option_that_the_readme_names_in_words_exists() -> None:
    options = {
        flag
        for verb in VERBS
        if (command := main.get_command(click.Context(main), verb)) is not None
        for option in command.params
        for flag in (*option.opts, *option.secondary_opts)
    }
    prose = re.sub(r"```.*?```", "", (ROOT / "README.md").read_text("utf-8"), flags=re.DOTALL)
    assert set(re.findall(r"--[a-z][a-z-]+", prose)) <= options


@pytest.mark.parametrize("page", [*PAGES, "sample_data/README.md"])
def test_every_link_leads_to_a_file(page: str) -> None:
    text = (ROOT / page).read_text("utf-8")
    links = [link for link in re.findall(r"(?<!!)\[[^\]]*\]\(([^)#]+)", text) if "://" not in link]
    assert [link for link in links if not ((ROOT / page).parent / link).exists()] == []


# ---- the examples, tried as a new contributor would


def example(page: str) -> str:
    found = re.search(r"```python\n(.*?)```", (ROOT / "docs" / page).read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    for kind, page, name in (
        ("detectors", "add-a-detector.md", "round_sums"),
        ("loaders", "add-a-loader.md", "pipe"),
    ):
        folder = tmp_path / "plugins" / kind
        folder.mkdir(parents=True)
        (folder / f"{name}.py").write_text(example(page), encoding="utf-8")
    return tmp_path / "plugins"


@pytest.mark.parametrize("check", [["check"], ["format", "--check"]], ids=" ".join)
def test_examples_keep_the_rules_of_the_house(plugins: Path, check: list[str]) -> None:
    config = ["--config", str(ROOT / "pyproject.toml"), "--ignore", "INP001,D101"][: None if check == ["check"] else 2]
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *check, *config, str(plugins)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_example_of_a_detector_keeps_the_contract(plugins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.detectors import test_contract as contract

    monkeypatch.setattr(contract, "DETECTORS", {"XMP-01": Registry((plugins,)).detector("XMP-01")})
    held = [
        test
        for name, test in vars(contract).items()
        if name.startswith("test_") and [*inspect.signature(test).parameters] == ["id_"]
    ]
    assert len(held) > 5
    for test in held:
        test("XMP-01")


def test_the_example_of_a_detector_runs_on_a_case(case: Case) -> None:
    rows = "".join(f"2025-01-{day:02}|{ANNA}|500.00|EUR|NL91ABNA041716430{day}|x\n" for day in range(1, 7))
    load(case, rows)
    (found,) = case.score("XMP-01").all
    assert "received 6 round sums" in found.sentence
    assert len(case.explain(found).members) == 6


ANNA, BERT = "DE89370400440532013000", "GB82WEST12345698765432"
GOOD = f"2025-01-02|{ANNA}|-12.50|EUR|{BERT}|rent\n2025-01-03T10:15:00|{ANNA}|84000.00|EUR|{BERT}|loan\n"
BAD = {
    "AMOUNT_SCALE": f"2025-01-02|{ANNA}|1.005|EUR||x\n",
    "AMOUNT_MISSING": f"2025-01-02|{ANNA}||EUR||x\n",
    "AMOUNT_FORMAT": f"2025-01-02|{ANNA}|1,5|EUR||x\n",
    "CURRENCY_UNKNOWN": f"2025-01-02|{ANNA}|1|ZZZ||x\n",
    "DATE_FORMAT": f"02/01/2025|{ANNA}|1|EUR||x\n",
    "ACCOUNT_MISSING": "2025-01-02||1|EUR||x\n",
    "FIELDS_MISSING": f"2025-01-02|{ANNA}|1\n",
    "ENCODING": f"2025-01-02|{ANNA}|1|EUR||\udcff\n",
}


@pytest.fixture
def case(tmp_path: Path, plugins: Path) -> Case:
    Case.create(tmp_path / "case", title="O", purpose="p", legal_basis="l", actor="a")
    return Case.open(tmp_path / "case", actor="a", reason="r", plugins=[plugins])


def load(case: Case, text: str, **options: Any) -> Any:
    path = case.folder.parent / "statement.pipe"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    return case.load(path, **options)


def test_the_example_of_a_loader_loads(case: Case) -> None:
    done = load(case, GOOD + "\n", zone="Europe/Berlin")
    assert (done.loader, done.tally.loaded, done.tally.blanks, done.tally.records) == ("pipe", 2, 1, 3)
    rows = case.table("transactions").sort("record")
    assert rows["amount"].cast(int).to_list() == [1250, 8_400_000]
    assert rows["books"].to_list() == ["originator", "beneficiary"]
    assert rows["precision"].to_list() == ["date", "second"]
    assert case.show(ANNA).movements["where"].to_list() == ["statement.pipe:1", "statement.pipe:2"]
    assert case.check().fine


def test_an_option_that_the_example_does_not_take_is_wrong_usage(case: Case) -> None:
    with pytest.raises(UsageError, match="loader pipe has no option account; there are zone"):
        load(case, GOOD, account="1")


@pytest.mark.parametrize("reason", BAD)
def test_the_example_of_a_loader_sets_aside_with_a_reason(case: Case, reason: str) -> None:
    assert reason in REASONS
    done = load(case, GOOD + BAD[reason])
    assert (done.tally.loaded, done.tally.quarantined, done.tally.records) == (2, 1, 3)
    assert case.table("quarantine").select("reason", "line").rows() == [(reason, 3)]


def test_the_example_of_a_loader_keeps_what_is_too_much_and_reads_in_parts(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    loader = case.registry.loader("pipe")
    monkeypatch.setattr(sys.modules[type(loader).__module__], "BATCH_ROWS", 2)
    done = load(case, GOOD * 2 + f"2025-01-02|{ANNA}|1|EUR||x|more|and more\r\n")
    assert done.tally.records == done.tally.loaded == 5
    assert case.table("transactions").sort("record")["surplus"].to_list()[-1] == "more|and more"
