"""A trail as a notebook shows it: the answer, the picture, the payments, and what limits the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finvest.views import trail_sections
from finvest.views.template import markup, render
from finvest.views.trail_picture import trail_picture
from finvest.views.trail_words import Teller, answers, fates

if TYPE_CHECKING:
    from finvest.tracing.trail import Trail

MOST_ROWS = 20
"""Payments and accounts that a notebook shows of one trail."""


def summary(trail: Trail) -> str:
    """Return a trail as HTML, self-contained and without script.

    Parameters
    ----------
    trail : Trail
    """
    teller = Teller(trail)
    return render(
        "trail.html.j2",
        rule=trail.rule,
        answers=answers(trail, teller),
        fates=fates(trail, teller),
        picture=markup(trail_picture(trail, teller)._repr_html_()),
        tables=[
            ("Accounts, nearest first", trail_sections.accounts(trail, teller, MOST_ROWS)),
            ("Payments", trail_sections.payments(trail, teller, MOST_ROWS)),
        ],
        notes=trail.notes,
    )
