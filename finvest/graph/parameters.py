"""What may be asked of a kernel: bounds that keep its integers from wrapping."""

from __future__ import annotations

from finvest.graph.money_graph import LARGEST_PERCENT, LAST_INSTANT
from finvest.model.errors import UsageError


def check_at_least(name: str, value: int, least: int) -> None:
    """Refuse a parameter below its least value."""
    if value < least:
        raise UsageError(f"{name} must be {least} or more, not {value}")


def check_window(window: int) -> None:
    """Refuse a window below zero or so large that an instant plus the window could wrap."""
    if not 0 <= window <= LAST_INSTANT:
        raise UsageError(f"window must be 0 to {LAST_INSTANT} microseconds, not {window}")


def check_percent(name: str, value: int) -> None:
    """Refuse a percentage with which an amount could wrap."""
    if not 0 <= value <= LARGEST_PERCENT:
        raise UsageError(f"{name} must be 0 to {LARGEST_PERCENT} percent, not {value}")


def check_order(order: str) -> None:
    """Refuse any order but the two there are."""
    if order not in {"possible", "certain"}:
        raise UsageError(f"order must be 'possible' or 'certain', not {order!r}")
