"""The page of an indirect proof: the figure, hostile texts, masks, and a real browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from finvest.indirect import Proof, assumption, estimate, fact, unit_and_volume
from finvest.views.proof import ProofContent, proof_report, summary
from tests.views.test_browser import drawn

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import Watched

HOSTILE = "<script>alert(1)</script>\u202e"


def proof(item: str = "kilograms", reason: str = "weighed twice") -> Proof:
    return unit_and_volume(
        "EUR",
        volume=[estimate(item, 10, 12, 14, record="laundry.csv:3"), assumption("towels", 2, 3, 3, reason=reason)],
        price=fact("price", 80_00, "advert.csv:2"),
    )


def page_of(made: Proof, **more: Any) -> str:
    about = dict.fromkeys(("title", "purpose", "legal_basis", "actor", "created", "written", "version"), "x")
    return proof_report(ProofContent(**{**about, "question": "How much?", "proof": made, **more}))


def test_says_the_figure_its_interval_and_every_line() -> None:
    page = page_of(proof())
    assert "2,880.00 EUR, between 1,600.00 EUR and 3,360.00 EUR" in page
    assert "laundry.csv:3" in page
    assert "weighed twice" in page
    assert "1,920.00 EUR" in page  # with two towels


def test_hostile_texts_stay_text() -> None:
    made = proof(HOSTILE, HOSTILE)
    for page in (page_of(made, title=HOSTILE, question=HOSTILE), summary(made), made._repr_html_()):
        assert "<script" not in page
        assert "\u202e" not in page


def test_a_possible_victim_is_not_named() -> None:
    made = proof("room of Vera Victim")
    page = page_of(made, victims={("party", "p-1"): "Vera Victim"})
    assert "Vera Victim" not in page


def test_is_complete_in_itself_and_always_the_same() -> None:
    page = page_of(proof())
    assert page == page_of(proof())
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "").replace("http-equiv", "")


@pytest.mark.browser
def test_opens_and_prints_in_a_browser(browser: Watched, tmp_path: Path) -> None:
    path = tmp_path / "proof.html"
    path.write_text(page_of(proof(HOSTILE)), encoding="utf-8")
    page = browser.page
    page.goto(path.as_uri())
    assert page.locator(".answer").is_visible()
    assert page.locator("figure svg rect").count() == 3
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    picture = page.locator("figure svg")
    picture.scroll_into_view_if_needed()
    assert drawn(picture.screenshot()) > 1000
    assert page.pdf(prefer_css_page_size=True)
    assert browser.requests == []
    assert browser.errors == []
