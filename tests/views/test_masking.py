"""Masks: every spelling of a name or number, in few or in thousands."""

from __future__ import annotations

import time

import pytest

from finvest.model.subjects import mask
from finvest.views.masking import Masks

ANNA = ("account", "a0123456789abcdef")


@pytest.mark.parametrize(
    "text",
    [
        "Anna Kowalska",
        "ANNA  KOWALSKA",
        "annakowalska",
        "AnnA\tKowal\u017fka",
        "DE89 3704 0044 0532",
        "de893704 00440532",
    ],
)
def test_every_spelling_is_replaced(text: str) -> None:
    masks = Masks({ANNA: "DE89370400440532 (Anna Kowalska)"})
    said = masks(f"for {text}, rent")
    assert text not in said
    assert said.startswith("for ")
    assert said.endswith(", rent")


@pytest.mark.parametrize("text", ["Joanna Kowalska-Nowak", "Anna", "nothing", "", "XDE89370400440532"])
def test_other_words_stay(text: str) -> None:
    masks = Masks({ANNA: "DE89370400440532 (Anna Kowalska)"})
    assert masks(text) == text


def test_the_longest_name_wins_and_nobody_hidden_changes_nothing() -> None:
    masks = Masks({("party", "p1111111111111111"): "Anna", ("party", "p2222222222222222"): "Anna Maria"})
    assert (
        masks("Anna Maria and Anna") == f"{mask('party', 'p2222222222222222')} and {mask('party', 'p1111111111111111')}"
    )
    assert Masks({})("Anna") == "Anna"


def test_thousands_of_names_are_looked_for_in_thousands_of_texts_in_seconds() -> None:
    masks = Masks({("account", f"a{i:016x}"): f"XX{i:014d} (Holder Number {i:05d})" for i in range(20_000)})
    start = time.perf_counter()
    for i in range(5_000):
        assert "controlled account" in masks(f"payment {i} for Holder Number {i:05d}")
    assert time.perf_counter() - start < 30
