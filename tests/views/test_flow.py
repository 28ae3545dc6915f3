"""The flow picture: what it shows, that it is the same every time, and that nothing in it runs."""

from __future__ import annotations

import base64
import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from finvest.findings.make import Make
from finvest.model.errors import UsageError
from finvest.views import flow_content, text
from finvest.views.columns import columns
from finvest.views.flow import flow
from finvest.views.layers import Size, apart, lay_out
from finvest.views.ring import lay_out as lay_out_ring
from finvest.views.ring import ring_of
from tests.views.conftest import COLLECTOR, circle, fan

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable
    from pathlib import Path

    from finvest.findings.finding import Finding
    from finvest.view import CaseView
    from finvest.views.flow import FlowPicture
    from finvest.views.report_content import ReportContent

Found = "Callable[..., Finding]"
_SVG = "{http://www.w3.org/2000/svg}"


def parsed(picture: FlowPicture) -> etree._Element:
    return etree.fromstring(picture.svg.encode(), etree.XMLParser(resolve_entities=False, no_network=True))


def texts(picture: FlowPicture) -> list[str]:
    return [t.text or "" for t in parsed(picture).iter(f"{_SVG}text")]


def overlap(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return abs(a[0] - b[0]) < (a[2] + b[2]) / 2 - 1 and abs(a[1] - b[1]) < (a[3] + b[3]) / 2 - 1


def test_shows_accounts_sums_counts_and_days(found: Callable[..., Finding]) -> None:
    view = fan(5)
    finding = found(view, {"collector": [COLLECTOR]})
    picture = flow(view, finding)
    shown = texts(picture)
    assert "DE89 3704 0044 0532 0130 00" in shown
    assert "bank account · collector" in shown
    assert "301.01 EUR" in shown
    assert "1 × · 6 Jan 2025" in shown
    assert "account to review (thick outline)" in shown
    assert any(t.startswith("Assessment, not a fact") for t in shown)
    assert any("Handling code H0, evaluation X4" in t for t in shown)
    assert any("5 movements, 1,510.10 EUR" in t for t in shown)
    assert picture.shown == picture.accounts == 6


def test_is_the_same_every_time_and_accessible(found: Callable[..., Finding], tmp_path: Path) -> None:
    view = circle(5)
    finding = found(view, {"members": [f"member {i}" for i in range(5)]})
    picture = flow(view, finding)
    assert picture == flow(view, finding)
    root = parsed(picture)
    assert root.get("role") == "img"
    assert finding.id in (root.get("aria-label") or "")
    assert len(list(root.iter(f"{_SVG}title"))) > 10
    picture.save(tmp_path / "flow.svg")
    assert (tmp_path / "flow.svg").read_text(encoding="utf-8") == picture.svg
    assert repr(picture) == f"<FlowPicture Collection (TST-01), {finding.id}: 5 of 5 accounts>"


def test_shows_in_an_untrusted_notebook(found: Callable[..., Finding]) -> None:
    view = fan(3)
    picture = flow(view, found(view, {"collector": [COLLECTOR]}))
    html = picture._repr_html_()
    data = re.search(r"base64,([A-Za-z0-9+/=]+)", html)
    assert data is not None
    assert base64.b64decode(data[1]).decode() == picture.svg
    assert html.count("<") == 1


def test_refuses_a_finding_of_another_state_of_the_case(found: Callable[..., Finding]) -> None:
    view = fan(5)
    finding = found(view, {"collector": [COLLECTOR]})
    with pytest.raises(UsageError, match="another state"):
        flow(fan(7), replace(finding, movements=(0, 1)))


@pytest.mark.parametrize("out", [False, True])
def test_many_accounts_stand_together_and_are_counted(found: Callable[..., Finding], *, out: bool) -> None:
    view = fan(40, out=out)
    picture = flow(view, found(view, {"hub": [COLLECTOR]}))
    shown = texts(picture)
    assert "and 26 others" in shown
    rest = sum((300 + i) * 100 + i for i in range(26))
    assert f"{rest // 100:,}.{rest % 100:02d} EUR, 26 movements" in shown
    assert any("15 of 41 accounts are drawn by themselves" in t for t in shown)


def test_possible_victims_stay_unnamed_neutral_and_unranked(content: ReportContent) -> None:
    finding = content.findings[1]
    svg = flow(content.view, finding).svg
    assert "Maria" not in svg
    assert "victim 1" not in svg
    assert "controlled account" in svg
    assert "possible victim" in svg
    assert not re.search(r'"#(?:[a-f][0-9a-f]|[c-f])?0000|red"', svg)


def test_another_findings_victim_stays_unnamed_too(content: ReportContent) -> None:
    other = content.findings[3]
    known = content.findings[1].accounts
    assert "Maria" in flow(content.view, other).svg
    assert "Maria" not in flow(content.view, other, possible_victims=known).svg


def test_inferred_movements_are_dashed_and_apart(found: Callable[..., Finding]) -> None:
    view = fan(3)
    tx = view.frame("transactions")
    changed = view._movements.with_columns(
        origin=tx.select((tx["n"] == 0).replace_strict({True: "inferred", False: "observed"}).alias("o"))["o"]
    )
    view = type(view)(changed, view._given)
    picture = flow(view, found(view, {"collector": [COLLECTOR]}))
    assert picture.svg.count("stroke-dasharray") == 2  # one arrow and its legend
    assert "not confirmed, inferred" in texts(picture)
    assert "stroke-dasharray" not in flow(fan(3), found(fan(3), {"collector": [COLLECTOR]})).svg


def test_several_currencies_are_not_added(found: Callable[..., Finding]) -> None:
    make = Make()
    make.transfer("a", "b", 100_00, 0)
    make.transfer("a", "b", 5000, 1, currency="JPY")
    view = make.view()
    shown = texts(flow(view, found(view, {"sender": ["a"]})))
    assert "100.00 EUR and 5,000 JPY" in shown
    assert any("not converted" in t for t in shown)


def test_a_payment_to_oneself_is_told_not_drawn(found: Callable[..., Finding]) -> None:
    make = Make()
    make.transfer("a", "a", 77_00, 0)
    make.transfer("a", "b", 100_00, 1)
    view = make.view()
    assert any(
        "1 movement from an account to itself, 77.00 EUR" in t for t in texts(flow(view, found(view, {"s": ["a"]})))
    )


def test_hostile_texts_stay_text(hostile: ReportContent) -> None:
    picture = flow(hostile.view, hostile.findings[0])
    root = parsed(picture)
    allowed = {f"{_SVG}{t}" for t in ("svg", "title", "rect", "text", "g", "path")}
    assert {e.tag for e in root.iter()} == allowed
    assert not [a for e in root.iter() for a in map(str, e.attrib) if a.startswith("on") or "href" in a or a == "style"]
    assert "[U+202E]" in picture.svg
    assert max(len(t) for t in texts(picture)) < 200


@pytest.mark.parametrize("length", [3, 4, 5, 8, 12])
def test_money_that_goes_round_is_a_ring(length: int) -> None:
    links = [(i, (i + 1) % length) for i in range(length)]
    ring = ring_of(range(length), links)
    assert ring == list(range(length))
    placed = lay_out_ring(ring, [], links, Size(196, 54), [Size(100, 38)] * length)
    boxes = [*placed.boxes.values(), *((*line.label, 100, 38) for line in placed.lines.values())]
    assert not [1 for a, b in itertools.combinations(boxes, 2) if overlap(a, b)]


def test_a_ring_that_is_a_small_part_is_no_ring() -> None:
    links = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 4), (4, 5)]
    assert ring_of(range(6), links) == []


def _layout_cases() -> list[list[tuple[int, int]]]:
    return [
        [(i, 9) for i in range(9)],
        [(0, i) for i in range(1, 14)],
        [(i, 20) for i in range(8)] + [(20, 30 + i) for i in range(9)],
        [(i, 10 + j) for i in range(4) for j in range(4)] + [(10 + j, 20) for j in range(4)] + [(0, 20)],
        [(i, i + 1) for i in range(9)] + [(0, 5), (8, 6)],
        [(0, 1), (1, 0)],
        [(0, 1), (1, 2), (2, 1), (2, 3), (0, 3), (3, 0)],
    ]


@pytest.mark.parametrize("links", _layout_cases(), ids=str)
def test_no_label_meets_a_label_or_an_account(links: list[tuple[int, int]]) -> None:
    nodes: list[Hashable] = list(dict.fromkeys(n for pair in links for n in pair))
    column = columns(nodes, links)
    assert all(column[a] != column[b] for a, b in links)
    placed = lay_out(column, links, Size(180, 54), [Size(96, 38)] * len(links))
    boxes = [*placed.boxes.values(), *((*line.label, 96, 36) for line in placed.lines.values())]
    assert not [1 for a, b in itertools.combinations(boxes, 2) if overlap(a, b)]
    assert all(line.tip[:2] == line.points[-1] for line in placed.lines.values())


def test_senders_stand_before_receivers() -> None:
    assert columns([0, 1, 2, 3], [(0, 1), (1, 2), (3, 2)]) == {0: 0, 1: 1, 2: 2, 3: 1}
    back = columns([0, 1, 2], [(0, 1), (1, 2), (2, 0)])
    assert (back[0], back[1], back[2]) == (0, 1, 2)


def test_apart_keeps_order_and_distance() -> None:
    assert apart([0, 0, 0], [10, 10, 10]) == [-10, 0, 10]
    assert apart([0, 50], [10, 10]) == [0, 50]


def test_texts_are_clipped_and_numbers_grouped() -> None:
    assert text.number("de89370400440532013000") == "DE89 3704 0044 0532 0130 00"
    assert text.number("12345678") == "12345678"
    assert text.label(f"{COLLECTOR} (A B)") == "DE89 3704 0044 0532 0130 00 (A B)"
    assert text.plain("a\x00\u202e\n b") == "a[U+0000][U+202E] b"
    assert text.shorten("x" * 500) == "x" * 400 + "… (100 more characters)"
    clipped = text.clip("Maximilian von der Hohenstein", 100, 12)
    assert clipped.endswith("…")
    assert text.width(clipped, 12) <= 112
    assert text.clip("short", 100, 12) == "short"


def test_most_accounts_is_a_bound(found: Callable[..., Finding]) -> None:
    make = Make()
    for i in range(60):
        make.transfer(f"s {i}", "pipe", 100_00 + i, i / 10)
        make.transfer("pipe", f"r {i}", 99_00 + i, i / 10 + 0.01)
    view: CaseView = make.view()
    picture = flow(view, found(view, {"senders": [f"s {i}" for i in range(60)], "pipe": ["pipe"]}))
    assert picture.accounts == 121
    assert picture.shown <= flow_content.MOST_ACCOUNTS
