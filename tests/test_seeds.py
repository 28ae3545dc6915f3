"""The table of all detectors against the answer key, and every threshold a fifth away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from finvest.registry import Registry
from finvest.scoring import score
from finvest.seeds import Marked, made, marked, table
from finvest.synth.marking import Mark, Marks
from finvest.thresholds import page, rows

if TYPE_CHECKING:
    from finvest.case import Case
    from finvest.synth.key import Key


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, Key]:
    return made(tmp_path_factory.mktemp("seed"), 3)


def test_every_detector_has_a_row_whatever_became_of_it() -> None:
    marks = Marks({"CTL-01": Mark(["a"], ["b"], ["c"], ["d", "e"], [(("x",), 2)])}, {"GRF-09": 4})
    first = Marked(7, marks, {"LAB-02": "no employments"}, {"own.py": "SyntaxError"}, ("CTL-01", "GRF-09", "LAB-02"))
    (ctl, grf, lab, own) = table([first]).to_dicts()
    assert ctl == {
        "detector": "CTL-01", "planted": 2, "found": 1, "missed": 1, "look_alikes": 3, "accused": 1, "others": 1,
        "not_assessable": 0, "failed": 0, "which": "missed b; accused c",
    }  # fmt: skip
    assert (grf["detector"], grf["others"], grf["planted"], grf["which"]) == ("GRF-09", 4, 0, "")
    assert (lab["not_assessable"], own["failed"]) == (1, 1)


def test_several_cases_are_summed_and_what_was_wrong_says_where() -> None:
    done = [Marked(seed, Marks({"CTL-01": Mark(["a"], ["b"])}, {}), {}, {}, ("CTL-01",)) for seed in (1, 2)]
    (row,) = table(done).to_dicts()
    assert (row["planted"], row["found"], row["missed"]) == (4, 2, 2)
    assert row["which"] == "missed b (every seed)"
    done.append(Marked(3, Marks({"CTL-01": Mark(["a", "b"])}, {}), {}, {}, ("CTL-01",)))
    assert table(done)["which"].to_list() == ["missed b (seed 1, 2)"]


def test_all_detectors_on_a_made_case(one: tuple[Case, Key]) -> None:
    case, key = one
    told = table([marked(key, case.score())])
    assert set(told["detector"]) >= set(Registry().detectors())
    assert told["planted"].sum() == sum(p.kind == "planted" for p in key.patterns)
    assert told["look_alikes"].sum() == sum(p.kind == "look_alike" for p in key.patterns)
    assert told["failed"].sum() == 0


def test_nothing_found_is_all_missed(one: tuple[Case, Key]) -> None:
    case, key = one
    told = table([marked(key, score(case.view(), []))])
    assert told["found"].sum() == 0
    assert told["missed"].sum() == sum(p.kind == "planted" for p in key.patterns)


class Few(Registry):
    """Two detectors only."""

    def detectors(self) -> dict[str, type]:
        return {id_: cls for id_, cls in super().detectors().items() if id_ in {"GRF-01", "GRF-05"}}


def test_what_a_threshold_changes_is_said(one: tuple[Case, Key]) -> None:
    case, key = one
    told = list(rows(case.view(), key, Few()))
    assert {r[0] for r in told} == {"GRF-01", "GRF-05"}
    assert all(now != then for _, _, now, then, _, _ in told)
    assert {kept for *_, kept in told} <= {"found", "not found"}
    assert any("findings" in changes for *_, changes, _ in told)
    text = page(case.view(), key, Few())
    assert text.count("\n| GRF-0") == len(told)
