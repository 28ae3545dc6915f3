"""The report: what it says, how it says it, and that it is complete in itself."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from lxml import html

from finvest.findings.ranking import Ranking
from finvest.model.errors import UsageError
from finvest.views.masking import Masks
from finvest.views.report import report
from finvest.views.report_content import MEMBERS
from tests.views.conftest import HOSTILE

if TYPE_CHECKING:
    from finvest.views.report_content import ReportContent

GOLDEN = Path(__file__).parent / "golden" / "report.html"
REWRITE = "FINVEST_REWRITE_GOLDEN"
"""Environment variable: set it to write the golden report anew, then read the difference before you commit it."""

_FORBIDDEN = re.compile(r"\b(?:mules?|prostitut\w*|illegal\w*|guilty|criminals?|perpetrators?)\b", re.IGNORECASE)


def every(root: Any, path: str) -> list[Any]:
    return list(root.xpath(path))


def section(page: str, anchor: str) -> str:
    root = html.document_fromstring(page)
    (heading,) = every(root, f"//*[@id='{anchor}']")
    part = heading if heading.tag in {"section", "article"} else heading.getparent()
    return re.sub(r"\s+", " ", " ".join(part.itertext()))


def test_golden(content: ReportContent) -> None:
    page = report(content)
    if os.environ.get(REWRITE):
        GOLDEN.write_text(page, encoding="utf-8", newline="\n")
    assert page == GOLDEN.read_text(encoding="utf-8"), f"set {REWRITE}=1 to write it anew"


def test_is_complete_in_itself(content: ReportContent) -> None:
    page = report(content)
    root = html.document_fromstring(page)
    assert not every(root, "//script|//link|//iframe|//object|//embed|//img|//form|//base")
    assert not [h for h in every(root, "//@href") if not h.startswith("#")]
    assert not every(root, "//@src|//@style")
    assert not re.findall(r"\b(?:https?:)?//(?!www\.w3\.org/2000/svg)", page)
    (policy,) = every(root, "//meta[@http-equiv='Content-Security-Policy']/@content")
    style = re.search(r"<style>(.*)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:")
    assert "unsafe" not in policy


def test_every_anchor_leads_somewhere(content: ReportContent) -> None:
    root = html.document_fromstring(report(content))
    ids = every(root, "//@id")
    assert len(ids) == len(set(ids))
    standing = [f.id for f in content.findings if not f.withdrawn]
    assert {h[1:] for h in every(root, "//@href")} <= set(ids)
    assert [h[1:] for h in every(root, "//nav//@href")][:2] == ["summary", "review"]
    assert set(standing) < {h[1:] for h in every(root, "//nav//@href")}


def test_a_finding_shows_what_it_rests_on(content: ReportContent) -> None:
    first = content.findings[0]
    told = section(report(content), first.id)
    assert "score 0.80 of 1" in told
    assert "DE89 3704 0044 0532 0130 00: collector, role undetermined" in told
    assert "6 to 8 January 2025" in told
    assert "1,800.15 EUR" in told
    assert "Order of the movements certain" in told
    assert "bank.csv:1other.csv:101" in told.replace(" ", "")
    assert "2025-01-06 09:00" in told
    assert "rent 0" in told
    assert "to be asked" in told
    assert "Ask two of the payers." in told
    assert "A moderate indicator counts at most 0.6, so this finding weighs 0.48" in told
    assert "TST-01, version 1" in told
    fourth = section(report(content), content.findings[3].id)
    assert "possible; the records do not show it for certain" in fourth
    assert "The pattern scores 0.40 after regular dues" in fourth
    assert "holds: it lowered the score" in fourth


def test_withdrawn_findings_stand_apart_with_their_reason(content: ReportContent) -> None:
    page = report(content)
    withdrawn = content.findings[2]
    assert withdrawn.withdrawn
    told = section(page, "withdrawn")
    assert "regular dues: The same payers pay in other months too." in told
    assert f'id="{withdrawn.id}"' not in page
    assert "Circle" not in section(page, "review")


def test_records_and_checks(content: ReportContent) -> None:
    told = section(report(content), "records")
    assert "17 records = 11 loaded + 3 in quarantine + 1 headers + 2 blank lines." in told
    assert "ab" * 32 in told
    assert "adds up" in told
    assert "12,345.67 EUR" in told
    assert "DATE_FORMAT" in told
    open_ = section(report(content), "open")
    assert "ADV-01 Adverts no adverts in this case" in open_
    assert "the search was cut short" in open_


def test_possible_victims_are_neither_named_nor_ranked(content: ReportContent) -> None:
    page = report(content)
    (victim,) = content.findings[1].accounts
    mask = f"controlled account {victim[1:7]}"
    assert not re.search(r"maria|petrova|victim 1", page, re.IGNORECASE)
    assert mask not in section(page, "review")
    assert mask in section(page, "victims")
    assert "possible victim" in section(page, content.findings[3].id)


def test_wording(content: ReportContent) -> None:
    assert not _FORBIDDEN.findall(report(content))
    assert "Accounts to review" in report(content)
    assert "Assessments, not facts" in report(content)


def test_hostile_texts_stay_text(hostile: ReportContent) -> None:
    page = report(hostile)
    root = html.document_fromstring(page)
    assert not every(root, "//script|//img|//iframe|//@onerror|//@style")
    assert "7 * 7" in page
    assert "\x00" not in page
    assert "\u202e" not in page
    assert every(root, "//h1")[0].text == HOSTILE[5]
    assert "(9,600 more characters)" in page


def test_what_is_left_out_is_said(content: ReportContent) -> None:
    page = report(replace(content, most_findings=1, most_members=2, most_rows=1))
    assert "Showing 2 of 6 rows" in section(page, content.findings[0].id)
    assert "Further findings, in short" in page
    assert f'id="{content.findings[3].id}"' not in page
    assert "Showing 1 of 2 rows" in section(page, "records")
    root = html.document_fromstring(page)
    assert {h[1:] for h in every(root, "//@href")} <= set(every(root, "//@id"))


def test_an_empty_case(content: ReportContent) -> None:
    empty = replace(
        content,
        sources=pl.DataFrame(),
        statements=pl.DataFrame(),
        doubles=pl.DataFrame(),
        quarantine=pl.DataFrame(),
        findings=[],
        ranking=Ranking([]),
        members=pl.DataFrame(schema=MEMBERS),
        not_assessable={},
        not_searched={},
    )
    page = report(empty)
    for sentence in (
        "No finding stands.",
        "No account stands out.",
        "No source was loaded.",
        "Every record was loaded.",
    ):
        assert sentence in page


def test_an_unknown_handling_code_is_refused(content: ReportContent) -> None:
    with pytest.raises(UsageError, match="handling code"):
        report(replace(content, handling="H1; }</style>"))


def test_masks_find_names_however_they_are_spaced() -> None:
    masks = Masks({("account", "a123456789"): "DE89370400440532013000 (Maria Petrova)", ("party", "pabcdef0"): "Li"})
    assert masks("DE89 3704 0044 0532 0130 00") == "controlled account 123456"
    assert masks("for MARIA  PETROVA!") == "for controlled account 123456!"
    assert masks("DE89370400440532013000 (Maria Petrova) paid") == "controlled account 123456 paid"
    assert masks("Mariapetrovas, Lisa, Li") == "Mariapetrovas, Lisa, person abcdef"
    assert Masks({})("Maria") == "Maria"
