"""Origins as a notebook shows them: the answer, the sources, and what limits the result."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finvest.views import origin_sections
from finvest.views.template import render
from finvest.views.trail_words import Teller

if TYPE_CHECKING:
    from finvest.tracing.backward import Origins

MOST_ROWS = 20
"""Sources that a notebook shows."""


def summary(found: Origins) -> str:
    """Return origins as HTML, self-contained and without script.

    Parameters
    ----------
    found : Origins
    """
    teller = Teller(found)
    told = origin_sections.answers(found, teller)
    return render(
        "trail.html.j2",
        rule=found.rule,
        answers=told[:1],
        fates=told[1:],
        picture="",
        tables=[("Sources, the largest first", origin_sections.sources(found, teller, MOST_ROWS))],
        notes=[teller.say(note) for note in found.notes],
    )
