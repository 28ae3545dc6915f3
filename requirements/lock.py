"""Lock files from pyproject.toml: the only place where dependencies are written down.

``python requirements/lock.py`` rebuilds the lock files; versions that are pinned already stay, unless ``--upgrade`` is
given. ``python requirements/lock.py --check`` needs no network and says which file is older than pyproject.toml.

A pin may need a newer patch release of Python than some system has: run it with the oldest Python at hand (Debian 12
has 3.11.2), and it then asks whether every pin has a wheel for the first release of each Python we support.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
PYTHONS = ("3.11.0", "3.12.0", "3.13.0")
OPTIONS = (
    "--quiet",
    "--generate-hashes",
    "--allow-unsafe",  # jupyterlab needs setuptools, and an install by hash wants every hash
    "--strip-extras",
    "--no-header",
    "--no-annotate",
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--no-emit-trusted-host",
    "--no-emit-options",
)


def inputs() -> dict[str, list[str]]:
    """Return what each lock file is made from: `demo` runs and builds finvest, `dev` tests and checks it."""
    project = tomllib.loads((HERE.parent / "pyproject.toml").read_text("utf-8"))
    groups = project["dependency-groups"].values()
    return {
        "demo": sorted([*project["build-system"]["requires"], *project["project"]["dependencies"]]),
        "dev": sorted(requirement for group in groups for requirement in group),
    }


def mark(requirements: list[str]) -> str:
    """Return the first line of a lock file: it changes whenever the requirements do."""
    digest = hashlib.sha256("\n".join(requirements).encode()).hexdigest()
    return f"# made by `make lock` from pyproject.toml {digest}"


def stale() -> list[str]:
    """Return the lock files that were made from other requirements than pyproject.toml has now."""
    return [
        f"requirements/{name}.txt"
        for name, requirements in inputs().items()
        if not (HERE / f"{name}.txt").read_text("utf-8").startswith(mark(requirements) + "\n")
    ]


def build(*arguments: str) -> None:
    """Rebuild both lock files; what `dev` shares with `demo` has the same versions."""
    for name, requirements in inputs().items():
        file = HERE / f"{name}.txt"
        shared = [] if name == "demo" else ["--constraint", "requirements/demo.txt"]
        _run("piptools", "compile", "-", "-o", str(file), *OPTIONS, *shared, *arguments, given="\n".join(requirements))
        file.write_text(f"{mark(requirements)}\n{file.read_text('utf-8')}", "utf-8")


def try_out() -> None:
    """Fail if a pin cannot be installed from a wheel on one of the Pythons; nothing is installed."""
    files = [f"--requirement=requirements/{name}.txt" for name in inputs()]
    wheels = ("--only-binary=:all:", "--no-deps", "--require-hashes", "--target=build/none")
    for python in PYTHONS:
        _run("pip", "install", "--quiet", "--dry-run", f"--python-version={python}", *wheels, *files)


def _run(module: str, *arguments: str, given: str = "") -> None:
    command = [sys.executable, "-m", module, *arguments]
    subprocess.run(command, input=given, text=True, check=True, cwd=HERE.parent)  # noqa: S603 - this very interpreter


if __name__ == "__main__":
    if sys.argv[1:] != ["--check"]:
        build(*sys.argv[1:])
        try_out()
    elif old := stale():
        sys.exit(f"{', '.join(old)} older than pyproject.toml: run `make lock`")
