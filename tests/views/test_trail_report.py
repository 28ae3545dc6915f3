"""The judge's page: it answers, shows what the answer rests on, names no victim, and runs nothing."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from lxml import html

from finvest.model.errors import UsageError
from finvest.tracing.rules import RULES
from finvest.views.trail import summary
from finvest.views.trail_report import trail_report
from tests.tracing.cases import Books, account, case, into, out
from tests.views import trails
from tests.views.conftest import HOSTILE
from tests.views.test_browser import drawn

if TYPE_CHECKING:
    from pathlib import Path

    from finvest.tracing.trail import Trail
    from tests.conftest import Watched


def every(page: str, path: str) -> list[Any]:
    found: Any = html.document_fromstring(page).xpath(path)
    return list(found)


def section(page: str, anchor: str) -> str:
    (heading,) = every(page, f"//*[@id='{anchor}']")
    part = heading if heading.tag == "section" else heading.getparent()
    return re.sub(r"\s+", " ", " ".join(part.itertext()))


def page_of(trail: Trail, **more: Any) -> str:
    return trail_report(trails.content_of(trail, **more))


def test_the_answer_is_an_interval_in_a_sentence() -> None:
    told = section(page_of(trails.one_hop(opening=None)), "question")
    assert "between 24,000.00 and 84,000.00 EUR of the 84,000.00 EUR claimed still lies in 1 account on file." in told
    assert "Between 0.00 and 60,000.00 EUR went to an account of which no books are on file." in told
    assert RULES["fifo"].means in told
    assert RULES["fifo"].used in told
    assert "Police Act, section 12" in told
    assert "H1: no use in court without permission" in told


def test_every_payment_has_amount_part_and_line() -> None:
    told = section(page_of(trails.one_hop()), "payments")
    assert re.search(r"1 2025-03-08 from mixed to \S+ 60,000\.00 EUR 30,000\.00 EUR trail ends: .* file:01", told)


def test_restitution_recipients_and_freeze_list() -> None:
    trail = trails.several()
    page = page_of(trail)
    told = section(page, "restitution")
    for row in trail.restitution.iter_rows(named=True):
        assert f"{row['high'] // 100:,}.{row['high'] % 100:02d} EUR" in told
    assert "lies in accounts on file pool: 7,692.31 EUR" in told
    people = section(page, "people")
    assert "Recipients" in people
    assert "Freeze list" in people
    assert "spender" in people


def test_breaks_say_why_and_what_to_ask() -> None:
    told = section(page_of(trails.long()), "ends")
    assert "taken out in cash Ask who took it out" in told
    assert "went to an exchange or wallet Ask the exchange" in told
    assert "no books are on file Ask the bank of this account" in told


def test_a_break_names_its_candidates_with_file_and_line() -> None:
    trail = trails.unpaired()
    (row,) = trail.movements.filter(pl.col("end") == "unpaired").to_dicts()
    assert row["candidates"]
    told = section(page_of(trail), "ends")
    assert all(f"{id_}, file:{id_[-2:]}" in told for id_ in row["candidates"])


def test_a_case_that_gives_no_row_for_no_records_is_no_trouble() -> None:
    trail = trails.unpaired()
    where = trail.sources.where
    sparse = replace(trail.sources, where=lambda ids: where(ids.filter(ids.list.len() > 0)))
    assert page_of(replace(trail, sources=sparse)) == page_of(trail)
    trail = trails.long()
    assert page_of(replace(trail, sources=replace(trail.sources, where=sparse.where))) == page_of(trail)


def test_hypotheses_have_a_person_a_day_and_a_reason() -> None:
    trail = trails.assumed()
    page = page_of(trail)
    told = section(page, "hypotheses")
    (said,) = trail.ledger.hypotheses
    assert said.debit in told
    assert said.credit in told
    assert "J. Smith 2025-04-01 withdrawn and paid in within the hour yes" in told
    assert "at most 6,500.00 EUR of it rests on a hypothesis" in section(page, "question")
    assert "None: nothing here rests" in section(page_of(trails.one_hop()), "hypotheses")


def test_every_rule_answers_the_question() -> None:
    told = section(page_of(trails.one_hop()), "rules")
    for rule in RULES.values():
        assert rule.title in told
    assert "First in, first out (asked) X 84,000.00 EUR 54,000.00 EUR 30,000.00 EUR went" in told
    assert "Last in, first out X 84,000.00 EUR 24,000.00 EUR 60,000.00 EUR went" in told
    assert "Poison: exposure, not proceeds X 84,000.00 EUR not said 60,000.00 EUR" in told
    assert "mixed 54,000.00 EUR 24,000.00 EUR 39,789.47 EUR 54,000.00 EUR 24,000.00 EUR not said" in told


def test_poison_claims_no_amount() -> None:
    told = section(page_of(trails.one_hop("poison")), "question")
    assert "1 payment on is exposed in full to the 84,000.00 EUR claimed. Exposure is no amount" in told


def test_limits_coverage_and_sources() -> None:
    trail = trails.long()
    page = page_of(trail)
    told = section(page, "limits")
    assert all(note in told for note in trail.notes)
    assert re.search(r"staged 2025-03-10 to 2025-03-12 [a-z ,]+ not known yes", told)
    assert "stagea 2025-03-03 to 2025-04-02 proven by balances 2,000.00 EUR yes" in told
    assert "ab" * 32 in section(page, "sources")
    words = section(page, "words")
    assert "claimed part" in words
    assert "ring " not in section(page_of(trails.one_hop()), "words")


def test_what_overdrafts_had_paid_for_is_shown_when_it_was_asked_for() -> None:
    made = case(Books("debtor", [out("shop", 50_00, 2), into("payer", 50_00, 4)], opening=20_00))
    trail = made.follow(made.claim("debtor", 1))
    gone = page_of(trail)
    assert "by backwards tracing" not in gone
    assert "Overdrafts Claimed money that repays an overdraft is gone" in section(gone, "limits")
    page = page_of(replace(trail, overdraft="backwards"))
    told = section(page, "restitution")
    assert "stands in what that had paid for 30.00 EUR" in told
    assert re.search(r"2025-03-05 from debtor to \S+ file:00 50\.00 EUR 2025-03-07 file:01 X 30\.00 EUR", told)
    assert "A court may or may not allow it." in section(page, "limits")
    assert "Courts differ" in section(page, "words")
    masked = made.follow(made.claim("debtor", 1))
    hidden = frozenset({account("debtor").id})
    people = masked.sources.people
    conduit = replace(masked.sources, people=lambda ids: people(ids).with_columns(
        conduit=pl.col("account").is_in(hidden)))  # fmt: skip
    assert not re.search(r"\bdebtor\b", page_of(replace(masked, sources=conduit, overdraft="backwards")))


def test_a_controlled_account_is_masked_everywhere() -> None:
    trail = trails.long()
    victim = account("stagec").id
    sources = pl.DataFrame({"name": ["statement_Maria-Petrova.csv"], "sha256": ["cd" * 32]})
    known = {("party", "p12ab34"): "Maria Petrova"}
    page = page_of(trail, sources=sources, victims=known, question="What did MARIA  PETROVA receive in stagec?")
    assert not re.search(r"stagec|maria|petrova", page, re.IGNORECASE)
    mask = f"controlled account {victim[1:7]}"
    assert mask in section(page, "payments")
    assert mask not in section(page, "people")
    assert "who controls it is not known" in section(page, "people")
    assert f"source {'cd' * 4}" in section(page, "sources")
    assert "stagec" not in summary(trail)


def test_hostile_texts_stay_text() -> None:
    for text in HOSTILE:
        trail = trails.assumed(reason=text, actor=text)
        page = page_of(trail, title=text, question=text, purpose=text, written=text)
        assert not every(page, "//script|//img|//iframe|//@onerror|//@style")
        assert "\x00" not in page
        assert "\u202e" not in page
    assert "window.hit=1</script>" not in summary(trails.named(HOSTILE[0]))


def test_is_complete_in_itself_and_always_the_same() -> None:
    page = page_of(trails.long())
    assert page == page_of(trails.long())
    assert not every(page, "//script|//link|//iframe|//object|//embed|//img|//form|//base")
    ids = every(page, "//@id")
    assert len(ids) == len(set(ids))
    assert set(every(page, "//@href")) <= {f"#{i}" for i in ids}
    (policy,) = every(page, "//meta[@http-equiv='Content-Security-Policy']/@content")
    style = re.search(r"<style>(.*)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'")
    assert 'counter(page) " of " counter(pages)' in page


def test_what_is_left_out_is_said() -> None:
    assert "Showing 3 of 15 rows" in section(page_of(trails.long(), most_rows=3), "payments")


def test_an_unknown_handling_code_is_refused() -> None:
    with pytest.raises(UsageError, match="handling code"):
        page_of(trails.one_hop(), handling="H9")


def test_the_summary_runs_nothing_and_says_the_answer() -> None:
    trail = trails.one_hop()
    shown = trail._repr_html_()
    assert shown == summary(trail)
    assert "54,000.00 EUR of the 84,000.00 EUR claimed still lies in 1 account on file." in shown
    assert "<script" not in shown
    assert all(note in shown for note in trail.notes)


@pytest.mark.browser
@pytest.mark.parametrize("shape", [trails.one_hop, trails.long, trails.several, trails.assumed])
def test_opens_and_prints_in_a_browser(browser: Watched, tmp_path: Path, shape: Any) -> None:
    path = tmp_path / "trail.html"
    path.write_text(page_of(shape(), title=HOSTILE[2]), encoding="utf-8")
    page = browser.page
    page.goto(path.as_uri())
    assert page.locator(".answer").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    picture = page.locator("figure svg")
    picture.scroll_into_view_if_needed()
    assert drawn(picture.screenshot()) > 2000
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") + printed.count(b"/Type /Page/") > 2
    assert page.evaluate("window.hit") is None
    assert browser.requests == []
    assert browser.errors == []
