"""case.toml: what it says comes back as it was said, and it is never without a purpose."""

from __future__ import annotations

import tempfile
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from finvest.model.errors import CaseError, UsageError
from finvest.store.casefile import FILE, CaseFile

ABOUT: dict[str, Any] = {"title": "Orchid", "purpose": "p", "legal_basis": "l", "actor": "a", "base_currency": "CHF"}

sayable = st.text(st.characters(exclude_categories=["Cs"]), min_size=1).filter(str.strip)


@example(title='"""\\u0041', purpose="a\r\nb\n[case]\ntitle = 'x'")
@example(title="\x7f\x00\x1b[2J", purpose="'; drop table log; --")
@example(title="\u2028\u202e\ufeff\U0001f600", purpose="\\")
@given(title=sayable, purpose=sayable)
def test_any_text_survives_the_way_through_toml(title: str, purpose: str) -> None:
    with tempfile.TemporaryDirectory() as name:
        written = CaseFile(**{**ABOUT, "title": title, "purpose": purpose}).write(Path(name))
        assert CaseFile.read(Path(name)) == written
    assert (written.title, written.purpose, written.base_currency) == (title, purpose, "CHF")
    assert written.opened_at.endswith("+00:00")


@pytest.mark.parametrize("name", ["title", "purpose", "legal_basis", "actor"])
@pytest.mark.parametrize("value", ["", " \t\n", "\u00a0", None, 7])
def test_refuses_to_be_without_what_a_case_needs(name: str, value: Any) -> None:
    with pytest.raises(UsageError, match=name.replace("_", " ")):
        CaseFile(**{**ABOUT, name: value})


def test_refuses_text_that_no_file_can_hold() -> None:
    with pytest.raises(UsageError, match="title is no valid Unicode"):
        CaseFile(**{**ABOUT, "title": "a\ud800b"})


@pytest.mark.parametrize("code", ["euro", "", "eur", "ZZZ"])
def test_refuses_a_base_currency_that_is_none(code: str) -> None:
    with pytest.raises(UsageError, match="ISO 4217"):
        CaseFile(**{**ABOUT, "base_currency": code})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[case]\n",
        b"[case\n",
        b"\xff\xfe",
        b"[case]\ntitle = 5\npurpose = 'p'\nlegal_basis = 'l'\nactor = 'a'\n",
        b"[case]\ntitle = 't'\npurpose = ' '\nlegal_basis = 'l'\nactor = 'a'\n",
        b"[case]\ntitle = 't'\npurpose = 'p'\nlegal_basis = 'l'\nactor = 'a'\nmore = 1\n",
        b"case = 3\n",
    ],
)
def test_a_broken_file_is_named_with_what_was_expected(tmp_path: Path, content: bytes) -> None:
    (tmp_path / FILE).write_bytes(content)
    with pytest.raises(CaseError, match=r"case\.toml: expected a section \[case\] with title, purpose"):
        CaseFile.read(tmp_path)


def test_a_folder_without_one_is_no_case(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="finvest init"):
        CaseFile.read(tmp_path)


def test_a_layout_of_another_version_is_refused(tmp_path: Path) -> None:
    replace(CaseFile(**ABOUT), layout=2).write(tmp_path)
    with pytest.raises(CaseError, match="layout 2"):
        CaseFile.read(tmp_path)


def test_writing_keeps_everything_but_the_time(tmp_path: Path) -> None:
    about = CaseFile(**ABOUT)
    assert {**asdict(about.write(tmp_path)), "opened_at": ""} == asdict(about)
