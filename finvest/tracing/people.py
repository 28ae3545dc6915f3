"""Who stands behind an account in a trail: its holder, or, for a possible victim's account, who controls it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from finvest.model import subjects
from finvest.model.tables import TEXT, table

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

SCHEMA = pl.Schema(
    {
        "account": TEXT,
        "label": TEXT,
        "known_as": TEXT,
        "conduit": pl.Boolean(),
        "person": TEXT,
        "name": TEXT,
    }
)
"""Columns of `people`."""

UNKNOWN = "who controls it is not known"


@dataclass(frozen=True, slots=True)
class Names:
    """What readers know accounts and parties by; those of possible victims are masked already.

    Attributes
    ----------
    accounts, parties : mapping of str to str
        By opaque id.
    """

    accounts: Mapping[str, str]
    parties: Mapping[str, str]


def people(
    tables: Mapping[str, pl.DataFrame], accounts: Collection[str], names: Names, controlled: Collection[str] = ()
) -> pl.DataFrame:
    """Return who stands behind each account.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        ``accounts``, ``parties``, ``identifiers``, ``links``, after `finvest.model.subjects.decided`.
    accounts : collection of str
        Those asked for.
    names : Names
    controlled : collection of str
        Further accounts that findings hold for a possible victim's.

    Returns
    -------
    polars.DataFrame
        One row an account: ``account``, ``label`` (a conduit's is a mask), ``known_as`` (what texts are cleared of, and
        never shown of a conduit), ``conduit`` (a possible victim's, or controlled by somebody else:
        value only passes through), ``person`` (key of who answers for what comes in), ``name``.
    """
    known = {name: table(name).complete(tables.get(name, table(name).empty())) for name in _TABLES}
    protected = subjects.victims(known["parties"], known["accounts"], known["identifiers"], known["links"])
    victims = frozenset(protected.filter(pl.col("kind") == "account")["id"]) | frozenset(controlled)
    control = subjects.control(known["links"], known["accounts"]).sort("account", "start", nulls_last=False)
    controllers: dict[str, list[str]] = {}
    for account, controller in control.select("account", "controller").iter_rows():
        listed = controllers.setdefault(account, [])
        if controller not in listed:
            listed.append(controller)
    holders = dict(subjects.holders(known["accounts"], known["links"]).select("account", "party").iter_rows())
    rows = []
    for account in sorted(accounts):
        conduit = account in victims or account in controllers
        known_as = names.accounts.get(account, account)
        label = subjects.mask("account", account) if conduit else known_as
        if conduit:
            found = controllers.get(account, [])
            person = "+".join(found) or f"controls {account}"
            name = " and ".join(names.parties.get(c, c) for c in found) or f"{UNKNOWN} ({label})"
        else:
            person = holders.get(account, account)
            name = names.parties.get(person, label)
        rows.append((account, label, known_as, conduit, person, name))
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


_TABLES = ("accounts", "parties", "identifiers", "links")
