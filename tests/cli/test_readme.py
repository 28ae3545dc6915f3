"""The walk through a case in the README, typed to the letter in an empty folder."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_a_case_step_by_step(finvest: Any, tmp_path: Path) -> None:
    (tmp_path / "sample_data").symlink_to(ROOT / "sample_data")
    page = (ROOT / "README.md").read_text("utf-8")
    steps = re.search(r"## A case, step by step.*?```sh\n(.*?)```", page, re.DOTALL)
    assert steps is not None
    environment: dict[str, str | None] = {}
    verbs = []
    for line in steps[1].splitlines():
        words = shlex.split(line, comments=True)
        if words[0] == "export":
            environment |= dict(word.split("=", 1) for word in words[1:])
        elif words[0] == "finvest":
            result = finvest(*words[1:], env=environment)
            assert result.exit_code == 0, (line, result.output)
            assert result.stdout.splitlines()[-1].startswith("→ ")
            verbs.append(words[1])
    assert verbs == ["init", "load", "load", "check", "find", "show", "score", "explain", "report"]
    assert (tmp_path / "orchid.html").stat().st_size > 100_000
