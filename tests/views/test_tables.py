"""Tables for readers: exact amounts, nothing cut silently, nothing that runs."""

from __future__ import annotations

from datetime import UTC, date, datetime

import polars as pl
from lxml import html

from finvest.views.tables import TableView
from tests.views.conftest import HOSTILE


def test_shows_amounts_exactly_with_their_currency() -> None:
    frame = pl.DataFrame(
        {
            "amount": [123_456_789_012_345_67, -5, None],
            "currency": ["EUR", "JPY", None],
            "at": [datetime(2025, 1, 6, 9, tzinfo=UTC), None, None],
            "day": [date(2025, 1, 6), None, None],
            "fine": [True, False, None],
            "count": [12_000, 0, None],
            "score": [0.123456, 1234.5, None],
            "list": [["a", "b"], [], None],
        }
    )
    assert TableView(frame).cells() == [
        [
            "123,456,789,012,345.67 EUR", "2025-01-06 09:00:00 UTC", "2025-01-06", "yes", "12,000", "0.123",
            '["a", "b"]',
        ],
        ["-5 JPY", "", "", "no", "0", "1,234.50", "[]"],
        [""] * 7,
    ]  # fmt: skip


def test_says_how_many_rows_it_shows() -> None:
    table = TableView(pl.DataFrame({"n": range(5000)}), title="Movements")
    assert "showing 50 of 5,000 rows" in table._repr_html_()
    assert repr(table) == "<Movements: 5,000 rows, 1 column>"
    assert len(table) == len(table.to_frame()) == 5000
    assert "showing" not in TableView(pl.DataFrame({"n": [1]}))._repr_html_()
    assert "0 rows" in TableView(pl.DataFrame({"n": []}))._repr_html_()


def test_is_self_contained_and_inert() -> None:
    table = TableView(pl.DataFrame({"<b>": HOSTILE, "n": range(len(HOSTILE))}), title=HOSTILE[0])
    shown = table._repr_html_()
    root = html.fragment_fromstring(shown)
    assert {e.tag for e in root.iter()} == {"div", "p", "strong", "span", "table", "thead", "tr", "th", "tbody", "td"}
    assert {a for e in root.iter() for a in e.attrib} == {"style"}
    assert "url(" not in shown
    assert "(9,600 more characters)" in shown
    assert "[U+202E]" in shown
