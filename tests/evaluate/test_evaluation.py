"""A small set from its files to figures, verdict, tables and page."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from finvest import figures
from finvest.cli import main
from finvest.evaluate.combine import combined
from finvest.evaluate.evaluation import RANKING, evaluate
from finvest.evaluate.scores import NONE, Suspicions
from finvest.evaluate.verdict import NO_BETTER, TOO_FEW, WORKS, verdict
from finvest.evaluating import labelled_set
from finvest.model.errors import DataError, UsageError
from finvest.registry import Registry
from finvest.scoring import chosen, score

if TYPE_CHECKING:
    from pathlib import Path

    from finvest.evaluate.evaluation import Evaluation
    from finvest.evaluating import LabelledSet

ONLY = ("GRF-01", "GRF-02")


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def loaded(small: Any, registry: Registry) -> LabelledSet:
    return labelled_set(small.write(), registry)


@pytest.fixture
def done(loaded: LabelledSet, registry: Registry) -> Evaluation:
    return evaluate(loaded.name, loaded.view, loaded.answers, chosen(registry, ONLY, None), resamples=200)


def test_answers_fit_the_view(loaded: LabelledSet) -> None:
    answers = loaded.answers
    assert answers.windows == ("train1", "train2", "val", "test", "all")
    everyone = answers.question("accounts", "all")
    assert (len(everyone), everyone.positives, everyone.pattern_count) == (120, 60, 12)
    moved = answers.question("transactions", "all")
    assert (len(moved), moved.positives) == (60 * 8 + 120 + 72 + 1, 72)
    assert (moved.number == -1).sum() == 1  # the zero amount is no movement
    tx = loaded.view.frame("transactions")
    assert set(tx["movement"].gather(moved.number[moved.truth])) == set(moved.subject.filter(pl.Series(moved.truth)))
    assert sum(answers.inside(w).sum() for w in answers.windows[:-1]) == len(tx) == answers.inside("all").sum()
    with pytest.raises(UsageError, match="no window 'next'"):
        answers.question("accounts", "next")


def test_labels_are_in_no_view(loaded: LabelledSet) -> None:
    assert loaded.view.lacks(("labels",)) is not None
    assert not {"positive", "pattern", "window"} & set(loaded.view.frame("transactions").columns)


def test_a_planted_pattern_is_found_and_works(done: Evaluation) -> None:
    for task in ("accounts", "transactions"):
        m = done.one("GRF-01", task, "all")
        assert m.ap == pytest.approx(1)
        assert (m.verdict, m.threshold_from, m.false_alarms) == (WORKS, "val", 0)
        assert m.f1 == pytest.approx(1)
        assert m.recall_by_kind.keys() == {"fan_in"}
        assert done.one("GRF-02", task, "all").verdict == NO_BETTER
        assert done.one("chance", task, "all").low is not None
    found = next(f for f in done.found if (f.method, f.window) == ("GRF-01", "all"))
    assert (found.found, len(found.patterns), found.by_kind()) == (12, 12, {"fan_in": (12, 12)})
    assert done.one(RANKING, "accounts", "test").verdict == TOO_FEW  # three patterns
    assert repr(done).startswith("<Evaluation of 2 detectors on small: accounts test AP 1.000")
    assert done.to_frame().filter(pl.col("method") == "GRF-01")["ap"].min() == pytest.approx(1)


def test_a_finding_counts_in_a_window_by_its_evidence_there(loaded: LabelledSet, registry: Registry) -> None:
    report = registry.detector("GRF-01")().detect(loaded.view)
    found = Suspicions.of(loaded.view, [report], weighted=False)
    inside = loaded.answers.inside("test")
    moved = found.transactions(inside)
    assert (moved[~inside] == NONE).all()
    dated = {n for row in report.rows["evidence"].to_list() for n in row if inside[n]}
    assert set(np.flatnonzero(moved > NONE)) == dated
    tx = loaded.view.frame("transactions")[sorted(dated)]
    ends = set(tx["originator"]) | set(tx["beneficiary"])
    assert set(np.flatnonzero(found.accounts(inside) > NONE)) == ends
    assert set(np.flatnonzero(found.accounts(inside, "subjects") > NONE)) == set(tx["beneficiary"])


def test_weights_combine_as_in_the_ranking(loaded: LabelledSet, registry: Registry) -> None:
    detectors = [
        d.set_params(**p) for d, p in zip(chosen(registry, ONLY, None), ({"senders": 3}, {"receivers": 3}), strict=True)
    ]
    ranking = score(loaded.view, detectors).ranking
    found = Suspicions.of(loaded.view, [d.detect(loaded.view) for d in detectors], weighted=True)
    ours = found.accounts(loaded.answers.inside("all"), "subjects", combine=True)
    theirs = np.full(len(ours), NONE)
    number = {a: n for n, a in enumerate(loaded.view.frame("accounts")["account"])}
    for r in ranking:
        theirs[number[r.id]] = r.score
    assert ours == pytest.approx(theirs, abs=1e-8)


def test_of_findings_that_share_a_record_the_strongest_counts() -> None:
    starts, findings = np.array([0, 3]), np.array([0, 1, 2])
    weights, families = np.array([0.5, 0.4, 0.2]), np.array([1, 1, 2])
    offsets, records = np.array([0, 2, 4, 5]), np.array([7, 8, 8, 9, 3])
    got, count, total = combined(starts, findings, weights, families, offsets, records, 10, 3)
    assert got.tolist() == pytest.approx([1 - 0.5 * 0.8])
    assert count.tolist() == [2]
    assert total.tolist() == pytest.approx([-np.log(0.5) - np.log(0.8)])


def test_the_rule_of_the_verdict() -> None:
    steady, degree = np.full(100, 0.5), np.full(100, 0.3)
    rivals = [("chance", 0.01, np.full(100, 0.01)), ("degree", 0.3, degree)]
    assert verdict(0.5, steady, rivals, 20)[0] == WORKS
    assert verdict(0.5, steady, rivals, 9)[0] == TOO_FEW
    assert verdict(0.3, degree, rivals, 20)[0] == NO_BETTER
    wide = np.linspace(0.1, 0.7, 100)
    assert verdict(0.4, wide, rivals, 20)[0] == TOO_FEW
    assert "degree (0.300)" in verdict(0.4, wide, rivals, 20)[1]


def test_dates_give_the_same_question(small: Any, registry: Registry) -> None:
    cut = labelled_set(small.write(), registry, dated=True)
    tx = cut.view.frame("transactions")
    assert not tx["time_known"].any()
    assert cut.answers.question("transactions", "test").positives == 12
    assert tx.select((pl.col("latest") - pl.col("earliest")).dt.total_hours().unique()).to_series().to_list() == [23]


def run(*arguments: str) -> Any:
    return CliRunner().invoke(main, ["evaluate", *arguments])


def test_the_command_prints_tables_and_writes_a_page_and_scores(small: Any, tmp_path: Path) -> None:
    folder = small.write()
    page, scores = tmp_path / "page.html", tmp_path / "s.csv"
    told = run(
        "--on", str(folder), "GRF-01", "--dated", "--out", str(page), "--scores", str(scores), "--resamples", "50"
    )
    assert told.exit_code == 0, told.output
    assert "Accounts, window test" in told.output
    assert "small, dates" in told.output
    html = page.read_text("utf-8")
    assert "default-src 'none'" in html
    assert not re.search(r"<script|https?://(?!www\.w3\.org)| style=| on\w+=|src=", html)
    assert html.count("<svg") == 16  # a curve and bars for each of two treatments, two tasks, two windows
    with (tmp_path / "s_small_GRF-01_accounts.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert rows[0].keys() == {"id", "window", "score"}
    assert {r["window"] for r in rows} == {"test", "all"}
    assert len({r["id"] for r in rows if r["window"] == "all"}) == 60


def test_the_command_gives_json(small: Any) -> None:
    told = run("--on", str(small.write()), "GRF-01", "--set", "GRF-01.senders=6", "--window", "all", "--json")
    assert told.exit_code == 0, told.output
    of = json.loads(told.stdout)["sets"][0]
    assert of["settings"]["GRF-01"]["senders"] == 6
    assert {m["window"] for m in of["measured"]} == {"all"}
    assert {m["family"] for m in of["measured"]} == {"detector", "ranking", "chance", "degree", "column"}
    assert of["patterns"][0]["found"] == 12


def test_a_case_is_evaluated_as_its_folder_is(small: Any, done: Evaluation, tmp_path: Path) -> None:
    from finvest import Case

    case = Case.create(tmp_path / "case", title="small", purpose="test", legal_basis="none", actor="tester")
    for path in sorted(small.folder.iterdir()):
        if path.suffix != ".txt":
            case.load(path, loader="labelled")
    of = case.evaluate(*ONLY, resamples=200)
    assert of.to_frame().drop("set").equals(done.to_frame().drop("set"))
    assert case.log()["event"][-1] == "combination: answers"
    told = run("--on", str(case.folder), "GRF-01", "--actor", "a", "--reason", "b", "--window", "test", "--json")
    assert told.exit_code == 0, told.output


def _one_line(folder: Path, said: str) -> None:
    told = run("--on", str(folder))
    assert told.exit_code == 1
    line = [x for x in told.stderr.splitlines() if x.startswith("finvest: ")]
    assert len(line) == 1
    assert re.search(said, line[0]), line[0]


def test_labels_for_unknown_accounts(small: Any) -> None:
    labels = small.labels()
    labels["accounts"].insert(3, "B999,train1,0,,")
    _one_line(small.write(labels), r"1 of the labelled accounts are not .* line 4 ")


def test_labels_for_unknown_transactions(small: Any) -> None:
    labels = small.labels()
    labels["transactions"].append("T99999,test,0,,")
    _one_line(small.write(labels), "1 of the labelled transactions are not among those of the set")


def test_labels_without_a_positive(small: Any) -> None:
    labels = small.labels()
    labels["accounts"] = [re.sub(r",1,.*", ",0,,", line) for line in labels["accounts"]]
    _one_line(small.write(labels), "the labels of accounts hold no positive one")


def test_no_labels(small: Any) -> None:
    _one_line(small.write({}), "there are no answers")


def test_no_transactions_and_no_folder(small: Any, registry: Registry, tmp_path: Path) -> None:
    folder = small.write()
    (folder / "transactions.parquet").unlink()
    with pytest.raises(DataError, match="there are no transactions"):
        labelled_set(folder, registry)
    with pytest.raises(UsageError, match="no such folder"):
        labelled_set(tmp_path / "nowhere", registry)
    assert run().exit_code == 2


def test_records_that_cannot_be_read_are_no_set(small: Any) -> None:
    small.pay("A001", "A002", 1.005, 6)
    _one_line(small.write(), r"1 records cannot be read \(AMOUNT_SCALE\)")


def test_a_window_that_is_none(small: Any) -> None:
    told = run("--on", str(small.write()), "--window", "next")
    assert told.exit_code == 2
    assert "no window 'next'" in told.stderr


def test_accounts_without_answers_get_them_from_transactions(small: Any, registry: Registry) -> None:
    labels = small.labels()
    with_accounts = labelled_set(small.write(labels), registry)
    del labels["accounts"]
    (small.folder / "labels_accounts.csv.gz").unlink()
    without = labelled_set(small.write(labels), registry)
    for window in ("test", "all"):
        a, b = (s.answers.question("accounts", window) for s in (with_accounts, without))
        assert set(a.subject.filter(pl.Series(a.truth))) == set(b.subject.filter(pl.Series(b.truth)))
        assert len(a) == len(b)


def test_figures_are_kept_for_the_pages_of_detectors(small: Any, tmp_path: Path, registry: Registry) -> None:
    kept = tmp_path / "figures.json"
    told = run("--on", str(small.write()), "GRF-01", "--figures", str(kept), "--window", "all", "--resamples", "20")
    assert told.exit_code == 0, told.output
    detector = registry.detector("GRF-01")
    lines = figures.section("GRF-01", detector, kept)
    assert "changed since" not in lines[0]
    assert len({line.count("|") for line in lines if line.startswith("|")}) == 1
    assert any(
        "| small | known | accounts | all | 1.000 |" in line and "| 12 of 12 | works |" in line for line in lines
    )
    assert figures.section("ranking", None, kept)
    assert figures.section("GRF-02", registry.detector("GRF-02"), kept) == []
    assert figures.section("GRF-01", detector, tmp_path / "none.json") == []
    text = kept.read_text("utf-8").replace('"senders": 5', '"senders": 50')
    kept.write_text(text.replace('"senders": 6', '"senders": 50'), encoding="utf-8")
    changed = figures.section("GRF-01", detector, kept)[0]
    assert "changed since" in changed or "senders" not in text


def test_a_look_alike_is_accused_like_a_pattern_is_found(small: Any, registry: Registry) -> None:
    labels = small.labels()
    lines = labels["transactions"]
    innocent = [i for i, line in enumerate(lines) if line.endswith(",1,fan_in,11")]
    assert len(innocent) == 6
    for i in innocent:
        lines[i] = lines[i].replace(",1,fan_in,11", ",0,birthday,L1")
    of = labelled_set(small.write(labels), registry)
    found = evaluate(
        "x", of.view, of.answers, chosen(registry, ("GRF-01",), None), windows=("all",), resamples=20
    ).found
    assert [f.accused() for f in found] == [{"birthday": (1, 1)}] * 2
    assert found[0].by_kind() == {"fan_in": (11, 11)}
    told = run("--on", str(small.folder), "GRF-01", "--window", "all", "--resamples", "20")
    assert "birthday 1/1" in told.output


@pytest.mark.browser
def test_a_browser_has_nothing_to_complain_of(small: Any, tmp_path: Path, browser: Any) -> None:
    page = tmp_path / "page.html"
    assert run("--on", str(small.write()), "GRF-01", "--out", str(page), "--resamples", "20").exit_code == 0
    browser.page.goto(page.as_uri())
    assert browser.page.locator("svg").count() == 8
    box = browser.page.locator("figure svg").first.bounding_box()
    assert box["width"] > 300
    assert browser.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert (browser.requests, browser.errors) == ([], [])
