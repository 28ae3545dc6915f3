"""Several detectors over one view: what they found, what could not be judged, and no answer lost."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import polars as pl
import pytest

from finvest.findings.detector import Card, Detector, param
from finvest.findings.make import Make
from finvest.model.errors import UsageError
from finvest.model.tables import TABLES
from finvest.registry import Registry
from finvest.scoring import Findings, chosen, score, used_before

if TYPE_CHECKING:
    from pathlib import Path

    from finvest.view import CaseView

DETECTORS = Registry().detectors()


def case() -> Make:
    """A fan-in, a group's own ring, and nothing else."""
    make = Make()
    DETECTORS["GRF-01"]().plant(make)
    DETECTORS["GRF-05"]().look_alike(make)
    return make


def scored(make: Make, *ids: str, seed: int | None = None) -> Findings:
    return score(make.view(seed), [DETECTORS[i]() for i in ids or DETECTORS])


def test_standing_findings_come_first_and_withdrawn_ones_stay_visible() -> None:
    found = scored(case(), "GRF-01", "GRF-05")
    assert [f.indicator for f in found] == ["GRF-01"]
    assert [f.indicator for f in found.withdrawn] == ["GRF-05"]
    assert [f.indicator for f in found.all] == ["GRF-01", "GRF-05"]
    assert (len(found), found[0]) == (1, found.all[0])
    assert repr(found) == f"<Findings: 1, 1 withdrawn, {len(found.not_assessable)} not assessable>"


def test_what_cannot_be_said_is_said_for_each_detector() -> None:
    make = Make()
    make.transfer("x", "y", 1, 0)
    view = make.view().without("transactions", [0])
    found = score(view, [cls() for cls in DETECTORS.values()])
    assert found.not_assessable.keys() == DETECTORS.keys()
    assert found.not_assessable["GRF-05"] == "no transactions in this case"
    assert all(found.not_assessable.values())
    assert len(found) == len(found.all) == len(found.ranking) == 0


def test_order_of_records_and_of_detectors_changes_nothing() -> None:
    expected = scored(case())
    for seed in (1, 2):
        got = scored(case(), *reversed(DETECTORS), seed=seed)
        assert got.to_frame().equals(expected.to_frame())
        assert got.ranking.to_frame().equals(expected.ranking.to_frame())


def test_only_standing_findings_are_ranked() -> None:
    ranked = scored(case()).ranking
    assert [(r.label, r.rank) for r in ranked] == [("collector", 1)]


def test_findings_are_rows_of_their_table() -> None:
    for found in (scored(case()), score(case().view(), [])):
        frame = found.to_frame()
        assert dict(frame.schema).items() <= dict(TABLES["findings"].schema).items()
        assert len(TABLES["findings"].complete(frame)) == len(found.all)
    row = scored(case()).to_frame().row(0, named=True)
    assert (row["basis"], row["status"]) == ("assessment", "unreviewed")
    assert json.loads(row["subjects"])[0]["role"] == "undetermined"
    assert len(json.loads(row["evidence"])["transactions"]) == 8
    assert json.loads(row["amounts"]) == {"EUR": 8 * 300_00 + 28}


def test_a_finding_is_named_by_the_start_of_its_id() -> None:
    found = scored(case())
    first = found.all[0]
    for start in (first.id, first.id.lower(), first.id[2:], first.id[:6]):
        assert found.named(start) is first
    for start in ("F-", "zzz"):
        with pytest.raises(UsageError, match="findings begin with"):
            found.named(start)


def test_parameters_of_another_version_or_of_a_detector_that_is_gone_are_not_used_again() -> None:
    rows = {
        "indicator": ["GRF-01", "GRF-01", "GRF-05", "OLD-01"],
        "version": [DETECTORS["GRF-01"].card.version] * 2 + [0, 1],
        "parameters": ['{"days": 3}', '{"days": 4}', '{"days": 5}', '{"days": 6}'],
    }
    assert used_before(pl.DataFrame(rows), Registry()) == {"GRF-01": {"days": 4}}


def test_progress_is_told_before_each_detector() -> None:
    told: list[str] = []
    score(case().view(), [DETECTORS["GRF-05"](), DETECTORS["GRF-01"]()], told.append)
    assert told == ["GRF-05", "GRF-01"]


# ---- detectors that fail


class Failing(Detector):
    """Fails in whatever way it is told to."""

    card = Card(
        id="TST-01",
        title="Failing",
        what="Nothing.",
        strength="weak",
        roles={"who": ("account", "undetermined")},
        needs=(),
        sentence="{who} has {nothing}.",
        innocent={"n": "None. Nobody."},
        sources=("a test",),
    )
    how: int = param("way to fail", default=1, low=1, high=5)

    def look(self, view: CaseView) -> pl.DataFrame:
        if self.how == 1:
            raise ValueError(f"quotes {view.labels}")
        if self.how == 2:
            return view.frame("transactions")
        if self.how == 3:
            return pl.DataFrame({"who": [0], "score": [2.0], "evidence": [[0]]})
        if self.how == 5:
            raise SystemExit(3)
        return pl.DataFrame({"who": [0, 1], "score": [0.5, 0.4], "evidence": [[0], [1]]})


@pytest.mark.parametrize(
    ("how", "why"),
    [
        (1, r"a fault in the detector \(ValueError at test_scoring\.py:\d+\)"),
        (2, r"TST-01: look\(\) must return who, score, evidence; it returned n, .*"),
        (3, r"TST-01: every score must lie in \[0, 1\]"),
        (4, r"TST-01: the sentence has no 'nothing'; look\(\) returns what it may use"),
        (5, r"a fault in the detector \(SystemExit at test_scoring\.py:\d+\)"),
        (9, r"TST-01: how must be 1 to 5; it is 9"),
    ],
)
def test_a_detector_that_fails_is_one_line_and_the_others_run(how: int, why: str) -> None:
    detectors = [Failing().set_params(how=how), DETECTORS["GRF-01"]()]
    found = score(case().view(), detectors, refused={"broken.py": "broken.py cannot be loaded: SyntaxError: x"})
    assert [f.indicator for f in found.all] == ["GRF-01"]
    assert list(found.failed) == ["broken.py", "TST-01"]
    assert re.fullmatch(why, found.failed["TST-01"])
    assert "TST-01" not in found.not_assessable
    assert repr(found).endswith("2 detectors failed>")
    assert "Detectors that failed" in found._repr_html_()


def test_a_parameter_that_is_given_is_checked_before_anything_runs() -> None:
    with pytest.raises(UsageError, match=r"GRF-05: days must be .*; it is -1"):
        chosen(Registry(), [], {"grf-05": {"days": -1}})


def test_where_all_are_wanted_a_refused_file_ends_it(tmp_path: Path) -> None:
    (tmp_path / "detectors").mkdir()
    (tmp_path / "detectors" / "own.py").write_text("def (", encoding="utf-8")
    with pytest.raises(UsageError, match=r"own\.py cannot be loaded"):
        chosen(Registry((tmp_path,)), [], None, whole=True)
    assert chosen(Registry((tmp_path,)), ["GRF-05"], None, whole=True)
