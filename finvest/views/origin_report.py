"""The page about where money came from: one question, its answer under a stated rule, and what it rests on."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from finvest.views import origin_sections, trail_rules, trail_sections
from finvest.views.glossary import ORIGIN_WORDS
from finvest.views.template import markup, render
from finvest.views.trail_page import Page, files, head, sources, words
from finvest.views.trail_words import Teller

if TYPE_CHECKING:
    from finvest.tracing.backward import Origins

_ALWAYS = frozenset({"source", "rule", "interval", "books"})


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginContent(Page):
    """Everything the page says, as the case knows it: `finvest.views.trail_page.Page`, and the origins.

    Attributes
    ----------
    origins : Origins
    """

    origins: Origins


def origin_report(content: OriginContent) -> str:
    """Write the page about where money came from.

    Parameters
    ----------
    content : OriginContent

    Returns
    -------
    str
        HTML. It refers to nothing outside of itself and holds no script; its content policy forbids both.

    Raises
    ------
    UsageError
        If the handling code is unknown.
    """
    content.check()
    found, most = content.origins, content.most_rows
    teller = Teller(found, content.victims, files(content.sources))
    say = teller.say
    told = origin_sections.answers(found, teller)
    values: dict[str, Any] = {
        "title": say(content.title),
        "handling": content.handling,
        "version": content.version,
        "written": say(content.written),
        "question": say(content.question),
        "rule": found.rule,
        "asked": origin_sections.subject(found, teller),
        "asked_at": _asked_at(found, teller),
        "answers": told[:1],
        "fates": told[1:],
        "head": head(content, teller),
        "origins": origin_sections.sources(found, teller, most),
        "hypotheses": trail_sections.hypotheses(found, teller, "In this answer"),
        "by_rule": origin_sections.by_rule(found, teller),
        "sources_by_rule": origin_sections.sources_by_rule(found, teller, most),
        "notes": [say(note) for note in found.notes],
        "coverage": trail_rules.books(found.books, teller),
        "sources": sources(content, teller),
    }
    style = render(
        "report.css.j2", handling=content.handling, footer="What a stated rule makes of records: no finding of guilt"
    ) + render("trail.css.j2")
    return render(
        "origin_report.html.j2",
        style=markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        words=words(values, ORIGIN_WORDS, _ALWAYS),
        **values,
    )


def _asked_at(found: Origins, teller: Teller) -> list[str]:
    """Return file and line of the payment that is asked about."""
    ids = found.about.records
    return teller.places(trail_sections.where_of(found, [ids])[0]) if ids else []
