"""Loaders and detectors: found where they should be, refused in one clear sentence, never taken from a case."""

from __future__ import annotations

import re
import sys
from importlib.metadata import EntryPoint
from typing import TYPE_CHECKING, Any

import pytest

from finvest import registry
from finvest.model.errors import UsageError
from finvest.model.tables import PROTECTED
from finvest.registry import Registry

if TYPE_CHECKING:
    from pathlib import Path

DETECTOR = """
from finvest.findings.detector import Card, param
from finvest.findings.detector import Detector, Detector as Base

class Own(Detector):
    card = Card(id="{id}", title="t", what="w", strength="weak", roles={{"who": ("account", "undetermined")}},
                needs=(), sentence="{{who}}", innocent={{}}, sources=())
    days: int = param("days", default=1)

    def look(self, view):
        return view.frame("transactions")
"""
LOADER = """
from finvest.model.records import LoaderCard

class Own:
    card = LoaderCard(name="agency", title="t", suffixes=())
    def recognises(self, head, name): return False
    def read(self, source, profile=None, **options): return iter(())
"""


@pytest.fixture
def plugins(tmp_path: Path) -> Path:
    for kind in ("detectors", "loaders"):
        (tmp_path / kind).mkdir()
    return tmp_path


def put(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_everything_that_comes_with_finvest_is_found_once_and_sorted() -> None:
    for found in (Registry().loaders(), Registry().detectors()):
        assert found
        assert list(found) == sorted(found)
    assert {"GRF-01", "GRF-02", "GRF-05", "MLT-03"} <= set(Registry().detectors())
    assert all(cls.card.id == id_ for id_, cls in Registry().detectors().items())
    assert all(loader.card.name == name for name, loader in Registry().loaders().items())


def test_an_agencys_own_folder_is_found_at_any_depth(plugins: Path) -> None:
    put(plugins, "detectors/deep/er/own.py", DETECTOR.format(id="XYZ-01"))
    put(plugins, "loaders/own.py", LOADER)
    own = Registry((plugins,))
    assert own.detector("XYZ-01")().get_params() == {"days": 1}
    assert own.loader("agency").card.title == "t"
    assert "XYZ-01" not in Registry().detectors()
    assert own.detectors()["XYZ-01"] is own.detectors()["XYZ-01"]


def test_files_that_begin_with_an_underscore_and_imported_classes_are_none(plugins: Path) -> None:
    put(plugins, "detectors/_draft.py", "raise ValueError")
    put(plugins, "detectors/uses.py", "from finvest.detectors.shapes.cycle import Cycle\n")
    assert Registry((plugins,)).detectors().keys() == Registry().detectors().keys()


def test_two_files_of_one_name_are_two_modules(plugins: Path) -> None:
    put(plugins, "detectors/a/own.py", DETECTOR.format(id="XYZ-01"))
    put(plugins, "detectors/b/own.py", DETECTOR.format(id="XYZ-02"))
    assert {"XYZ-01", "XYZ-02"} <= set(Registry((plugins,)).detectors())


@pytest.mark.parametrize("id_", ["GRF-05", "XYZ-01"])
def test_an_id_that_is_taken_is_refused_naming_both_files(plugins: Path, id_: str) -> None:
    put(plugins, "detectors/first.py", DETECTOR.format(id=id_))
    put(plugins, "detectors/second.py", DETECTOR.format(id="XYZ-01"))
    with pytest.raises(UsageError, match=f"{id_} is in .*(first|second).* and in .*(cycle|first)"):
        Registry((plugins,)).detectors()


def test_a_loaders_name_that_is_taken_is_refused_naming_both_files(plugins: Path) -> None:
    put(plugins, "loaders/first.py", LOADER)
    put(plugins, "loaders/second.py", LOADER)
    with pytest.raises(UsageError, match=r"agency is in .*second.* and in .*first"):
        Registry((plugins,)).loaders()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("def (", "SyntaxError"),
        ("import nothing_of_that_name", "ModuleNotFoundError"),
        ("1 / 0", "ZeroDivisionError"),
        ("raise SystemExit(3)", "SystemExit"),
        ("x = '\udcff'", "(SyntaxError|UnicodeDecodeError)"),
        (DETECTOR.format(id="A").replace("title=", "titel="), "TypeError"),
    ],
)
def test_a_broken_file_is_one_clear_sentence(plugins: Path, text: str, error: str) -> None:
    (plugins / "detectors" / "broken.py").write_bytes(text.encode("utf-8", "surrogateescape"))
    put(plugins, "detectors/whole.py", DETECTOR.format(id="XYZ-01"))
    before, own = set(sys.modules), Registry((plugins,))
    (why,) = own.refused().values()
    assert re.match(rf"broken\.py cannot be loaded: {error}", why)
    assert "\n" not in why
    assert not {m for m in set(sys.modules) - before if m.startswith("finvest_plugins") and "broken" in m}
    assert {"XYZ-01", "GRF-05"} <= set(own.detectors()), "the others are there"
    with pytest.raises(UsageError, match=r"no detector 'XYZ-02'; .*; broken\.py cannot be loaded"):
        own.detector("XYZ-02")


def test_a_broken_loader_file_ends_it(plugins: Path) -> None:
    put(plugins, "loaders/broken.py", "def (")
    with pytest.raises(UsageError, match=r"^broken\.py cannot be loaded: SyntaxError"):
        Registry((plugins,)).loaders()


def test_a_card_that_is_none_is_refused(plugins: Path) -> None:
    put(plugins, "detectors/odd.py", "class Odd:\n    card = 'XYZ-01'\n    def look(self, view): pass\n")
    (why,) = Registry((plugins,)).refused().values()
    assert "its card must be a Card" in why


@pytest.mark.parametrize("protected", sorted(PROTECTED))
@pytest.mark.parametrize("use", ['x = "{}"', 'x = ("parties.{}",)', "def f(r):\n    return r.{}", "x = dict({}=1)"])
def test_a_file_that_names_a_protected_attribute_is_refused_before_it_runs(
    plugins: Path, protected: str, use: str
) -> None:
    put(plugins, "detectors/own.py", DETECTOR.format(id="XYZ-01") + use.format(protected))
    put(plugins, "detectors/ran.py", f"raise SystemExit  # never\nx = {protected!r}")
    own = Registry((plugins,))
    assert "XYZ-01" not in own.detectors()
    refused = own.refused()
    assert len(refused) == 2
    for why in refused.values():
        assert f"names the protected attribute {protected!r}" in why


def test_words_that_only_hold_a_protected_one_are_fine(plugins: Path) -> None:
    text = DETECTOR.format(id="XYZ-01") + "x = ('sextant', 'healthy', 'we never look at religion')\n"
    put(plugins, "detectors/own.py", text)
    assert Registry((plugins,)).refused() == {}


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"--plugins: .* is no folder"):
        Registry((tmp_path / "missing",)).detectors()


def test_a_folder_without_plugins_is_fine(tmp_path: Path) -> None:
    assert Registry((tmp_path,)).detectors().keys() == Registry().detectors().keys()


def test_nothing_is_taken_from_where_one_works(plugins: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for kind in ("detectors", "loaders", "finvest/detectors"):
        put(plugins, f"{kind}/trap.py", "raise AssertionError")
    monkeypatch.chdir(plugins)
    assert "GRF-05" in Registry().detectors()
    assert Registry().loaders()


def test_a_detector_is_asked_for_in_any_case() -> None:
    assert Registry().detector("grf-05").card.id == "GRF-05"


def test_what_was_meant_is_guessed_and_else_all_are_listed() -> None:
    with pytest.raises(UsageError, match="no detector 'GRF-5'; did you mean GRF-05"):
        Registry().detector("grf-5")
    with pytest.raises(UsageError, match=r"no detector 'HELP'; there are .*GRF-05"):
        Registry().detector("help")
    with pytest.raises(UsageError, match="no loader 'zzzzzz'; there are "):
        Registry().loader("zzzzzz")


# ---- installed packages


def install(monkeypatch: pytest.MonkeyPatch, **points: str) -> None:
    def entry_points(*, group: str) -> list[EntryPoint]:
        return [EntryPoint(name, value, group) for name, value in points.items() if group == "finvest.detectors"]

    monkeypatch.setattr(registry, "entry_points", entry_points)


@pytest.mark.parametrize("value", ["agency_pack", "agency_pack:Own"])
def test_an_installed_package_is_found_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    put(tmp_path, "agency_pack.py", DETECTOR.format(id="XYZ-09"))
    monkeypatch.syspath_prepend(str(tmp_path))
    install(monkeypatch, own=value)
    try:
        assert Registry().detector("XYZ-09").__module__ == "agency_pack"
    finally:
        sys.modules.pop("agency_pack", None)


@pytest.mark.parametrize("value", ["nothing_of_that_name", "json:nothing"])
def test_a_broken_entry_point_is_one_clear_sentence(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    install(monkeypatch, own=value)
    refused = Registry().refused()
    assert refused["entry point own"].startswith(f"entry point own ({value}): ")
    assert "GRF-05" in Registry().detectors()


def test_an_installed_package_that_names_a_protected_attribute_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "agency_judges.py", DETECTOR.format(id="XYZ-09") + "x = 'religion'")
    monkeypatch.syspath_prepend(str(tmp_path))
    install(monkeypatch, own="agency_judges:Own")
    try:
        assert "XYZ-09" not in Registry().detectors()
        assert "'religion'" in Registry().refused()["entry point own"]
    finally:
        sys.modules.pop("agency_judges", None)


def test_the_registry_is_a_value() -> None:
    assert Registry() == Registry(())
    made: dict[Any, int] = {Registry(): 1}
    assert made[Registry(())] == 1


# ---- files whose detector is none


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("(Detector):", ":", "odd.py: Own must be a subclass of Detector; "),
        ("    card = Card", "    kard = Card", "odd.py: Own has no card; give it card = Card(...)"),
        ("    def look(", "    def lok(", "odd.py: Own has no look()"),
        ("class Own", "class Own: pass\nclass _Unused", "odd.py holds no detector"),
        (
            "card = Card(",
            "card = dict(",
            "odd.py cannot be loaded: ContractError: Own: card must be a Card; it is a dict",
        ),
    ],
)
def test_a_class_that_is_no_detector_is_said_by_its_file(plugins: Path, old: str, new: str, said: str) -> None:
    text = DETECTOR.format(id="XYZ-01")
    assert old in text
    text = text.replace(old, new)
    if "_Unused" in new:
        text = text[: text.index("class _Unused")]
    put(plugins, "detectors/odd.py", text)
    put(plugins, "detectors/whole.py", DETECTOR.format(id="XYZ-02"))
    own = Registry((plugins,))
    assert "XYZ-02" in own.detectors()
    assert "XYZ-01" not in own.detectors()
    (why,) = own.refused().values()
    assert why.startswith(said)
    assert "\n" not in why


def test_a_base_class_without_a_card_is_fine_beside_a_detector(plugins: Path) -> None:
    text = DETECTOR.format(id="XYZ-01").replace("class Own(Detector)", "class Shared(Base): pass\n\nclass Own(Shared)")
    put(plugins, "detectors/own.py", text)
    assert Registry((plugins,)).refused() == {}
    assert "XYZ-01" in Registry((plugins,)).detectors()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("import Detector, ", "import CounterCheck, Detector, "),
        ("innocent={}", "innocent=(1,)"),
        ("innocent={}", "counter_checks=()"),
        ("title=", "titel="),
    ],
)
def test_what_is_written_for_another_contract_is_shown_the_page(plugins: Path, old: str, new: str) -> None:
    text = DETECTOR.format(id="XYZ-01")
    assert old in text
    put(plugins, "detectors/old.py", text.replace(old, new))
    (why,) = Registry((plugins,)).refused().values()
    assert why.startswith("old.py cannot be loaded: ")
    assert why.endswith("; docs/add-a-detector.md shows a whole one")
    assert str(plugins) not in why


def test_each_of_several_faulty_classes_of_a_file_is_said(plugins: Path) -> None:
    text = DETECTOR.format(id="XYZ-01").replace("def look(", "def lok(")
    put(plugins, "detectors/odd.py", text + text.replace("class Own", "class Other"))
    (why,) = Registry((plugins,)).refused().values()
    assert "Own has no look()" in why
    assert "Other has no look()" in why
