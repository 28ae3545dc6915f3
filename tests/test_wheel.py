"""The wheel holds the whole house and works away from the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

from finvest.registry import Registry

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT))
    (built,) = folder.glob("*.whl")
    return built


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_wheel_holds_both_folders_inside_the_package(wheel: Path) -> None:
    names = {name for name in ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert {name.split("/")[0] for name in names} == {"finvest"}
    assert not [name for name in names if name.endswith((".pyi", ".pyc")) or "/tests/" in name]
    for folder, inside in (("finvest", "finvest"), ("loaders", "finvest/loaders"), ("detectors", "finvest/detectors")):
        here = {
            f"{inside}/{path.relative_to(ROOT / folder).as_posix()}"
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts and path.suffix != ".pyi"
        }
        assert here <= names
    assert "finvest/py.typed" in names
    assert [name for name in names if name.startswith("finvest/loaders/profiles/") and name.endswith(".toml")]


@pytest.mark.slow
def test_wheel_works_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    _pip("install", "--no-deps", "--no-index", "--target", str(site), str(wheel))
    code = (
        "import finvest, finvest.loaders, finvest.detectors\n"
        "from finvest.registry import Registry\n"
        "print(*finvest.__path__, finvest.loaders.__file__, finvest.detectors.__file__, sep='\\n')\n"
        "print(*Registry().loaders(), *Registry().detectors(), sep=' ')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    *places, found = done.stdout.splitlines()
    assert places == [
        str(site / "finvest"),
        str(site / "finvest" / "loaders" / "__init__.py"),
        str(site / "finvest" / "detectors" / "__init__.py"),
    ]
    assert found.split() == [*Registry().loaders(), *Registry().detectors()]
