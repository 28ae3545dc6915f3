"""The page about where money came from: it answers, shows what it rests on, names no victim, and runs nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from finvest.model.errors import UsageError
from finvest.tracing.backward import Target, origins
from finvest.tracing.hypotheses import Hypothesis
from finvest.tracing.rules import RULES
from finvest.views.origin_report import OriginContent, origin_report
from finvest.views.origins import summary
from tests.tracing.cases import Books, Case, account, case, into, on, out
from tests.views import trails
from tests.views.conftest import HOSTILE
from tests.views.test_trail_report import every, section

if TYPE_CHECKING:
    from pathlib import Path

    from finvest.tracing.backward import Origins
    from tests.conftest import Watched


def asked(made: Case, target: Target, rule: str = "fifo", *hypotheses: Hypothesis) -> Origins:
    ledger = made.ledger(*hypotheses)
    return origins(ledger, rule, target, made.sources(ledger))


def mixed(rule: str = "fifo", opening: int | None = 30_000_00, controlled: tuple[str, ...] = ()) -> Origins:
    """Ask what `pool` paid 60,000 from: it held 30,000, and got 84,000 of an account without books."""
    made = case(
        Books("pool", [into("payer", 84_000_00, 2), out("front", 60_000_00, 5, "t")], opening=opening),
        Books("front", [into("pool", 60_000_00, 5, "t"), out("shop", 50_000_00, 7)]),
        controlled=controlled,
    )
    return asked(made, Target(transaction=made.records["front"][1]), rule)


def balance() -> Origins:
    made = case(Books("pool", [into("payer", 84_000_00, 2), out("shop", 60_000_00, 5)], opening=30_000_00))
    return asked(made, Target(account=account("pool").id, day=on(9)))


def assumed(reason: str = "same notes", actor: str = "J. Smith") -> Origins:
    """Ask what `taker` paid from: cash that somebody takes to be what `giver` took out."""
    made = case(
        Books("giver", [into("payer", 100_00, 2), out(None, 100_00, 3, channel="cash_atm")]),
        Books("taker", [into(None, 80_00, 4, channel="cash_atm"), out("shop", 50_00, 6)], opening=10_00),
    )
    said = Hypothesis("d", made.records["giver"][1], made.records["taker"][0], actor, "2025-04-01", reason)
    return asked(made, Target(transaction=made.records["taker"][1]), "lifo", said)


def page_of(found: Origins, **more: Any) -> str:
    known = trails.content_of(trails.one_hop())
    fields = [f for f in OriginContent.__dataclass_fields__ if f != "origins"]
    return origin_report(OriginContent(**({f: getattr(known, f) for f in fields} | more), origins=found))


def test_the_answer_is_a_sentence_with_the_sum_asked_about() -> None:
    told = section(page_of(mixed()), "question")
    assert "Under the rule first in, first out, 30,000.00 EUR of the 50,000.00 EUR that front paid to" in told
    assert "on 2025-03-10 lay in pool when its books begin." in told
    assert "20,000.00 EUR came in from an account of which no books are on file that day." in told
    assert RULES["fifo"].means in told
    assert RULES["fifo"].used in told
    assert "Police Act, section 12" in told
    assert re.search(r"Asked about 50,000\.00 EUR that front paid to .*, file:01", told)


def test_what_is_not_known_makes_it_an_interval() -> None:
    told = section(page_of(mixed(opening=None)), "question")
    assert "between 0.00 and 50,000.00 EUR of the" in told
    assert "Between 0.00 and 50,000.00 EUR" in told


def test_a_balance_says_whose_and_when() -> None:
    told = section(page_of(balance()), "question")
    assert "54,000.00 EUR of the 54,000.00 EUR that lay in pool at the end of 2025-03-12 came in from" in told


def test_what_lay_in_several_accounts_is_not_said_to_have_lain_in_one() -> None:
    made = case(
        Books("giver", [out("taker", 100_00, 3, "t")], opening=300_00),
        Books("taker", [into("giver", 100_00, 3, "t")], opening=20_00),
    )
    told = section(page_of(asked(made, Target(account=account("taker").id, day=on(9)))), "question")
    assert "120.00 EUR of the 120.00 EUR that lay in taker at the end of 2025-03-12 lay in 2 accounts when" in told


def test_an_empty_account_says_so() -> None:
    made = case(Books("pool", [into("payer", 100, 2), out("shop", 100, 5)]))
    page = page_of(asked(made, Target(account=account("pool").id, day=on(9))))
    assert "pool held no money at the end of 2025-03-12" in section(page, "question")
    assert "nothing was there" in section(page, "origins")


def test_every_source_has_file_and_line_and_what_to_ask() -> None:
    told = section(page_of(mixed()), "origins")
    assert re.search(
        r"from \S+ to pool 84,000\.00 EUR 20,000\.00 EUR Ask the bank of whoever paid it in .* file:00", told
    )
    assert re.search(r"pool: lay in the account when its books begin 30,000\.00 EUR 30,000\.00 EUR Ask", told)


def test_hypotheses_are_listed_and_sums_that_rest_on_them_marked() -> None:
    page = page_of(assumed())
    assert "J. Smith 2025-04-01 same notes yes" in section(page, "hypotheses")
    assert "at most 50.00 EUR of it rests on a hypothesis" in section(page, "question")
    assert "None: nothing here rests" in section(page_of(mixed()), "hypotheses")


def test_every_rule_answers_or_says_that_it_cannot() -> None:
    told = section(page_of(mixed()), "rules")
    assert "First in, first out (asked) 30,000.00 EUR lay in" in told
    assert "Last in, first out 50,000.00 EUR came in from" in told
    assert "Lowest intermediate balance cannot say: lowest intermediate balance is defined by what is claimed" in told
    assert "Poison cannot say: poison marks exposure" in told
    assert re.search(r"to pool 20,000\.00 EUR 50,000\.00 EUR 36,842\.11 EUR", told)


def test_limits_books_and_words() -> None:
    found = mixed(opening=None)
    page = page_of(found)
    told = section(page, "limits")
    assert all(note in told for note in found.notes)
    assert re.search(r"pool 2025-03-05 to \S+ [a-z ,]+ not known yes", told)
    assert "A balance below zero" not in section(page, "words")
    assert "Where money comes into the books on file" in section(page, "words")


def test_a_controlled_account_is_masked_everywhere() -> None:
    found = mixed(controlled=("pool",))
    victim = account("pool").id
    sources = pl.DataFrame({"name": ["statement_Maria-Petrova.csv"], "sha256": ["cd" * 32]})
    known = {("party", "p12ab34"): "Maria Petrova"}
    page = page_of(found, sources=sources, victims=known, question="What did MARIA PETROVA pay from pool?")
    assert not re.search(r"\bpool\b|maria|petrova", page, re.IGNORECASE)
    assert f"controlled account {victim[1:7]}" in section(page, "origins")
    assert f"source {'cd' * 4}" in section(page, "sources")
    assert not re.search(r"\bpool\b", summary(found))


def test_hostile_texts_stay_text() -> None:
    for text in HOSTILE:
        page = page_of(assumed(text, text), title=text, question=text, purpose=text, written=text)
        assert not every(page, "//script|//img|//iframe|//@onerror|//@style")
        assert "\x00" not in page
        assert "\u202e" not in page
    found = mixed()
    hostile = replace(
        found.sources, people=lambda ids: found.sources.people(ids).with_columns(label=pl.lit(HOSTILE[0]))
    )
    assert "window.hit=1</script>" not in summary(replace(found, sources=hostile))


def test_is_complete_in_itself_and_always_the_same() -> None:
    page = page_of(mixed())
    assert page == page_of(mixed())
    assert not every(page, "//script|//link|//iframe|//object|//embed|//img|//form|//base")
    ids = every(page, "//@id")
    assert len(ids) == len(set(ids))
    assert set(every(page, "//@href")) <= {f"#{i}" for i in ids}
    assert every(page, "//meta[@http-equiv='Content-Security-Policy']")


def test_what_is_left_out_is_said() -> None:
    page = page_of(mixed(), most_rows=1)
    assert "Showing 1 of 2 sources" in section(page, "origins")
    assert "Showing 1 of 2 sources" in section(page, "rules")


def test_an_unknown_handling_code_is_refused() -> None:
    with pytest.raises(UsageError, match="handling code"):
        page_of(mixed(), handling="H9")


def test_the_summary_runs_nothing_and_says_the_answer() -> None:
    found = mixed()
    shown = found._repr_html_()
    assert shown == summary(found)
    assert "30,000.00 EUR of the 50,000.00 EUR that front paid" in shown
    assert "<script" not in shown
    assert all(note in shown for note in found.notes)


@pytest.mark.browser
@pytest.mark.parametrize("shape", [mixed, balance, assumed])
def test_opens_and_prints_in_a_browser(browser: Watched, tmp_path: Path, shape: Any) -> None:
    path = tmp_path / "origins.html"
    path.write_text(page_of(shape(), title=HOSTILE[2]), encoding="utf-8")
    page = browser.page
    page.goto(path.as_uri())
    assert page.locator(".answer").first.is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    printed = page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") + printed.count(b"/Type /Page/") > 1
    assert page.evaluate("window.hit") is None
    assert browser.requests == []
    assert browser.errors == []
