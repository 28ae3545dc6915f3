"""Sources, tallies and errors."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from finvest.model import errors
from finvest.model.money import CURRENCY, FORMAT, RANGE, SCALE
from finvest.model.records import REASONS, LoaderCard, Source, Tally

if TYPE_CHECKING:
    from pathlib import Path


def test_a_source_is_its_bytes(tmp_path: Path) -> None:
    file = tmp_path / "statement.csv"
    file.write_bytes(b"a;b\r\n1;2\r\n")
    source = Source.of(file)
    assert (source.name, source.size, source.path) == ("statement.csv", 10, file)
    assert source.sha256 == hashlib.sha256(b"a;b\r\n1;2\r\n").hexdigest()
    copy = tmp_path / "another name.txt"
    copy.write_bytes(file.read_bytes())
    assert Source.of(copy).sha256 == source.sha256


def test_transaction_ids_sort_like_records_and_differ_between_sources(tmp_path: Path) -> None:
    one, other = (Source(tmp_path, "x", digest * 64, 0) for digest in "ab")
    ids = [one.transaction_id(n) for n in (1, 2, 10, 99_999_999)]
    assert ids == sorted(ids)
    assert ids[0] == "aaaaaaaaaaaa-00000001"
    assert one.transaction_id(1) != other.transaction_id(1)


def test_every_record_is_counted_as_exactly_one_thing() -> None:
    tally = Tally(loaded=5, quarantined=2, headers=1) + Tally(loaded=1, blanks=3)
    assert tally == Tally(6, 2, 1, 3)
    assert tally.records == 12
    assert Tally().records == 0


def test_the_parser_s_reasons_are_explained() -> None:
    assert {FORMAT, SCALE, RANGE, CURRENCY} <= set(REASONS)
    assert all(code.isupper() and meaning for code, meaning in REASONS.items())


def test_a_card_is_given_by_name_only() -> None:
    with pytest.raises(TypeError):
        LoaderCard("x", "y", (".z",))  # type: ignore[call-arg]


def test_the_tree_of_errors_is_the_one_that_is_drawn() -> None:
    drawn = (errors.__doc__ or "").split("\n")
    for name, error in vars(errors).items():
        if isinstance(error, type) and error.__module__ == errors.__name__:
            line = next(line for line in drawn if line.lstrip(" │├└─").startswith(name))
            also = {"ValueError", "OSError"} & {base.__name__ for base in error.__bases__}
            assert all(f"also {builtin}" in line for builtin in also), name


def test_a_source_error_says_where() -> None:
    assert str(errors.SourceError("a.csv", "no header")) == "a.csv: no header"
    assert str(errors.SourceError("a.csv", "an amount", 17)) == "a.csv:17: an amount"
