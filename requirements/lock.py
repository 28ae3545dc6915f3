"""Lock files from pyproject.toml: the only place where dependencies are written down.

``python requirements/lock.py`` rebuilds the lock files; versions that are pinned already stay, unless ``--upgrade`` is
given. ``python requirements/lock.py --check`` needs no network and says which file is older than pyproject.toml.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).parent
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
        subprocess.run(  # noqa: S603 - this very interpreter
            [sys.executable, "-m", "piptools", "compile", "-", "-o", str(file), *OPTIONS, *shared, *arguments],
            input="\n".join(requirements),
            text=True,
            check=True,
            cwd=HERE.parent,
        )
        file.write_text(f"{mark(requirements)}\n{file.read_text('utf-8')}", "utf-8")


if __name__ == "__main__":
    if sys.argv[1:] != ["--check"]:
        build(*sys.argv[1:])
    elif old := stale():
        sys.exit(f"{', '.join(old)} older than pyproject.toml: run `make lock`")
