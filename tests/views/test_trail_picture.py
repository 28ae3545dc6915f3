"""The picture of a trail: claimed parts, typed ends, hypotheses dashed, controlled accounts neutral."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from finvest.views.flow_content import MOST_ACCOUNTS
from finvest.views.trail_picture import trail_picture
from tests.tracing.cases import Books, account, case, into, out
from tests.views import trails

if TYPE_CHECKING:
    from finvest.views.flow import FlowPicture

_SVG = "{http://www.w3.org/2000/svg}"


def texts(picture: FlowPicture) -> list[str]:
    root = etree.fromstring(picture.svg.encode(), etree.XMLParser(resolve_entities=False, no_network=True))
    return [t.text or "" for t in root.iter(f"{_SVG}text")]


def test_labels_say_the_claimed_part_of_what_was_paid() -> None:
    shown = texts(trail_picture(trails.one_hop()))
    assert "30,000.00 of 60,000.00 EUR" in shown
    assert "all of 84,000.00 EUR" in shown
    assert "0.00 to 60,000.00 of 60,000.00 EUR" in texts(trail_picture(trails.one_hop(opening=None)))
    assert "trail ends · no books on file" in shown


def test_ends_are_typed() -> None:
    shown = texts(trail_picture(trails.long()))
    assert "cash · trail ends" in shown
    assert "wallet · trail ends" in shown
    assert "trail ends" in shown


def test_several_claims_are_added_and_under_poison_are_not() -> None:
    shown = texts(trail_picture(trails.several()))
    assert "30,461.54 of 33,000.00 EUR" in shown
    assert "all of 33,000.00 EUR" in texts(trail_picture(trails.several("poison")))


def test_hypotheses_are_dashed() -> None:
    picture = trail_picture(trails.assumed())
    assert "Hypothesis 1" in texts(picture)
    assert picture.svg.count("stroke-dasharray") == 4  # into it, out of it, what lies behind it, the legend
    assert "stroke-dasharray" not in trail_picture(trails.one_hop()).svg


def test_a_controlled_account_is_neutral_and_masked() -> None:
    picture = trail_picture(trails.long())
    assert "stagec" not in picture.svg
    assert f"controlled account {account('stagec').id[1:7]}" in texts(picture)
    assert "controlled account, name withheld" in texts(picture)


def test_is_the_same_every_time() -> None:
    assert trail_picture(trails.long()) == trail_picture(trails.long())


def test_many_accounts_stand_together_and_are_counted() -> None:
    made = case(
        Books("hub", [into("payer", 60_000_00, 1), *(out(f"shop{i}", 1_000_00 + i, 2 + i // 4) for i in range(50))])
    )
    picture = trail_picture(made.follow(made.claim("hub", 0)))
    assert picture.accounts == 52
    assert picture.shown <= MOST_ACCOUNTS
    assert any(t.startswith("and ") and t.endswith(" others") for t in texts(picture))
    assert any("of 52 accounts and ends are drawn by themselves" in t for t in texts(picture))


def test_the_main_way_is_drawn_whatever_small_payments_leave_it() -> None:
    """An account that passes nearly everything on keeps nothing, and is no less a part of the way for it."""
    shops = [out(f"shop{i}", 100 + i, 2 + i // 4) for i in range(50)]
    hub = Books("hub", [into("payer", 60_000_00, 1), *shops, out("pipe", 50_000_00, 20)])
    pipe = Books("pipe", [into("hub", 50_000_00, 20), out("rest", 50_000_00, 22)])
    made = case(hub, pipe, Books("rest", [into("pipe", 50_000_00, 22)]))
    picture = trail_picture(made.follow(made.claim("hub", 0)))
    shown = texts(picture)
    assert "bank account · passed on" in shown
    assert sum(label.startswith("all of 50,000.00 EUR") for label in shown) == 2
