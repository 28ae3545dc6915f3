"""Ranking: independent evidence adds up, shared evidence counts once, and no possible victim is in it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from finvest.findings.ranking import CEILINGS, Ranking, weight
from tests.findings.conftest import finding

if TYPE_CHECKING:
    from finvest.findings.finding import Finding

STRENGTHS = sorted(CEILINGS)

made = st.builds(
    lambda n, subjects, score, strength, family, shared: finding(
        f"F-{n}",
        *subjects,
        score=score,
        strength=strength,
        family=family,
        evidence=(f"own {n}", *(f"shared {s}" for s in shared)),
    ),
    st.integers(0, 10**6),
    st.sets(st.sampled_from("abcd"), min_size=1),
    st.floats(0, 1),
    st.sampled_from(STRENGTHS),
    st.sampled_from(["AAA", "BBB", "CCC"]),
    st.sets(st.integers(0, 3), max_size=2),
)
several = st.lists(made, max_size=8, unique_by=lambda f: f.id)


def places(findings: list[Finding]) -> dict[str, int]:
    return {r.id: r.rank for r in Ranking(findings)}


@given(several, st.sampled_from("abcd"), st.floats(0, 1), st.sampled_from(STRENGTHS), st.sampled_from(["AAA", "DDD"]))
def test_more_independent_evidence_never_lowers_a_rank(
    findings: list[Finding], subject: str, score: float, strength: str, family: str
) -> None:
    more = finding("F-new", subject, score=score, strength=strength, family=family)  # type: ignore[arg-type]
    before, after = places(findings), places([*findings, more])
    assert after[subject] <= before.get(subject, len(after))
    scores = {r.id: r.score for r in Ranking(findings)}
    assert all(r.score >= scores.get(r.id, 0) for r in Ranking([*findings, more]))


@given(several, st.randoms(use_true_random=False))
def test_order_of_findings_changes_nothing(findings: list[Finding], random: object) -> None:
    shuffled = list(findings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert Ranking(shuffled).to_frame().equals(Ranking(findings).to_frame())


@given(several)
def test_contributions_add_up_to_the_score(findings: list[Finding]) -> None:
    for ranked in Ranking(findings):
        assert math.isclose(1 - math.exp(-sum(c.share for c in ranked.contributions)), ranked.score, abs_tol=1e-9)
        records: list[str] = []
        for c in ranked.contributions:
            if c.share > 0:
                records += c.finding.evidence["transactions"]
        assert len(records) == len(set(records))
        assert 0 <= ranked.score < 1


def test_shared_evidence_counts_once_by_the_strongest() -> None:
    strong = finding("F-1", "a", score=0.9, evidence=("t1", "t2"))
    weak = finding("F-2", "a", score=0.5, evidence=("t2", "t3"), family="OTH")
    (ranked,) = Ranking([weak, strong])
    assert ranked.score == pytest.approx(0.27)
    assert ranked.families == 1
    assert [(c.finding.id, c.share > 0) for c in ranked.contributions] == [("F-1", True), ("F-2", False)]
    assert Ranking([weak, strong]).to_frame()["findings"].to_list() == [["F-1"]]


def test_records_of_two_tables_with_one_id_are_two_records() -> None:
    one, two = finding("F-1", "a", evidence=("x",)), finding("F-2", "a", evidence=("y",))
    two.evidence["links"] = two.evidence.pop("transactions")
    two.evidence["links"] = ("x",)
    assert Ranking([one, two])[0].score == pytest.approx(1 - 0.7**2)


def test_the_same_finding_twice_is_one() -> None:
    assert Ranking([finding("F-1", "a"), finding("F-1", "a")])[0].score == pytest.approx(0.3)


@pytest.mark.parametrize(("strength", "most"), CEILINGS.items())
def test_no_finding_counts_more_than_its_indicators_strength(strength: str, most: float) -> None:
    found = finding("F-1", "a", score=1.0, strength=strength)  # type: ignore[arg-type]
    assert weight(found) == most
    assert Ranking([found])[0].score == pytest.approx(most)


def test_equal_subjects_share_a_rank_and_the_next_one_is_not_moved_up() -> None:
    findings = [finding(f"F-{s}", s, score=0.5) for s in "cab"] + [finding("F-d", "d", score=0.4)]
    assert [(r.id, r.rank) for r in Ranking(findings)] == [("a", 1), ("b", 1), ("c", 1), ("d", 4)]


def test_a_withdrawn_finding_counts_for_nothing() -> None:
    assert len(Ranking([finding("F-1", "a", withdrawn=True)])) == 0
    both = Ranking([finding("F-1", "a", withdrawn=True), finding("F-2", "a", score=0.5)])
    assert both[0].score == pytest.approx(0.15)


def test_a_possible_victim_is_never_ranked() -> None:
    of_victim = finding("F-1", "a", role="possible_victim")
    assert len(Ranking([of_victim])) == 0
    assert [r.id for r in Ranking([of_victim, finding("F-2", "a", "b", score=1.0, strength="strong")])] == ["b"]


def test_a_withdrawn_finding_makes_nobody_a_victim() -> None:
    withdrawn = finding("F-1", "a", role="possible_victim", withdrawn=True)
    assert [r.id for r in Ranking([withdrawn, finding("F-2", "a")])] == ["a"]


def test_at_the_top_the_number_of_families_decides_then_the_sum() -> None:
    def many(subject: str, n: int, families: int) -> list[Finding]:
        return [
            finding(f"F-{subject}{i}", subject, strength="strong", family=f"F{'XYZ'[i % families]}X") for i in range(n)
        ]

    one_family, three, three_more = many("a", 9, 1), many("b", 3, 3), many("c", 4, 3)
    ranking = Ranking([*one_family, *three, *three_more])
    assert [(r.id, r.families) for r in ranking] == [("c", 3), ("b", 3), ("a", 1)]
    assert ranking[2].score > ranking[1].score


def test_no_findings_are_an_empty_frame_with_its_columns() -> None:
    assert Ranking([]).to_frame().is_empty()
    assert Ranking([]).to_frame().columns == ["rank", "subject", "kind", "label", "score", "families", "findings"]
