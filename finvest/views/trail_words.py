"""How a trail is told: intervals, accounts by what a reader may know them by, and the answer in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.money import show
from finvest.model.subjects import mask
from finvest.tracing.people import UNKNOWN
from finvest.tracing.sentences import PLACES, interval
from finvest.views import text
from finvest.views.masking import WITHHELD, Masks

if TYPE_CHECKING:
    from collections.abc import Mapping

    from finvest.tracing.backward import Origins
    from finvest.tracing.trail import Trail


class Teller:
    """Makes what a trail holds fit to be read: controlled accounts by their masks, hostile texts harmless.

    Parameters
    ----------
    trail : Trail or Origins
    victims : mapping of (kind, id) to str, optional
        Possible victims beside the trail's controlled accounts, and the number and name that each is known by.
    files : mapping of str to str, optional
        SHA-256 of each source by its name: one whose name gives a possible victim away is called by it.
    """

    def __init__(
        self,
        trail: Trail | Origins,
        victims: Mapping[tuple[str, str], str] | None = None,
        files: Mapping[str, str] | None = None,
    ) -> None:
        known = trail.sources.people(trail.accounts.to_list())
        self.who = {row["account"]: row for row in known.iter_rows(named=True)}
        hidden = {("account", id_): row["known_as"] for id_, row in self.who.items() if row["conduit"]}
        self.masks = Masks(hidden | dict(victims or {}))
        self._files = files or {}

    def say(self, written: str) -> str:
        """Return what others wrote, as it may be shown."""
        return text.shorten(text.label(self.masks(text.plain(written))))

    def hidden(self, account: str | None) -> bool:
        """Tell whether an account stays unnamed."""
        return account in self.masks.accounts

    def account(self, account: str | None, known: str | None = None) -> str:
        """Return what an account is called."""
        if account is None:
            return "not known"
        if self.hidden(account):
            return mask("account", account)
        return self.say(known or (self.who[account]["label"] if account in self.who else account))

    def person(self, name: str) -> str:
        """Return who answers for an account."""
        return UNKNOWN if name.startswith(UNKNOWN) else self.say(name)

    def file(self, place: str) -> str:
        """Return a file's name, or name and line, unless the name gives a possible victim away."""
        if not self.masks.names(place):
            return self.say(place)
        name, _, line = (place, "", "") if place in self._files else place.rpartition(":")
        sha = self._files.get(name, "")
        return f"source {sha[:8]}" * bool(sha) + WITHHELD * (not sha) + f":{line}" * bool(line)

    def places(self, places: list[str]) -> list[str]:
        """Return several."""
        return [self.file(place) for place in places]


def span(low: int, high: int, currency: str) -> str:
    """Write an interval for a table: ``30,000.00 EUR`` or ``0.00 to 60,000.00 EUR``."""
    if low == high:
        return show(high, currency)
    return f"{show(low, currency).removesuffix(f' {currency}')} to {show(high, currency)}"


def resting(row: dict[str, Any]) -> str:
    """Say how much of a row's sum rests on a hypothesis."""
    return f"at most {show(row['on_hypothesis'], row['currency'])}" if row["on_hypothesis"] else ""


def answers(trail: Trail, teller: Teller) -> list[str]:
    """Return the answer for each claim, a sentence each, the figure as an interval."""
    told = []
    for claim in trail.claims:
        rows = trail.restitution.filter(pl.col("claim") == claim.name)
        sums = _sums(rows.filter(pl.col("place") == "claimed"))
        held = rows.filter(pl.col("place") == "held", pl.col("high") > 0)
        there = trail.hops.filter(pl.col("claim") == claim.name, pl.col("remaining_high") > 0)["account"].n_unique()
        accounts = f"{there:,} account{'s' * (there != 1)}"
        which = f" of claim {teller.say(claim.name)}" if len(trail.claims) > 1 else ""
        if not trail.rule.conserves:
            on = trail.movements.filter(pl.col("claim") == claim.name, pl.col("hop") > 0)["n"].n_unique()
            paid = f"{on:,} payment{'s' * (on != 1)} on"
            told.append(
                f"{paid} {'is' if on == 1 else 'are'} exposed in full to the {sums} claimed{which}. Exposure is no "
                "amount of proceeds, and this rule does not say how much still lies where."
            )
        elif held.is_empty():
            told.append(f"nothing of the {sums} claimed{which} is found in accounts on file.")
        else:
            rests = " and ".join(resting(r) for r in held.iter_rows(named=True) if r["on_hypothesis"])
            rests = f"; {rests} of it rests on a hypothesis" if rests else ""
            told.append(f"{_sums(held)} of the {sums} claimed{which} still lies in {accounts} on file{rests}.")
    return [f"Under the rule {trail.rule.title.lower()}, {sentence}" for sentence in told]


def fates(trail: Trail, teller: Teller) -> list[str]:
    """Return what became of the rest, a sentence each."""
    told = []
    for row in trail.restitution.filter(~pl.col("place").is_in(["claimed", "held"])).iter_rows(named=True):
        which = f" of claim {teller.say(row['claim'])}" if len(trail.claims) > 1 else ""
        rests = f", {resting(row)} of it on a hypothesis" if row["on_hypothesis"] else ""
        part = interval(row["low"], row["high"], row["currency"])
        told.append(f"{part[0].upper()}{part[1:]}{which} {_verb(row['place'])}{rests}.")
    return told


def _verb(place: str) -> str:
    return f"was {PLACES[place]}" if PLACES[place].startswith("taken") else PLACES[place]


def _sums(rows: pl.DataFrame) -> str:
    return " and ".join(interval(r["low"], r["high"], r["currency"]) for r in rows.iter_rows(named=True)) or "nothing"
