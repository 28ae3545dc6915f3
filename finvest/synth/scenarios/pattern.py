"""What a scenario tells the answer key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from finvest.synth.economy import Account
    from finvest.synth.movements import Movement

Kind = Literal["planted", "look_alike"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """One planted pattern, or one lawful look-alike.

    Attributes
    ----------
    name : str
        Short name; the key's id is made of the indicator and it.
    indicator : str
        Id in the catalogue, ``GRF-01`` for example.
    kind : {"planted", "look_alike"}
    story : str
        One plain sentence.
    main : list of (Account, str)
        Accounts that a finding must name, and their role.
    movements : list of Movement
        The movements that make the pattern.
    innocent : str
        For a look-alike: why it is lawful, and what in the files shows it.
    """

    name: str
    indicator: str
    kind: Kind
    story: str
    main: list[tuple[Account, str]]
    movements: list[Movement]
    innocent: str = ""
