"""What a real browser makes of the report and the pictures: it shows them, asks for nothing, runs nothing."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import pytest

from finvest.views.flow import flow
from finvest.views.report import report
from tests.views.conftest import COLLECTOR, circle, fan

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from finvest.findings.finding import Finding
    from finvest.views.report_content import ReportContent
    from tests.conftest import Watched

pytestmark = pytest.mark.browser


def colours(png: bytes) -> dict[bytes, int]:
    """Count the colours of a screenshot: a node that exists is no picture yet."""
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert depth == 8
    size = {2: 3, 6: 4}[kind]
    at, packed = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            packed += png[at + 8 : at + 8 + length]
        at += length + 12
    raw, stride = zlib.decompress(packed), width * size
    before = bytearray(stride)
    found: dict[bytes, int] = {}
    for row in range(height):
        start = row * (stride + 1)
        line = _unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), before, size)
        for i in range(0, stride, size * 3):  # every third pixel will do
            pixel = bytes(line[i : i + 3])
            found[pixel] = found.get(pixel, 0) + 1
        before = line
    return found


def _unfiltered(kind: int, line: bytearray, before: bytearray, size: int) -> bytearray:
    for i in range(len(line)):
        left = line[i - size] if i >= size else 0
        up, corner = before[i], before[i - size] if i >= size else 0
        if kind == 1:
            line[i] = (line[i] + left) & 255
        elif kind == 2:
            line[i] = (line[i] + up) & 255
        elif kind == 3:
            line[i] = (line[i] + (left + up) // 2) & 255
        elif kind == 4:
            guess = left + up - corner
            near = min((left, up, corner), key=lambda v: abs(guess - v))
            line[i] = (line[i] + near) & 255
    return line


def drawn(png: bytes) -> int:
    """Return how many pixels are not of the commonest colour."""
    found = colours(png)
    return sum(found.values()) - max(found.values())


def test_the_report_opens_offline(browser: Watched, content: ReportContent, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(report(content), encoding="utf-8")
    page = browser.page
    page.goto(path.as_uri())
    assert page.locator("h1").is_visible()
    assert page.get_by_text("Assessments, not facts").is_visible()
    assert page.locator("figure svg").count() == 3
    assert page.evaluate("getComputedStyle(document.querySelector('nav')).position") == "sticky"
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    picture = page.locator("figure svg").first
    picture.scroll_into_view_if_needed()
    assert drawn(picture.screenshot()) > 2000
    assert browser.requests == []
    assert browser.errors == []


def test_the_report_prints_on_pages(browser: Watched, content: ReportContent, tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    path.write_text(report(content), encoding="utf-8")
    page = browser.page
    page.goto(path.as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.startswith(b"%PDF")
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") + printed.count(b"/Type /Page/") > 2


def test_hostile_texts_do_nothing(browser: Watched, hostile: ReportContent, tmp_path: Path) -> None:
    path, svg = tmp_path / "report.html", tmp_path / "flow.svg"
    path.write_text(report(hostile), encoding="utf-8")
    flow(hostile.view, hostile.findings[0]).save(svg)
    page = browser.page
    dialogs: list[str] = []
    page.on("dialog", lambda d: dialogs.append(d.message))
    for target in (path, svg):
        page.goto(target.as_uri())
        page.wait_for_timeout(200)
        assert page.evaluate("window.hit") is None
        assert page.evaluate("document.scripts ? document.scripts.length : 0") == 0
        assert page.locator("img, iframe").count() == 0
    assert dialogs == []
    assert browser.requests == []
    assert browser.errors == []


@pytest.mark.parametrize("shape", ["fan-in", "fan-out", "many", "circle"])
def test_pictures_are_drawn(browser: Watched, found: Callable[..., Finding], tmp_path: Path, shape: str) -> None:
    view = {"fan-in": lambda: fan(5), "fan-out": lambda: fan(5, out=True), "many": lambda: fan(40)}.get(
        shape, lambda: circle(4)
    )()
    who = {"members": ["member 0"]} if shape == "circle" else {"hub": [COLLECTOR]}
    path = tmp_path / "flow.svg"
    flow(view, found(view, who)).save(path)
    page = browser.page
    page.goto(path.as_uri())
    # Texts fit their boxes with this machine's fonts, and nothing is drawn outside of the sheet.
    outside = page.evaluate(
        """() => { const s = document.documentElement, b = s.viewBox.baseVal;
        return [...s.querySelectorAll('text, path')].map(e => e.getBBox())
        .filter(r => r.x < 0 || r.y < 0 || r.x + r.width > b.width || r.y + r.height > b.height).length; }"""
    )
    assert outside == 0
    assert drawn(page.screenshot()) > 2000
    assert browser.requests == []
    assert browser.errors == []


def test_a_picture_shows_in_strange_html(browser: Watched, found: Callable[..., Finding]) -> None:
    view = fan(3)
    picture = flow(view, found(view, {"collector": [COLLECTOR]}))
    browser.page.set_content(picture._repr_html_())
    image = browser.page.locator("img")
    assert image.evaluate("e => e.complete && e.naturalWidth") > 600
    assert drawn(image.screenshot()) > 2000
