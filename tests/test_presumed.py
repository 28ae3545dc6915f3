"""Whom any detector holds for a possible victim: masked and neutral in every output, never ranked, until a reason."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from click.testing import CliRunner

from finvest.case import Case
from finvest.cli import main
from finvest.features.scores import grows
from finvest.findings.card import Card, Check
from finvest.findings.detector import Detector
from finvest.findings.make import Make
from finvest.model.errors import UsageError
from finvest.model.identifiers import opaque
from finvest.registry import Registry
from finvest.scoring import Findings, score
from finvest.views.flow import flow

if TYPE_CHECKING:
    from finvest.view import CaseView

SAMPLE = Path(__file__).parents[1] / "sample_data"
NAME, NUMBER, ACCOUNT = "Rosa Example", "DE89370400440532013000", "X7712094500"
GRF_01 = Registry().detector("GRF-01")


class Swept(Detector):
    """Says that the account with the most payers is a controlled one."""

    card = Card(
        id="TST-01",
        title="Controlled account",
        what="An account that many pay.",
        strength="strong",
        roles={"controlled": ("account", "possible_victim")},
        needs=("transactions",),
        sentence="{controlled}, as written {written}, is paid by many.",
        innocent={"shop": "A shop. Ask what it sells."},
        sources=("a test",),
    )

    def look(self, view: CaseView) -> pl.LazyFrame:
        """Return the account that receives most often."""
        paid = view.transactions.group_by(controlled="beneficiary").agg(evidence="n", count=pl.len())
        most = paid.sort("count", descending=True).head(1)
        written = pl.lit("rosa   EXAMPLE")
        return most.with_columns(score=grows(pl.col("count"), 4), written=written, others=pl.concat_list(written))


class Worker(Detector):
    """Says that the first party of the case is a possible victim."""

    card = Card(
        id="TST-02",
        title="Underpaid worker",
        what="A worker.",
        strength="strong",
        roles={"worker": ("party", "possible_victim")},
        needs=("parties",),
        sentence="{worker} is paid too little.",
        innocent={"part time": "Part time. Ask for the contract."},
        sources=("a test",),
    )

    def look(self, view: CaseView) -> pl.DataFrame:  # noqa: ARG002
        """Return the first party."""
        return pl.DataFrame({"worker": [0], "score": [0.9], "evidence_parties": [[0]]})


def case() -> Make:
    """Many pay one account of a person; she has a second account and a record as a party."""
    make = Make()
    for i in range(8):
        make.transfer(f"payer {i}", ACCOUNT, 300_00 + i, i / 4, reference=f"for {NAME} {i}")
    make.transfer("second", "elsewhere", 20_00, 5)
    for account in (ACCOUNT, "second"):
        make.holder(account, NAME)
    make.row("parties", party=opaque("p", "rosa"), kind="person", name=NAME)
    return make


def texts(found: Findings) -> str:
    """Return everything that findings say anywhere."""
    view = found.view
    pictures = [flow(view, f).svg for f in found.all if f.movements]
    frame = pl.concat([found.to_frame().select(pl.all().cast(pl.String))])
    rows = [json.dumps(f.row(), default=str) for f in found.all] + [str(f.facts) for f in found.all]
    return "\n".join([*rows, *pictures, found._repr_html_(), frame.write_csv(), str(view.labels), str(found.unjudged)])


@pytest.mark.parametrize("detector", [Swept, Worker])
@pytest.mark.parametrize("first", [True, False])
def test_one_detector_is_enough_for_all_to_mask_her(detector: type[Detector], first: bool) -> None:
    both = [detector(), GRF_01()] if first else [GRF_01(), detector()]
    found = score(case().view(), both)
    assert not found.failed
    assert {f.indicator for f in found.standing} == {detector.card.id, "GRF-01"}
    said = texts(found)
    for known in (NAME, "Rosa", "rosa   EXAMPLE", ACCOUNT):
        assert known not in said
    assert found.ranking.to_frame().is_empty(), "nobody else is a subject"
    roles = {s.role for f in found.all for s in f.subjects}
    assert roles == {"possible_victim"}
    assert "possible victim" in flow(found.view, next(f for f in found if f.indicator == "GRF-01")).svg


def test_her_other_account_and_her_own_record_are_hers() -> None:
    view = score(case().view(), [Swept()]).view
    accounts = view.frame("accounts")
    hers = accounts.filter(pl.col("holder_name") == NAME)["n"].to_list()
    assert len(hers) == 2
    assert all(view.labels[n].startswith("controlled account") for n in hers)
    assert sum(label.startswith("controlled account") for label in view.labels) == 2


def test_the_view_that_was_scored_stays_as_it_was() -> None:
    view = case().view()
    score(view, [Swept()])
    assert any(NAME in label for label in view.labels)
    assert any(NAME in s.label for f in score(view, [GRF_01()]) for s in f.subjects)


def test_a_finding_that_was_withdrawn_masks_nobody() -> None:
    class Cleared(Swept):
        """Its explanation holds."""

        card = Card(
            id="TST-03",
            title="Controlled account",
            what="An account that many pay.",
            strength="strong",
            roles={"controlled": ("account", "possible_victim")},
            needs=("transactions",),
            sentence="{controlled}.",
            innocent={"shop": "A shop. Ask."},
            checks={"shop": Check(lambda _, rows: pl.Series([True] * len(rows), dtype=pl.Boolean))},
            sources=("a test",),
        )

    assert any(NAME in label for label in score(case().view(), [Cleared()]).view.labels)


@pytest.mark.parametrize("category", ["suspect", "convicted"])
def test_whom_a_record_calls_a_suspect_no_finding_masks(category: str) -> None:
    make = case()
    make.row("parties", party="p2", kind="person", name="B", subject_category=category)
    make.row("links", link="l1", kind="holds", from_kind="parties", from_id="p2", to_kind="accounts",
             to_id=score(make.view(), [Swept()]).all[0].accounts[0])  # fmt: skip
    view = score(make.view(), [Swept()]).view
    assert not any(label.startswith("controlled account") for label in view.labels)


# ---- the whole case, on disk


PLUGIN = """
import polars as pl
from finvest.findings.detector import Card, Detector

class Swept(Detector):
    card = Card(id="XYZ-90", title="Controlled account", what="w", strength="strong",
                roles={"controlled": ("account", "possible_victim")}, needs=("transactions",),
                sentence="{controlled} is swept.",
                innocent={"n": "None. Ask."}, sources=("a test",))

    def look(self, view):
        accounts = view.frame("accounts").filter(pl.col("holder_name") == "Rosa Example")
        rows = view.transactions.filter(pl.col("originator").is_in(accounts["n"].implode()))
        return rows.group_by(controlled="originator").agg(evidence="n").with_columns(score=pl.lit(0.9))
"""
ROWS = (
    "Date,Account,Account holder,Amount,Currency,Balance,Counterparty account,Counterparty name,Reference\n"
    f"2025-02-03,{NUMBER},Rosa Example,1200.00,EUR,1200.00,,Werk,Lohn Rosa Example\n"
    f"2025-02-04,{NUMBER},Rosa Example,-900.00,EUR,300.00,GB82WEST12345698765432,Bert Birke,rent ROSA  EXAMPLE\n"
    f"2025-02-05,{NUMBER},Rosa Example,-200.00,EUR,100.00,GB82WEST12345698765432,Bert Birke,rent\n"
)


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A case on disk in which a detector of one's own found a controlled account."""
    folder = tmp_path_factory.mktemp("presumed")
    (folder / "own" / "detectors").mkdir(parents=True)
    (folder / "own" / "detectors" / "swept.py").write_text(PLUGIN, encoding="utf-8")
    (folder / "statement.csv").write_text(ROWS, encoding="utf-8")
    made = Case.create(folder / "case", title="t", purpose="p", legal_basis="l", actor="A 12")
    made.load(folder / "statement.csv")
    Case.open(folder / "case", actor="A 12", reason="r", plugins=[folder / "own"]).score("XYZ-90")
    return folder


@pytest.fixture
def run(scored: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command on a copy of that case."""
    shutil.copytree(scored, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    env = {"FINVEST_CASE": "case", "FINVEST_ACTOR": "A 12", "FINVEST_REASON": "file 1/25"}

    def command(*args: str) -> str:
        result = CliRunner(env=env).invoke(main, list(args))
        assert result.exit_code == 0, (args, result.output, result.exception)
        return result.output

    return command


OUTPUTS = [
    ("score", "XYZ-90", "--plugins", "own"),
    ("score", "XYZ-90", "--plugins", "own", "--json"),
    ("score", "XYZ-90", "--plugins", "own", "--out", "f.csv"),
    ("explain", "F-", "--plugins", "own"),
    ("explain", "F-", "--plugins", "own", "--json", "--svg", "p.svg"),
    ("report", "--plugins", "own", "--out", "r.html"),
    ("show", NUMBER),
    ("show", NUMBER, "--json"),
    ("show", NUMBER, "--out", "s.csv"),
    ("find", "Rosa Example"),
    ("find", "900.00", "--json"),
    ("check",),
    ("check", "--json"),
    ("decisions",),
    ("log", "--json"),
    *((("show", "--table", name, "--json")) for name in ("accounts", "identifiers", "transactions", "findings")),
    *((("show", "--table", name, "--out", "t.csv")) for name in ("accounts", "identifiers", "transactions")),
]


@pytest.mark.parametrize("args", OUTPUTS, ids=" ".join)
def test_no_command_and_no_file_names_her(run: Any, tmp_path: Path, args: tuple[str, ...]) -> None:
    if "F-" in args:
        run("score", "XYZ-90", "--plugins", "own")
    before = {p: p.stat().st_mtime_ns for p in tmp_path.iterdir()}
    said = run(*args)
    written = [p for p in tmp_path.iterdir() if p.is_file() and before.get(p) != p.stat().st_mtime_ns]
    for text in (said, *(p.read_text("utf-8") for p in written)):
        squeezed = "".join(text.split()).lower()
        assert "rosaexample" not in squeezed
        if "--table" not in args or "transactions" not in args:
            assert NUMBER.lower() not in squeezed


# ---- until somebody gives a reason


def test_with_a_reason_of_its_own_she_is_named_once_and_that_is_kept(run: Any) -> None:
    run("score", "XYZ-90", "--plugins", "own")
    ask = ("explain", "F-", "--plugins", "own", "--unmask")
    env = {"FINVEST_CASE": "case", "FINVEST_ACTOR": "A 12", "FINVEST_REASON": "file 1/25"}
    refused = CliRunner(env=env).invoke(main, [*ask])
    assert refused.exit_code == 2
    assert "reason of its own" in refused.output
    assert "Rosa" not in refused.output
    (row,) = json.loads(run(*ask, "--reason", "to call her doctor", "--json"))
    assert row["known_as"] == f"{NUMBER} ({NAME})"
    assert row["called"].startswith("controlled account")
    assert NAME in run(*ask, "--reason", "to call her doctor")
    (kept, _) = (d for d in json.loads(run("decisions", "--json")) if d["kind"] == "unmask")
    assert (kept["reason"], kept["actor"]) == ("to call her doctor", "A 12")
    log = json.loads(run("log", "--json"))
    assert [e["reason"] for e in log if e["event"] == "consultation: unmask"] == ["to call her doctor"] * 2
    for args in OUTPUTS[:6]:
        assert "Rosa" not in run(*args), "all else stays masked"


def test_no_reason_no_name(run: Any, tmp_path: Path) -> None:  # noqa: ARG001 - `run` lays the case out
    case = Case.open(tmp_path / "case", actor="A 12", reason="r", plugins=[tmp_path / "own"])
    case.score("XYZ-90")
    with pytest.raises(UsageError, match="needs a reason"):
        case.unmask("F-", reason=" ")


# ---- the sample case: who is controlled is masked everywhere, and the names are found by other means than the view's


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> tuple[Case, Findings]:
    """The sample case, scored by all detectors."""
    case = Case.create(tmp_path_factory.mktemp("s") / "case", title="t", purpose="p", legal_basis="l", actor="A 12")
    case.load_list(SAMPLE / "load.toml")
    return case, case.score()


def names_of_victims(case: Case, found: Findings) -> set[str]:
    """Return names and numbers of everybody whom a finding that stands calls a possible victim."""
    hers = {(s.kind, s.id) for f in found for s in f.subjects if s.role == "possible_victim"}
    accounts, parties, known = (case.table(name) for name in ("accounts", "parties", "identifiers"))
    mine = {id_ for kind, id_ in hers if kind == "account"}
    people = {id_ for kind, id_ in hers if kind == "party"}
    numbers = known.filter(pl.col("subject").is_in(sorted(mine)))["value"]
    holders = accounts.filter(pl.col("account").is_in(sorted(mine)))["holder_name"]
    names = parties.filter(pl.col("party").is_in(sorted(people)))["name"]
    return {str(v) for v in (*numbers, *holders, *names) if v is not None and len(v) > 3}


def test_nobody_controlled_in_the_sample_case_is_named_anywhere(sample: tuple[Case, Findings], tmp_path: Path) -> None:
    case, found = sample
    hidden = names_of_victims(case, found)
    assert len(hidden) > 5
    said = [texts(found), case.report(tmp_path / "r.html").read_text("utf-8"), str(found.ranking.to_frame().to_dicts())]
    for finding in found.all:
        told = case.explain(finding, moved=False)
        others = [frame.write_json() for frame in told.others.values()]
        said += [told._repr_html_(), told.members.write_json(), *others]
    for account in sorted({s.id for f in found for s in f.subjects if s.kind == "account"})[:40]:
        shown = case.show(account)
        said += [shown.label, shown.movements.write_json(), shown.counterparties.write_json(), shown._repr_html_()]
    text = "\n".join(said)
    assert [name for name in sorted(hidden) if name in text] == []


def test_nobody_controlled_in_the_sample_case_is_ranked(sample: tuple[Case, Findings]) -> None:
    _, found = sample
    hers = {s.id for f in found for s in f.subjects if s.role == "possible_victim"}
    assert hers
    assert not hers & {r.id for r in found.ranking}
    assert any(s.role == "exploiter" and s.id not in hers for f in found for s in f.subjects)
