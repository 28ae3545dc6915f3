"""The flow picture of a finding: who paid whom, how much, when. A drawing that nothing in it can make run."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finvest.findings.wording import period, sums
from finvest.views import drawing, layers, ring, text
from finvest.views.flow_content import Content, content
from finvest.views.masking import Masks
from finvest.views.template import render

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

    from finvest.findings.finding import Finding
    from finvest.view import CaseView


@dataclass(frozen=True, slots=True, repr=False)
class FlowPicture:
    """A drawing of a finding.

    Attributes
    ----------
    svg : str
        The drawing, complete in itself: no script, no style sheet, nothing from elsewhere.
    title : str
        What it shows, in a line.
    description : str
        The same in words, for those who cannot see it.
    shown, accounts : int
        Accounts drawn by themselves, accounts of the finding.
    """

    svg: str
    title: str
    description: str
    shown: int
    accounts: int

    def __repr__(self) -> str:
        return f"<FlowPicture {self.title}: {self.shown:,} of {self.accounts:,} accounts>"

    def _repr_html_(self) -> str:
        """Show it in a notebook, trusted or not: as an image, because notebooks take drawings out of strange HTML."""
        data = base64.b64encode(self.svg.encode()).decode()
        return render("picture.html.j2", description=self.description, data=data)

    def save(self, path: Path) -> None:
        """Write the drawing to a file.

        Parameters
        ----------
        path : pathlib.Path
            Usually ends in ``.svg``.
        """
        path.write_text(self.svg, encoding="utf-8", newline="\n")


def flow(view: CaseView, finding: Finding, *, possible_victims: Collection[str] = (), drawn: str = "") -> FlowPicture:
    """Draw a finding.

    Senders stand before receivers; money that goes round is drawn as a ring. At most `MOST_ACCOUNTS` accounts are drawn
    by themselves, the rest stand together, counted and summed.

    Parameters
    ----------
    view : CaseView
        The view that the finding was found in.
    finding : Finding
    possible_victims : collection of str
        Accounts that stay unnamed because another finding holds them for controlled; this finding's own are known.
    drawn : str
        Who drew it and when, for the caption.

    Returns
    -------
    FlowPicture
        The same for the same case and finding, byte for byte.

    Raises
    ------
    UsageError
        If the finding is not of this state of the case.
    """
    shown = content(view, finding, possible_victims)
    labels = [drawing.label(s, short=len(shown.streams) > drawing.MOST_TWO_LINES) for s in shown.streams]
    box = drawing.box(shown)
    links = [(s.originator, s.beneficiary) for s in shown.streams]
    if shown.ring:
        others = [n for n in shown.accounts if n not in set(shown.ring)]
        placed = ring.lay_out(shown.ring, others, links, box, [size for _, size in labels])
    else:
        placed = layers.lay_out(shown.column, links, box, [size for _, size in labels])
    title = f"{finding.card.title} ({finding.indicator}), {finding.id}"
    description = text.shorten(f"Flow picture. {title}. {text.label(Masks(shown.victims)(finding.sentence))}")
    sheet = drawing.sheet(shown, placed, [lines for lines, _ in labels], _caption(finding, shown, placed, drawn))
    svg = render(
        "flow.svg.j2",
        title=title,
        description=description,
        heading=f"{finding.card.title} · {finding.indicator}",
        subheading=f"Finding {finding.id} · {_when(shown)}",
        **sheet,
    )
    return FlowPicture(svg, title, description, shown.shown, shown.known)


def _when(shown: Content) -> str:
    starts = [s.start for s in shown.streams if s.start]
    ends = [s.end for s in shown.streams if s.end]
    totals: dict[str, int] = {}
    for s in shown.streams:
        for currency, minor in s.amounts.items():
            totals[currency] = totals.get(currency, 0) + minor
    count = sum(s.count for s in shown.streams)
    moved = f"{count:,} {'movement' if count == 1 else 'movements'}, {sums(tuple(sorted(totals.items())))}"
    return f"{period((min(starts), max(ends)))} · {moved}" if starts else "no movement of money is part of this finding"


def _caption(finding: Finding, shown: Content, placed: layers.Placed, drawn: str) -> list[str]:
    compared = "" if shown.comparable else " (amounts in different currencies are not converted)"
    lines = [
        *shown.notes,
        f"Money flows {placed.direction}. A thicker arrow carries more{compared}; 3 × means three movements. "
        "Place, size and shape rate nobody.",
        f"Assessment, not a fact: it names accounts to review. Handling code {shown.handling}, evaluation "
        f"{shown.evaluation}, detector version {finding.card.version}. {text.plain(drawn)}".rstrip(),
    ]
    return lines if shown.streams else [*shown.notes, lines[-1]]
