"""The judge's page: one question about money, its answer under a stated rule, and everything that it rests on."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.errors import UsageError
from finvest.tracing.ledger import Limits
from finvest.views import text, trail_rules, trail_sections
from finvest.views.glossary import HANDLING, TRAIL_WORDS
from finvest.views.grid import grid
from finvest.views.template import markup, render
from finvest.views.trail_picture import trail_picture
from finvest.views.trail_words import Teller, answers, fates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finvest.tracing.trail import Trail


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailContent:
    """Everything a trail's report says, as the case knows it.

    Attributes
    ----------
    title, purpose, legal_basis, actor, created : str
        Of the case: what it is called, what for and on which basis, who opened it and when.
    written : str
        Who wrote this report and when.
    version : str
        Version of finvest.
    question : str
        As it was asked, in words.
    trail : Trail
    handling : {"H0", "H1", "H2", "H3"}
        Handling code, on every printed page: the strictest of the records.
    sources : polars.DataFrame
        One row a source: ``name``, ``sha256``, ``loader``, ``records``, ``loaded``, ``quarantined``.
    victims : mapping of (kind, id) to str
        Possible victims of the case and the number and name each is known by, so that no text names them; the trail's
        own controlled accounts are known from it.
    most_rows : int
        Payments and accounts listed; what is left out is counted.
    """

    title: str
    purpose: str
    legal_basis: str
    actor: str
    created: str
    written: str
    version: str
    question: str
    trail: Trail
    handling: str = "H0"
    sources: pl.DataFrame = field(default_factory=pl.DataFrame)
    victims: Mapping[tuple[str, str], str] = field(default_factory=dict)
    most_rows: int = 1_000


def trail_report(content: TrailContent) -> str:
    """Write the report of a trail.

    Parameters
    ----------
    content : TrailContent

    Returns
    -------
    str
        HTML. It refers to nothing outside of itself and holds no script; its content policy forbids both.

    Raises
    ------
    UsageError
        If the handling code is unknown.
    """
    if content.handling not in HANDLING:
        raise UsageError(f"handling code must be one of {', '.join(HANDLING)}, not {content.handling}")
    trail, most = content.trail, content.most_rows
    teller = Teller(trail, content.victims, _files(content.sources))
    say = teller.say
    values: dict[str, Any] = {
        "title": say(content.title),
        "handling": content.handling,
        "version": content.version,
        "written": say(content.written),
        "question": say(content.question),
        "rule": trail.rule,
        "answers": answers(trail, teller),
        "fates": fates(trail, teller),
        "head": _head(content, teller),
        "claims": [(f"Claim {say(c.name)}", c.described) for c in trail.claims],
        "picture": markup(trail_picture(trail, teller, drawn=say(content.written)).svg),
        "payments": trail_sections.payments(trail, teller, most),
        "accounts": trail_sections.accounts(trail, teller, most),
        "lies": trail_sections.lies(trail, teller),
        "restitution": trail_sections.restitution(trail, teller),
        "recipients": trail_sections.recipients(trail, teller),
        "freeze": trail_sections.freeze(trail, teller),
        "breaks": trail_sections.breaks(trail, teller),
        "hypotheses": trail_sections.hypotheses(trail, teller),
        "by_rule": trail_rules.by_rule(trail, teller),
        "places_by_rule": trail_rules.places_by_rule(trail, teller),
        "notes": [say(note) for note in trail.notes],
        "limits": _limits(trail),
        "coverage": trail_rules.coverage(trail, teller),
        "sources": _sources(content, teller),
    }
    style = render(
        "report.css.j2", handling=content.handling, footer="What a stated rule makes of records: no finding of guilt"
    ) + render("trail.css.j2")
    return render(
        "trail_report.html.j2",
        style=markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        words=_words(values),
        **values,
    )


def _head(content: TrailContent, teller: Teller) -> list[tuple[str, str]]:
    say = teller.say
    return [
        ("Purpose", say(content.purpose)),
        ("Legal basis", say(content.legal_basis)),
        ("Case opened", say(f"{content.created}, {content.actor}")),
        ("Report written", say(content.written)),
        ("Handling code", f"{content.handling}: {HANDLING[content.handling]}"),
        ("finvest", content.version),
    ]


def _limits(trail: Trail) -> list[tuple[str, str]]:
    none, asked = Limits(), trail.limits
    return [
        ("Hops followed", "all" if asked.depth == none.depth else f"at most {asked.depth:,}"),
        ("Least part followed", "any" if asked.least == none.least else f"{asked.least:,} minor units"),
    ]


def _files(sources: pl.DataFrame) -> dict[str, str]:
    return dict(sources.select("name", "sha256").iter_rows()) if {"name", "sha256"} <= set(sources.columns) else {}


def _sources(content: TrailContent, teller: Teller) -> Any:  # noqa: ANN401 - a grid
    rows = content.sources
    if {"name", "sha256"} <= set(rows.columns):
        named = [[teller.file(name), sha] for name, sha in rows.select("name", "sha256").iter_rows()]
        rows = rows.with_columns(file=pl.Series(named, dtype=pl.List(pl.String)))
    heads = {
        "file": "File and SHA-256", "loader": "Loader", "records": "Records", "loaded": "Loaded",
        "quarantined": "Quarantine",
    }  # fmt: skip
    return grid(rows, heads, say=teller.say, nothing="No source is named.", most=content.most_rows)


def _words(values: dict[str, Any]) -> dict[str, str]:
    """Return the words that this report uses, and what they mean."""
    used = text.plain(str(values)).lower()
    always = {"claim", "claimed part", "hop", "rule", "trail", "interval", "held", "restitution", "freezing order"}
    return {w: meaning for w, meaning in TRAIL_WORDS.items() if w in always or w.lower() in used}
