"""A case on disk: originals untouched, loads whole or not at all, and nothing that the manifest does not name."""

from __future__ import annotations

import hashlib
import shutil
import stat
from typing import TYPE_CHECKING, NoReturn

import polars as pl
import pytest

from finvest.model.errors import CaseError
from finvest.model.records import Batch, Source, Tally
from finvest.model.tables import TABLES
from finvest.store.casefile import CaseFile
from finvest.store.store import Store
from tests.store.conftest import ABOUT, load, rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def accounts(store: Store) -> list[str]:
    return store.frame("balances")["account"].to_list()


def parts(store: Store) -> set[str]:
    return {p.name for p in (store.folder / "parts").rglob("*.parquet")}


# ---- the folder


def test_a_new_case_is_empty_and_opens_again(store: Store) -> None:
    again = Store(store.folder)
    assert again.casefile == store.casefile
    assert again.manifest.sources() == again.manifest.log() == again.manifest.decisions() == []


@pytest.mark.parametrize("name", TABLES)
def test_a_table_without_parts_is_empty_with_its_schema(store: Store, name: str) -> None:
    assert store.frame(name).schema == TABLES[name].schema
    assert store.frame(name).is_empty()


def test_a_folder_that_holds_something_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(CaseError, match="not empty"):
        Store.create(tmp_path, CaseFile(**ABOUT))
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_a_file_is_no_place_for_a_case_and_a_case_no_place_for_another(store: Store, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", store.folder):
        with pytest.raises(CaseError, match="new folder"):
            Store.create(place, CaseFile(**ABOUT))


def test_a_case_without_its_manifest_is_damaged(store: Store) -> None:
    (store.folder / "manifest.sqlite").unlink()
    with pytest.raises(CaseError, match="damaged"):
        Store(store.folder)


@pytest.mark.parametrize("name", ["case*", "case[1]", "cas?e", "account=x", "case {0}", "~case", "fälle #1%20"])
def test_the_name_of_a_folder_is_no_pattern(tmp_path: Path, file: Callable[..., Source], name: str) -> None:
    other, store = (Store.create(tmp_path / n, CaseFile(**ABOUT)) for n in ("case1", name))
    load(other, file(), rows("other"))
    load(store, file(), rows("own"))
    assert accounts(Store(tmp_path / name)) == ["own"]


# ---- originals


def test_an_original_is_kept_byte_for_byte_read_only_under_its_hash(store: Store, file: Callable[..., Source]) -> None:
    source = file()
    kept = store.keep(source)
    assert kept.path == store.folder / "sources" / hashlib.sha256(source.path.read_bytes()).hexdigest()
    assert kept.path.read_bytes() == source.path.read_bytes()
    assert stat.S_IMODE(kept.path.stat().st_mode) == 0o444
    assert (kept.name, kept.sha256, kept.size) == (source.name, source.sha256, source.size)
    assert store.keep(kept) == kept
    assert [p.name for p in (store.folder / "sources").iterdir()] == [source.sha256]


def test_a_file_that_changes_while_it_is_copied_is_refused(store: Store, file: Callable[..., Source]) -> None:
    source = file()
    source.path.write_bytes(b"something else")
    with pytest.raises(CaseError, match="changed while it was copied"):
        store.keep(source)
    assert not list((store.folder / "sources").iterdir())


def test_a_copy_that_was_cut_short_is_made_again(store: Store, file: Callable[..., Source]) -> None:
    source = file()
    left = store.folder / "sources" / f"{source.sha256}.part"
    left.write_bytes(b"half")
    left.chmod(0o444)
    assert store.keep(source).path.read_bytes() == source.path.read_bytes()
    assert not left.exists()


def test_a_kept_original_that_was_changed_is_noticed(store: Store, file: Callable[..., Source]) -> None:
    source = file()
    kept = store.keep(source).path
    kept.chmod(0o644)
    kept.write_bytes(b"forged")
    with pytest.raises(CaseError, match="was changed"):
        store.keep(source)


# ---- loads


def test_rows_get_every_column_and_where_they_come_from(store: Store, file: Callable[..., Source]) -> None:
    tally = load(store, file(), rows("x", "y"), rows("z", evaluation="A1", handling="H3"))
    frame = store.frame("balances").sort("account")
    assert frame.schema == TABLES["balances"].schema
    assert frame["source"].to_list() == [file().sha256] * 3
    assert frame["loader"].to_list() == ["made"] * 3
    assert frame["evaluation"].to_list() == ["X4", "X4", "A1"]
    assert frame["handling"].to_list() == ["H0", "H0", "H3"]
    assert (tally.records, tally.loaded, tally.headers) == (4, 3, 1)
    assert store.manifest.sources()[0]["records"] == 4


def test_many_parts_and_tables_are_all_there(store: Store, file: Callable[..., Source]) -> None:
    links = Batch("links", pl.DataFrame({"link": ["l"]}))
    load(store, file(), *(rows(f"a{i:03d}") for i in range(120)), links)
    assert sorted(accounts(store)) == [f"a{i:03d}" for i in range(120)]
    assert store.frame("links")["link"].to_list() == ["l"]


class _Stop(BaseException):
    """Like an interruption from the keyboard."""


@pytest.mark.parametrize("error", [ValueError, _Stop])
@pytest.mark.parametrize("first", [True, False], ids=["first load", "repeated load"])
def test_a_load_that_breaks_off_leaves_no_trace(
    store: Store, file: Callable[..., Source], error: type[BaseException], first: bool
) -> None:
    if not first:
        load(store, file(), rows("before"), rows("before too"))
    before = accounts(store), parts(store), store.manifest.sources(), store.manifest.loads()

    def broken() -> Iterator[Batch | Tally]:
        yield rows("half")
        yield Tally(loaded=1)
        raise error

    source = store.keep(file())
    with pytest.raises(error):
        store.load(source, broken(), loader="made", profile="p", options={}, actor="A 12")
    assert (accounts(store), parts(store), store.manifest.sources(), store.manifest.loads()) == before


@pytest.mark.parametrize(
    "batch",
    [
        Batch("balances", pl.DataFrame({"account": ["x"], "colour": ["red"]})),
        Batch("balances", pl.DataFrame({"account": ["x"], "opening": [1.5]})),
        Batch("no table", pl.DataFrame({"account": ["x"]})),
    ],
)
def test_rows_that_fit_no_table_undo_the_whole_load(store: Store, file: Callable[..., Source], batch: Batch) -> None:
    with pytest.raises((TypeError, KeyError)):
        load(store, file(), rows("good"), batch)
    assert not accounts(store)
    assert not parts(store)


def test_a_manifest_that_cannot_be_written_undoes_the_load(
    store: Store, file: Callable[..., Source], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> NoReturn:
        raise OSError

    monkeypatch.setattr(store.manifest, "add_load", full)
    with pytest.raises(OSError):  # noqa: PT011 - a full disk says nothing
        load(store, file(), rows("x"))
    assert not parts(store)


def test_the_same_load_twice_is_one(store: Store, file: Callable[..., Source]) -> None:
    for _ in range(2):
        load(store, file(), rows("x", "y"))
    assert accounts(store) == ["x", "y"]
    assert len(store.manifest.sources()) == 1


def test_a_changed_profile_replaces_the_earlier_load(store: Store, file: Callable[..., Source]) -> None:
    load(store, file(), rows("wrong"), rows("wrong too"))
    load(store, file("b.csv", b"other"), rows("other"))
    load(store, file(), rows("right"), profile="better")
    assert sorted(accounts(store)) == ["other", "right"]
    assert [s["profile"] for s in store.manifest.sources()] == ["better", "p"]
    load(store, file(), rows("right"), profile="better", day_first=True)
    assert sorted(accounts(store)) == ["other", "right"]
    load(store, file(), rows("wrong"), rows("wrong too"))  # back again
    assert sorted(accounts(store)) == ["other", "wrong", "wrong too"]
    assert store.manifest.loads() == 5


def test_a_load_that_now_finds_nothing_leaves_nothing(store: Store, file: Callable[..., Source]) -> None:
    load(store, file(), rows("x"))
    load(store, file(), profile="reads nothing")
    assert not accounts(store)


def test_order_of_loading_decides_nothing(tmp_path: Path, file: Callable[..., Source]) -> None:
    sources = {n: file(f"{n}.csv", n.encode()) for n in "abc"}
    frames = []
    for order in ("abc", "cab"):
        store = Store.create(tmp_path / order, CaseFile(**ABOUT))
        for n in order:
            load(store, sources[n], rows(f"{n}1"), rows(f"{n}2"))
        frames.append(store.frame("balances"))
    assert frames[0].equals(frames[1])


# ---- damage


@pytest.mark.parametrize("damage", ["gone", "changed", "swapped"])
def test_a_part_that_is_not_the_one_that_was_written_is_noticed(
    store: Store, file: Callable[..., Source], damage: str
) -> None:
    load(store, file(), rows("x"), rows("y"))
    first, second = sorted((store.folder / "parts").rglob("*.parquet"))
    if damage == "gone":
        first.unlink()
    elif damage == "swapped":
        shutil.copyfile(second, first)
    else:
        store.frame("balances").with_columns(account=pl.lit("forged")).write_parquet(first)
    with pytest.raises(CaseError, match="missing or was changed; load its source again"):
        store.frame("balances")
    load(store, file(), rows("x"), rows("y"))
    assert accounts(store) == ["x", "y"]


def test_a_part_that_the_manifest_does_not_name_does_not_exist(store: Store, file: Callable[..., Source]) -> None:
    load(store, file(), rows("x"))
    store.frame("balances").write_parquet(store.folder / "parts" / "balances" / "zz.parquet")
    assert accounts(store) == ["x"]


# ---- derived tables


def test_a_derived_table_consists_of_its_last_rows(store: Store) -> None:
    for ids in (["f1", "f2"], ["f3"], ["f3"], []):
        store.replace("findings", pl.DataFrame({"finding": ids}, schema={"finding": pl.String}))
        assert store.frame("findings")["finding"].to_list() == ids
        assert store.frame("findings").schema == TABLES["findings"].schema
        assert len(parts(store)) == 1


def test_a_derived_table_stays_whole_while_it_is_replaced(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    store.replace("findings", pl.DataFrame({"finding": ["f1"]}))

    def stop(*_: object) -> NoReturn:
        raise _Stop

    monkeypatch.setattr(store.manifest, "replace_part", stop)
    with pytest.raises(_Stop):
        store.replace("findings", pl.DataFrame({"finding": ["f2"]}))
    assert store.frame("findings")["finding"].to_list() == ["f1"]
