"""A finding as a notebook shows it: sentence, picture, innocent explanations, records."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.views import text
from finvest.views.tables import TableView
from finvest.views.template import markup, render

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finvest.findings.finding import Finding
    from finvest.views.flow import FlowPicture

MOST_ROWS = 20
"""Records that a notebook shows of one finding."""


def explanation(
    finding: Finding,
    members: pl.DataFrame,
    picture: FlowPicture | None,
    changes: pl.DataFrame,
    others: Mapping[str, pl.DataFrame],
) -> str:
    """Return a finding as HTML, self-contained and without script.

    Parameters
    ----------
    finding : Finding
    members : polars.DataFrame
        Its movements, see `finvest.views.report_content.MEMBERS`.
    picture : FlowPicture or None
    changes : polars.DataFrame
        What would change the score, see `finvest.reporting.Explanation.changes`.
    others : mapping of str to polars.DataFrame
        Records of other tables that it rests on.
    """
    checks = pl.DataFrame(
        [
            {
                "explanation": f"{c.name}: {c.explanation}",
                "on this case's records": c.result,
                "what to ask": "" if c.result == "absent" else c.ask,
            }
            for c in finding.checks
        ]
    )
    rows = members.drop("finding").with_columns(pl.col("files").list.join(", "))
    return render(
        "explanation.html.j2",
        title=f"{finding.card.title} ({finding.indicator}), {finding.id}",
        sentence=text.shorten(text.plain(finding.sentence)),
        standing=f"Score {finding.score:.2f} of 1, strength {finding.card.strength}. An assessment, not a fact.",
        picture=markup(picture._repr_html_() if picture else ""),
        checks=markup(TableView(checks, "Innocent explanations")._repr_html_()),
        changes=markup(TableView(changes, "What would change the score")._repr_html_()),
        members=[
            markup(TableView(rows, "Movements", money={"amount": "currency"}, most=MOST_ROWS)._repr_html_()),
            *(markup(TableView(frame, table, most=MOST_ROWS)._repr_html_()) for table, frame in others.items()),
        ],
    )
