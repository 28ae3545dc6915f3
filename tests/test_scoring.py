"""Several detectors over one view: what they found, what could not be judged, and no answer lost."""

from __future__ import annotations

import json

import pytest

from finvest.findings.make import Make
from finvest.model.errors import UsageError
from finvest.model.tables import TABLES
from finvest.registry import Registry
from finvest.scoring import Findings, score

DETECTORS = Registry().detectors()


def case() -> Make:
    """A fan-in, a group's own ring, and nothing else."""
    make = Make()
    DETECTORS["GRF-01"].plant(make)
    DETECTORS["GRF-05"].look_alike(make)
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


def test_progress_is_told_before_each_detector() -> None:
    told: list[str] = []
    score(case().view(), [DETECTORS["GRF-05"](), DETECTORS["GRF-01"]()], told.append)
    assert told == ["GRF-05", "GRF-01"]
