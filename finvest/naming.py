"""Whom a text means: the account or the party that a person names by id, number or name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from finvest.model import subjects
from finvest.model.errors import UsageError
from finvest.model.identifiers import NAME, name_key, name_keys, number_key
from finvest.model.tables import DAY, TEXT, table

if TYPE_CHECKING:
    from finvest.view import CaseView

MOST_LISTED = 5
"""Ids that a message lists where a text means several."""

PEOPLE = {
    "relation": TEXT,
    "party": TEXT,
    "known_as": TEXT,
    "category": TEXT,
    "start": DAY,
    "end": DAY,
    "by": TEXT,
}
"""Columns of `people`."""


@dataclass(frozen=True, slots=True)
class Party:
    """A party that a text means.

    Attributes
    ----------
    id : str
    holder_of : str or None
        Account whose holder it is, where nothing but that is known of it; see `finvest.model.subjects.holder_of`.
    """

    id: str
    holder_of: str | None = None


# ---- accounts


def account_number(view: CaseView, text: str) -> int:
    """Return the number in a view of the one account that is known so: by opaque id, number, or holder's name.

    Raises
    ------
    UsageError
        If there is none, or more than one.
    """
    found = _by_number(view, text) or _by_holder(view, text)
    if not found:
        raise UsageError("no account is known so; `finvest find` searches names, numbers, references and amounts")
    return _one(view, found)


def numbers(view: CaseView, kind: str = "account") -> pl.DataFrame:
    """Return every number of each account or party: ``subject``, ``key``."""
    if view.lacks(["identifiers"]) is not None:
        return pl.DataFrame(schema={"subject": TEXT, "key": TEXT})
    known = view.frame("identifiers").filter(pl.col("subject_kind") == kind, pl.col("scheme") != NAME)
    key = pl.col("value").str.to_uppercase().str.replace_all("[^0-9A-Z]", "")
    return known.select("subject", key=key).filter(pl.col("key") != "").unique()


def _by_number(view: CaseView, text: str) -> list[int]:
    accounts, key = view.frame("accounts"), number_key(text)
    found = accounts.filter(pl.col("account") == text)["n"].to_list()
    if not found and key:
        known = numbers(view).filter(pl.col("key") == key)
        found = accounts.filter(pl.col("account").is_in(known["subject"].implode()))["n"].to_list()
    return found


def _by_holder(view: CaseView, text: str) -> list[int]:
    accounts, key = view.frame("accounts"), name_key(text)
    return accounts.filter(name_keys(pl.col("holder_name")) == key)["n"].to_list() if key else []


def _one(view: CaseView, found: list[int]) -> int:
    if len(found) > 1:
        raise _several("accounts", view.frame("accounts")["account"].gather(found).to_list())
    return int(found[0])


def _several(what: str, ids: list[str]) -> UsageError:
    shown = ", ".join(sorted(ids)[:MOST_LISTED])
    return UsageError(f"{len(ids)} {what} are known so; give the id of one: {shown}")


# ---- parties


def parties(view: CaseView, text: str) -> list[Party]:
    """Return the party that is known so, or the holders of the account that is.

    Parameters
    ----------
    view : CaseView
    text : str
        A party's id, number or name; or an account's id or number, or the name that its books give its holder.

    Raises
    ------
    UsageError
        If there is none, or more than one.
    """
    if (party := _party(view, text, by_name=False)) is not None:
        return [party]
    found = _by_number(view, text)
    if not found and (party := _party(view, text, by_name=True)) is not None:
        return [party]
    found = found or _by_holder(view, text)
    if not found:
        raise UsageError("no party and no account is known so; `finvest find` searches names and numbers")
    account = view.id_of("account", _one(view, found))
    held = subjects.holders(view.frame("accounts"), _links(view))
    ids = held.filter(pl.col("account") == account)["party"].unique().sort().to_list()
    return [Party(id_, _made_for(view, id_)) for id_ in ids] or [Party(subjects.holder_of(account), account)]


def controlled(view: CaseView, text: str) -> tuple[str, str]:
    """Return table and id of what is known so: the account, or the party.

    Raises
    ------
    UsageError
        If there is none, or more than one.
    """
    if not _by_number(view, text):
        party = _party(view, text, by_name=False) or _party(view, text, by_name=True)
        if party is not None and party.holder_of is None:
            return "parties", party.id
    return "accounts", view.id_of("account", account_number(view, text))


def _party(view: CaseView, text: str, *, by_name: bool) -> Party | None:
    """Return the one party that is known so, or None."""
    if view.lacks(["parties"]) is not None:
        return None
    known, key = view.frame("parties").select("party", "name"), name_key(text) if by_name else number_key(text)
    if by_name:
        names = known.rename({"party": "subject", "name": "value"})
        if view.lacks(["identifiers"]) is None:
            others = view.frame("identifiers").filter(pl.col("subject_kind") == "party", pl.col("scheme") == NAME)
            names = pl.concat([names, others.select("subject", "value")])
        ids = names.filter(name_keys(pl.col("value")) == key)["subject"]
    else:
        given = known.filter(pl.col("party") == text)["party"]
        ids = given if len(given) else numbers(view, "party").filter(pl.col("key") == key)["subject"]
    ids = ids.unique().sort() if key else ids.clear()
    if len(ids) > 1:
        raise _several("parties", ids.to_list())
    return Party(ids[0], _made_for(view, ids[0])) if len(ids) else None


def _made_for(view: CaseView, party: str) -> str | None:
    """Return the account whose holder a party is, where only a decision made it a party."""
    links = _links(view).filter(pl.col("from_id") == party, pl.col("loader") == subjects.DECISION)
    made = [a for a in links.filter(pl.col("kind") == "holds")["to_id"] if subjects.holder_of(a) == party]
    return made[0] if made else None


def _links(view: CaseView) -> pl.DataFrame:
    return view.frame("links") if view.lacks(["links"]) is None else table("links").empty()


# ---- who stands behind an account


def people(view: CaseView, account: str) -> pl.DataFrame:
    """Return who holds an account and who controls it, as far as records name parties or people decided.

    Returns
    -------
    polars.DataFrame
        ``relation`` (holds, controls), ``party`` (id), ``known_as`` (masked where it is a possible victim),
        ``category``, ``start``, ``end`` (days), ``by`` (``record``, or the decision's id).
    """
    accounts, links = view.frame("accounts"), _links(view)
    held = subjects.holders(accounts, links).filter(pl.col("account") == account)
    of_links = links.filter(pl.col("kind") == "holds", pl.col("to_id") == account)
    said = dict(of_links.filter(pl.col("loader") == subjects.DECISION).select("from_id", "source").iter_rows())
    control = subjects.control(links, accounts).filter(pl.col("account") == account)
    by = pl.when(pl.col("origin") == "decision").then(pl.col("source")).otherwise(pl.lit("record"))
    rows = [
        *(("holds", party, start, end, said.get(party, "record")) for _, party, start, end in held.iter_rows()),
        *(
            ("controls", *row)
            for row in control.select("controller", "start", "end", by).unique().sort(pl.all()).iter_rows()
        ),
    ]
    return pl.DataFrame(
        [(relation, party, *known_as(view, party), *rest) for relation, party, *rest in rows],
        schema=PEOPLE,
        orient="row",
    )


def known_as(view: CaseView, id_: str) -> tuple[str, str]:
    """Return what a reader knows a party or an account by, and the category of the party; any other id is itself."""
    if view.lacks(["parties"]) is None:
        found = view.frame("parties").filter(pl.col("party") == id_).select("n", "subject_category")
        for n, category in found.iter_rows():
            return view.label("party", n), category or "unclassified"
    of_account = view.frame("accounts").filter(pl.col("account") == id_)["n"]
    return (view.labels[of_account[0]] if len(of_account) else id_), "unclassified"
