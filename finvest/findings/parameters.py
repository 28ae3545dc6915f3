"""A detector's parameters: their meaning, default and bounds."""

from __future__ import annotations

from dataclasses import field
from typing import Any, TypeVar

from finvest.model.errors import ContractError

T = TypeVar("T")


def param(meaning: str, *, default: T, low: float | None = None, high: float | None = None, published: str = "") -> T:
    """Declare a parameter of a detector.

    Parameters
    ----------
    meaning : str
        What it is, with its unit.
    default : int, float or bool
    low, high : float, optional
        Bounds, both included.
    published : str
        Source that publishes the default; empty where it is our own and must be calibrated.

    Returns
    -------
    dataclass field

    Raises
    ------
    ContractError
        If the default is no number within the bounds.
    """
    for name, value in (("default", default), ("low", low), ("high", high)):
        if not (isinstance(value, int | float) or (value is None and name != "default")):
            raise ContractError(f"a parameter's {name} must be a number; {meaning!r} has {value!r}")
    if not within(default, low, high):
        raise ContractError(f"a parameter's default must lie within its bounds; {meaning!r} has {default!r}")
    about: dict[str, Any] = {"meaning": meaning, "low": low, "high": high, "published": published}
    return field(default=default, metadata=about)


def within(value: Any, low: float | None, high: float | None) -> bool:  # noqa: ANN401 - a number
    """Tell whether a number lies within bounds, both included; what is no number does not, nor without bounds."""
    return bool(value == value and (low is None or value >= low) and (high is None or value <= high))  # noqa: PLR0124


def bounds(low: float | None, high: float | None) -> str:
    """Say bounds: ``2 to 8``, ``2 or more``, ``8 or less``; nothing where there are none."""
    if low is None:
        return "" if high is None else f"{high} or less"
    return f"{low} or more" if high is None else f"{low} to {high}"
