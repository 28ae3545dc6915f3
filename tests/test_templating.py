"""A template, filled in as docs/add-a-detector.md says, is a passing detector without a line elsewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from finvest.findings.make import Make
from finvest.model.errors import UsageError
from finvest.registry import Registry
from finvest.scoring import score
from finvest.templating import MARK, new_detector

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "add-a-detector.md").read_text("utf-8")


def told(pattern: str) -> str:
    """Return what the page fills in at a place."""
    found = re.search(pattern, PAGE)
    assert found is not None, pattern
    return found[1]


def filled() -> dict[str, str]:
    """Return, for each marked place of the template, what the page's example says there."""
    head, doc = told(r'"""XMP-01: (.*)\.'), told(r'look_alike.*\n\s+"""(Let a shop.*)"""')
    return {
        f"{MARK} what this detector looks for, in one line": head.capitalize(),
        f"{MARK} a few words": told(r'title="(.*)"'),
        f"{MARK} one or two sentences for a reader who is no programmer.": told(r'what="(.*)"'),
        f"{MARK} {{count}} payments": told(r"\{receiver\} (received \{count\} round sums)"),
        f"{MARK} a name": told(r'innocent=\{"(\w+)": "'),
        f"{MARK} the innocent explanation.": told(r'innocent=\{"\w+": "([^.]*\.)'),
        f"{MARK} what to ask for, and of whom.": told(r'innocent=\{"\w+": "[^.]*\. (.*)"\}'),
        f"{MARK} where the indicator comes from": told(r'sources=\("(.*)"'),
        f"{MARK} the filter.": "Round sums only.",
        f"{MARK} the smallest case in which it must be found.": "Let one account receive five round sums.",
        f"{MARK} its innocent twin, which must not be accused.": doc,
        "pl.lit(value=False)": told(r"transactions\.filter\((.*)\)"),
    }


def fill_in(path: Path) -> None:
    text = path.read_text("utf-8")
    for old, new in filled().items():
        assert old in text, f"the template has no {old!r}"
        text = text.replace(old, new)
    assert MARK not in text
    path.write_text(text, encoding="utf-8")


def run(*args: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *map(str, args)]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


def test_a_filled_in_template_passes_its_tests_and_is_found(tmp_path: Path) -> None:
    detector, tests = new_detector("round_sums", tmp_path, "XMP-01", Registry())
    assert (detector, tests) == (tmp_path / "detectors/round_sums.py", tmp_path / "tests/test_round_sums.py")
    fill_in(detector)
    done = run("pytest", "-q", "-p", "no:cacheprovider", tests, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    own = Registry((tmp_path,))
    assert own.detector("XMP-01").card.title == "Round sums"
    make = Make()
    own.detector("XMP-01")().plant(make)
    (finding,) = score(make.view(), [own.detector("XMP-01")()])
    assert finding.sentence.startswith("receiver received 5 round sums between ")


def test_what_is_not_filled_in_fails_its_tests_but_harms_nobody(tmp_path: Path) -> None:
    _, tests = new_detector("round_sums", tmp_path, "XMP-01", Registry())
    done = run("pytest", "-q", "-p", "no:cacheprovider", tests, cwd=tmp_path)
    assert done.returncode == 1
    own = Registry((tmp_path,))
    assert own.refused() == {}
    make = Make()
    own.detector("XMP-01")().plant(make)
    found = score(make.view(), [own.detector("XMP-01")()])
    assert (found.all, found.failed) == ((), {})


def test_in_a_clone_it_goes_to_the_familys_folder_and_the_tests_to_theirs(tmp_path: Path) -> None:
    (tmp_path / "detectors").mkdir()
    (tmp_path / "detectors" / "__init__.py").touch()
    (tmp_path / "tests" / "detectors").mkdir(parents=True)
    written = new_detector("round_sums", tmp_path, "XMP-01", Registry(), "shapes")
    assert written == (
        tmp_path / "detectors/shapes/round_sums.py",
        tmp_path / "tests/detectors/test_round_sums.py",
    )
    assert "Registry().detector" in written[1].read_text("utf-8")
    assert "Path" not in written[1].read_text("utf-8")


@pytest.mark.parametrize("name", ["", "Round", "2sums", "a-b", "a.b", "../a", "class", "_own", "a b", "größe", "a/b"])
def test_a_name_that_is_no_identifier_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="NAME must be an identifier"):
        new_detector(name, tmp_path, "XMP-01", Registry())
    if name:
        with pytest.raises(UsageError, match="--family must be an identifier"):
            new_detector("own", tmp_path, "XMP-01", Registry(), name)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("which", [0, 1])
def test_nothing_is_overwritten(tmp_path: Path, which: int) -> None:
    written = new_detector("own", tmp_path, "XMP-01", Registry())
    written[1 - which].unlink()
    written[which].write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is there already"):
        new_detector("own", tmp_path, "XMP-02", Registry())
    assert written[which].read_text("utf-8") == "mine"
    assert not written[1 - which].exists()


def test_an_id_that_is_malformed_or_taken_is_refused(tmp_path: Path) -> None:
    for id_ in ("XMP", "XMP-1", "xmp-01", "XMP-001"):
        with pytest.raises(UsageError, match="--id must be like XMP-01"):
            new_detector("own", tmp_path, id_, Registry())
    with pytest.raises(UsageError, match="GRF-05 is taken by"):
        new_detector("own", tmp_path, "GRF-05", Registry())


def test_the_command_says_what_it_wrote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from finvest.cli import main

    monkeypatch.chdir(tmp_path)

    def command(*args: str) -> Any:
        return CliRunner().invoke(main, ["detectors", *args])

    done = command("new", "own", "--id", "xmp-01")
    assert done.exit_code == 0, done.output
    assert (tmp_path / "detectors" / "own.py").is_file()
    assert "places to fill in" in done.output
    assert command("new", "own", "--id", "XMP-02").exit_code == 2
    assert command("new", "Own").exit_code == 2
    assert command("new", "other", "--into", "agency", "--json").exit_code == 0
    assert (tmp_path / "agency" / "tests" / "test_other.py").is_file()
    assert "GRF-05" in command("--json").output, "`finvest detectors` alone lists them"
