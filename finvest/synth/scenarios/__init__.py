"""Planted patterns, each with its lawful look-alike: one file an indicator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finvest.synth.scenarios import cycle, fan_in, fan_out, pass_through

if TYPE_CHECKING:
    from random import Random

    from finvest.synth.cast import Cast
    from finvest.synth.economy import Economy
    from finvest.synth.movements import Ledger
    from finvest.synth.scenarios.pattern import Pattern

ALL = (fan_in, fan_out, cycle, pass_through)


def play(economy: Economy, cast: Cast, ledger: Ledger, rng: Random) -> list[Pattern]:
    """Play every scenario and return what was planted and what only looks like it."""
    return [pattern for room in ALL for pattern in room.play(economy, cast, ledger, rng)]
