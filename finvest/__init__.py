"""Financial investigations: exact money-flow graphs, suspicious patterns, and their evidence."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from finvest.case import Case as Case

# The wheel holds loaders/ and detectors/ inside this package; a checkout keeps them beside it.
if not (Path(__file__).parent / "loaders").is_dir():
    __path__.append(str(Path(__file__).parents[1]))

__version__ = "0.1.0"
__all__ = ["Case", "__version__"]


def __getattr__(name: str) -> object:
    if name == "Case":  # first use pays for polars, so that `finvest --help` stays fast
        from finvest.case import Case

        return Case
    raise AttributeError(f"module 'finvest' has no attribute {name!r}")
