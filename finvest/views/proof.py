"""An indirect proof as a page and in a notebook: the figure, its interval, what it depends on, every line."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import polars as pl

from finvest.model.money import show
from finvest.views.glossary import PROOF_WORDS
from finvest.views.grid import Grid, grid, listed
from finvest.views.masking import Masks
from finvest.views.template import markup, render
from finvest.views.text import clip, plain, shorten

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from finvest.indirect import Proof

WIDTH = 560
"""Pixels of the picture's bars."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofContent:
    """Everything a proof's page says, as the case knows it.

    Attributes
    ----------
    title, purpose, legal_basis, actor, created, written, version : str
        As of `finvest.views.trail_report.TrailContent`.
    question : str
        As it was asked, in words.
    proof : Proof
    sources : polars.DataFrame
        One row a source of the case: ``name``, ``sha256``.
    victims : mapping of (kind, id) to str
        Possible victims and what each is known by, so that no text names them.
    """

    title: str
    purpose: str
    legal_basis: str
    actor: str
    created: str
    written: str
    version: str
    question: str
    proof: Proof
    sources: pl.DataFrame = field(default_factory=pl.DataFrame)
    victims: Mapping[tuple[str, str], str] = field(default_factory=dict)


def proof_report(content: ProofContent) -> str:
    """Write the page of a proof: self-contained HTML without script, made to be printed."""
    proof, masks = content.proof, Masks(content.victims)

    def say(text: str) -> str:
        return shorten(masks(text))

    style = render(
        "report.css.j2", handling="", footer="What stated lines add up to: an assessment, no finding of guilt"
    ) + render("trail.css.j2")
    used = {line.partition(":")[0] for part in proof.parts for line in (part.line.record,)}
    rows = content.sources
    named = rows.filter(pl.col("name").is_in(sorted(used))) if "name" in rows.columns else rows
    return render(
        "proof_report.html.j2",
        style=markup(style),
        style_hash=base64.b64encode(hashlib.sha256(style.encode()).digest()).decode(),
        title=say(content.title),
        question=say(content.question),
        method=proof.method,
        formula=proof.source,
        answer=_range(proof),
        sentences=[say(sentence) for sentence in proof.sentences()],
        head=[
            ("Purpose", say(content.purpose)),
            ("Legal basis", say(content.legal_basis)),
            ("Case opened", say(f"{content.created}, {content.actor}")),
            ("Written", say(content.written)),
        ],
        picture=markup(_picture(proof, say)),
        lines=_lines(proof, say),
        moved=_moved(proof, say),
        sources=grid(named, {"name": "File", "sha256": "SHA-256"}, say=say, nothing="No file of the case.", most=100),
        words=PROOF_WORDS,
        written=say(content.written),
        version=content.version,
    )


def summary(proof: Proof) -> str:
    """Return a proof as a notebook shows it: HTML, self-contained, without script."""
    return render(
        "proof.html.j2",
        method=proof.method,
        answer=_range(proof),
        sentences=[plain(sentence) for sentence in proof.sentences()],
        picture=markup(_picture(proof, plain)),
        lines=_lines(proof, plain),
    )


def _range(proof: Proof) -> str:
    central = show(proof.central, proof.currency)
    if proof.low == proof.high:
        return central
    return f"{central}, between {show(proof.low, proof.currency)} and {show(proof.high, proof.currency)}"


def _lines(proof: Proof, say: Callable[[str], str]) -> Grid:
    signs = {1: "+", -1: "−", 0: ""}
    rows = proof.to_frame().with_columns(pl.col("sign").replace_strict(signs, return_dtype=pl.String))
    heads = {"part": "Part", "item": "What", "sign": "", "value": "Amount", "mark": "Mark", "because": "Rests on"}
    made = grid(rows, heads, say=say, nothing="There are no lines.", most=1_000)
    return replace(made, classes=["", "", "fixed", "", "fixed", ""])


def _moved(proof: Proof, say: Callable[[str], str]) -> Grid:
    rows: list[list[str | list[str]]] = [
        [say(part.line.item), part.line.mark, show(low, proof.currency), show(high, proof.currency)]
        for part, low, high in proof.sensitivity
    ]
    heads = ["What is not exact", "Mark", "Result with its least", "Result with its most"]
    return listed(rows, heads, nothing="Every line that counts is exact.", classes=["", "", "right", "right"])


def _picture(proof: Proof, say: Callable[[str], str]) -> str:
    """Draw how far each line that is not exact moves the result, the widest on top."""
    bars = [(say(part.line.item), low, high) for part, low, high in proof.sensitivity[:8]]
    bars.insert(0, ("all of them together", proof.low, proof.high))
    least = min(0, *(min(low, high) for _, low, high in bars))
    most = max(1, *(max(low, high) for _, low, high in bars))

    def place(value: int) -> float:
        return (value - least) * WIDTH / (most - least)

    drawn = [
        {
            "label": clip(name, 235, 12),
            "x": f"{place(min(low, high)):.1f}",
            "width": f"{max(1.5, abs(place(high) - place(low))):.1f}",
            "ends": f"{show(min(low, high), proof.currency)} to {show(max(low, high), proof.currency)}",
        }
        for name, low, high in bars
    ]
    return render(
        "proof.svg.j2", bars=drawn, zero=f"{place(0):.1f}", central=f"{place(proof.central):.1f}", width=WIDTH,
        result=show(proof.central, proof.currency),
    )  # fmt: skip
