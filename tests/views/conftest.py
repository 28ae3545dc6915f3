"""A small case, detectors that find known things in it, and the report made of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from finvest.findings.card import Card, Check, Role
from finvest.findings.detector import Detector
from finvest.findings.make import Make
from finvest.findings.ranking import Ranking
from finvest.model.identifiers import account_id, is_iban
from finvest.views.report_content import ReportContent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from finvest.findings.finding import Finding
    from finvest.view import CaseView

COLLECTOR = "DE89370400440532013000"
HOSTILE = [
    "<script>window.hit=1</script>",
    "]]><script>window.hit=1</script>",
    '"><img src=x onerror="window.hit=1">',
    "'-alert(1)-'",
    "{{ 7 * 7 }}{% raw %}",
    "</title></svg></style><iframe src=//x.example>",
    "a\x00b\x07",
    "\u202edetrever\u202c",
    "\u200bzero\ufeffwidth",
    "👩‍👩‍👧 Zoë",
    "&#60;script&#62;&lt;b&gt;",
    "javascript:alert(1)",
    "x" * 10_000,
    "line\nbreak\ttab",
]


def number_of(view: CaseView, account: str) -> int:
    """Return the number in a view of an account of `Make`."""
    id_ = account_id("iban", "", account) if is_iban(account) else Make.id(account)
    return view.frame("accounts")["account"].to_list().index(id_)


@pytest.fixture
def found() -> Callable[..., Finding]:
    """Return a maker of findings: all movements of a view, subjects by part, result of the counter-check."""

    def make(
        view: CaseView,
        subjects: dict[str, Sequence[str]],
        *,
        movements: Sequence[int] | None = None,
        role: Role = "undetermined",
        present: bool | None = None,
        keeps: float = 0.0,
        indicator: str = "TST-01",
        title: str = "Collection",
        sentence: str = "{subject} took part ({start} to {end}), {amounts} in all.",
        score: float = 0.8,
        **facts: Any,
    ) -> Finding:
        class Known(Detector):
            card = Card(
                id=indicator,
                title=title,
                what="What the test planted.",
                strength="moderate",
                roles=dict.fromkeys(subjects, ("account", role)),
                needs=("transactions",),
                sentence=sentence.replace("subject", next(iter(subjects))),
                innocent={
                    "regular dues": "The same payers pay in other months too. Ask the holder for the list of members.",
                    "gift": "A gift. Ask two of the payers.",
                },
                checks={
                    "regular dues": Check(lambda _, rows: pl.Series([present] * len(rows), dtype=pl.Boolean), keeps)
                },
                sources=("test",),
            )

            def look(self, view: CaseView) -> pl.DataFrame:
                chosen = view.frame("transactions")["n"].to_list() if movements is None else list(movements)
                parts = {part: [[number_of(view, a) for a in who]] for part, who in subjects.items()}
                return pl.DataFrame(
                    {**parts, "score": [score], "evidence": [chosen], **{k: [v] for k, v in facts.items()}}
                )

        return next(iter(Known().detect(view)))

    return make


def fan(senders: int, *, out: bool = False, names: Sequence[str] = ("Anna Kowalska", "José Núñez")) -> CaseView:
    """Let many pay one, or one pay many."""
    make = Make()
    for i in range(senders):
        ends = (f"payer {i:02d}", COLLECTOR)
        make.transfer(*(ends[::-1] if out else ends), (300 + i) * 100 + i, i / 2, reference=f"ref {i}")
        make.holder(f"payer {i:02d}", names[i % len(names)])
    return make.view()


def circle(length: int) -> CaseView:
    """Let money go round."""
    make = Make()
    for i in range(length):
        make.transfer(f"member {i}", f"member {(i + 1) % length}", (9000 - 100 * i) * 100, i / 2)
    return make.view()


@pytest.fixture
def content(found: Callable[..., Finding]) -> ReportContent:
    """Return the content of a small report: three findings, one withdrawn, one possible victim."""
    make = Make()
    for i in range(6):
        make.transfer(f"payer {i}", COLLECTOR, 300_00 + i, i / 2, reference=f"rent {i}")
    make.transfer(COLLECTOR, "victim 1", 1_500_00, 4, dated=True, reference="for Maria Petrova")
    make.transfer("victim 1", "abroad", 1_480_00, 5, reference="MARIA  PETROVA ticket")
    for i in range(3):
        make.transfer(f"ring {i}", f"ring {(i + 1) % 3}", 4_000_00 - i, 10 + i / 4)
    make.holder(COLLECTOR, "Orchid Trading Ltd")
    make.holder("victim 1", "Maria Petrova")
    view = make.view()
    by = view.frame("transactions").with_columns(
        label=pl.col("beneficiary").map_elements(lambda n: view.labels[n], pl.String)
    )
    ring = by.filter(pl.col("label").str.starts_with("ring"))["n"].to_list()
    rest = by.filter(~pl.col("label").str.starts_with("ring"))["n"].to_list()
    findings = [
        found(view, {"collector": [COLLECTOR]}, movements=rest[:6], order_certain=True),
        found(
            view,
            {"controlled": ["victim 1"]},
            movements=rest[6:],
            role="possible_victim",
            indicator="CTL-99",
            title="Controlled account",
            sentence="{subject} passes on what it receives, {amounts}.",
        ),
        found(
            view,
            {"members": ["ring 0", "ring 1", "ring 2"]},
            movements=ring,
            present=True,
            indicator="TST-05",
            title="Circle",
        ),
        found(
            view,
            {"pipes": ["victim 1", COLLECTOR]},
            movements=rest[6:],
            present=True,
            keeps=0.5,
            indicator="TST-07",
            title="Pass-through",
            order_certain=False,
        ),
    ]
    return ReportContent(
        title="Operation Orchid",
        purpose="Money behind a suspected case of trafficking in human beings",
        legal_basis="Police Act, section 12",
        actor="J. Smith",
        created="2025-02-01",
        written="J. Smith, 2025-03-01",
        version="0.1.0",
        handling="H1",
        sources=pl.DataFrame(
            {
                "name": ["bank.csv"],
                "sha256": ["ab" * 32],
                "loader": ["delimited"],
                "profile": ["plain"],
                "records": [17],
                "loaded": [11],
                "quarantined": [3],
                "headers": [1],
                "blanks": [2],
                "start": [date(2025, 1, 6)],
                "end": [date(2025, 1, 17)],
            }
        ),
        statements=pl.DataFrame(
            {
                "account": [f"{COLLECTOR} (Orchid Trading Ltd)", "victim 1 (Maria Petrova)"],
                "currency": ["EUR", "EUR"],
                "start": [date(2025, 1, 6)] * 2,
                "end": [date(2025, 1, 17)] * 2,
                "opening": [0, None],
                "movements": [300_15, None],
                "closing": [300_15, None],
                "difference": [0, None],
                "proof": ["reconciled", "assumed"],
            }
        ),
        doubles=pl.DataFrame(
            {
                "originator": [COLLECTOR],
                "beneficiary": ["victim 1 (Maria Petrova)"],
                "currency": ["EUR"],
                "count": [2],
                "amount": [12_345_67],
            }
        ),
        quarantine=pl.DataFrame(
            {"file": ["bank.csv"] * 3, "reason": ["DATE_FORMAT"] * 3, "meaning": ["the date has not its form"] * 3}
        ),
        view=view,
        findings=findings,
        ranking=Ranking(findings),
        members=members(view, findings),
        titles={"ADV-01": "Adverts"},
        not_assessable={"ADV-01": "no adverts in this case"},
        not_searched={"TST-05": ["ring 0: the search was cut short"]},
    )


def members(view: CaseView, findings: Sequence[Finding]) -> pl.DataFrame:
    """Return the movements that findings rest on, as a case supplies them."""
    tx = view.frame("transactions")
    labels = pl.Series(view.labels, dtype=pl.String)
    parts = [
        tx[list(f.movements)].select(
            finding=pl.lit(f.id),
            date=pl.format("{}{}", pl.col("day"), pl.when("time_known").then(pl.lit(" 09:00")).otherwise(pl.lit(""))),
            originator=labels.gather(tx[list(f.movements)]["originator"]),
            beneficiary=labels.gather(tx[list(f.movements)]["beneficiary"]),
            amount="amount",
            currency="currency",
            channel="channel",
            reference="reference",
            files=pl.col("line").map_elements(lambda n: [f"bank.csv:{n}", f"other.csv:{n + 100}"], pl.List(pl.String)),
        )
        for f in findings
    ]
    return pl.concat(parts)


@pytest.fixture
def hostile(found: Callable[..., Finding], content: ReportContent) -> ReportContent:
    """Return a report in which everything that others write is hostile."""
    make = Make()
    for i, text in enumerate(HOSTILE):
        make.transfer(f"payer {i}", "hub", 100_00 + i, i / 2, reference=text)
        make.holder(f"payer {i}", text)
    make.holder("hub", HOSTILE[0])
    view = make.view()
    finding = found(view, {"collector": ["hub"]}, title=HOSTILE[2], fact=HOSTILE[1])
    finding = replace(finding, sentence=" ".join(HOSTILE))
    return replace(
        content,
        title=HOSTILE[5],
        purpose=HOSTILE[2],
        legal_basis=HOSTILE[1],
        actor=HOSTILE[0],
        written=HOSTILE[4],
        sources=content.sources.with_columns(name=pl.lit(HOSTILE[2])),
        statements=content.statements.with_columns(account=pl.lit(HOSTILE[1])),
        view=view,
        findings=[finding],
        ranking=Ranking([finding]),
        members=members(view, [finding]),
        not_assessable={"ADV-01": HOSTILE[0]},
        not_searched={"TST-01": HOSTILE},
    )
