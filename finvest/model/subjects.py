"""Who is who in a case, and who controls whom: what records say, and what people decided, in one place.

A person's decision (kind ``category``) comes before what a record says of a party; the latest that stands counts. A
decision of kind ``controls`` is a dated link beside those that came from records. Everything that ranks, draws, traces
or prints asks here: frames in, frames out.
"""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.decisions import REVOKE, details, standing
from finvest.model.identifiers import name_keys, opaque
from finvest.model.tables import DAY, TEXT, table

if TYPE_CHECKING:
    from collections.abc import Mapping

CATEGORY, CONTROLS, LINK = "category", "controls", "link"
"""Kinds of decisions; ``controls`` is also the kind of a link, ``link`` makes one of the kind that it names."""

DECISION = "decision"
"""Stands as the loader of a row that a decision made; its source is the decision's id."""

VICTIMS = ("victim", "possible_victim")
SUSPECTS = ("suspect", "convicted")
CATEGORIES = (*SUSPECTS, *VICTIMS, "witness", "contact", "unclassified")
"""Categories of a subject. Who has none counts as ``unclassified``, never as a suspect."""

_SHORTEST = 4
"""Letters and digits of a name or number that is looked for inside other texts; shorter ones would hit words."""

_SUBJECTS = pl.Schema({"kind": TEXT, "id": TEXT})
_CONTROL = pl.Schema(
    {
        "account": TEXT,
        "controller_kind": TEXT,
        "controller": TEXT,
        "through": TEXT,
        "start": DAY,
        "end": DAY,
        "origin": TEXT,
        "source": TEXT,
        "link": TEXT,
    }
)


def mask(kind: str, id_: str) -> str:
    """Return what an account or party is called where neither number nor name may be shown; the same everywhere."""
    return f"{'controlled account' if kind == 'account' else 'person'} {id_[1:7]}"


def known_by(label: str) -> list[str]:
    """Return what a label can be recognised by: itself, and the number and the name in it, ``DE12… (Name)``."""
    number, _, name = label.partition(" (")
    parts = {label, number, name.removesuffix(")")}
    return sorted((p for p in parts if sum(c.isalnum() for c in p) >= (1 if p == label else _SHORTEST)), reverse=True)


def holder_of(account: str) -> str:
    """Return the id of the party that is the holder of an account whose holder no record names."""
    return opaque("p", "holder", account)


def decided(tables: Mapping[str, pl.DataFrame], decisions: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Return the tables of a case as they stand after what people decided.

    Parameters
    ----------
    tables : mapping of str to polars.DataFrame
        Tables of the case; ``parties``, ``links`` and ``accounts`` are looked at.
    decisions : polars.DataFrame
        Rows of the table `decisions`.

    Returns
    -------
    dict of str to polars.DataFrame
        The same tables. Every record of a party whose category was decided has that category in ``parties``; a holder
        whom only a decision is about is a party (`holder_of`) with a link ``holds``; ``links`` has a row for each
        decision on control or on another link. The loader of added rows is `DECISION`, their source the decision's id.
    """
    stand = standing(decisions).filter(pl.col("kind").is_in([CATEGORY, CONTROLS, LINK]), pl.col("outcome") != REVOKE)
    if stand.is_empty():
        return dict(tables)
    given = {name: tables.get(name, table(name).empty()) for name in ("parties", "links", "accounts")}
    people, links = _added(stand, given["accounts"])
    parties = categorised(pl.concat([given["parties"], people]), decisions)
    return {**tables, "parties": parties, "links": pl.concat([given["links"], links])}


def _added(stand: pl.DataFrame, accounts: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of `parties` and `links` that decisions make."""
    people: dict[str, dict[str, Any]] = {}
    links: dict[str, dict[str, Any]] = {}
    for row in stand.iter_rows(named=True):
        said, made = details(row), {"source": row["decision"], "record": 1, "loader": DECISION}
        who = said["controller"] if row["kind"] == CONTROLS else row["subject"]
        if said.get("holder_of"):
            person = {"party": who, "kind": "unknown", "name": _holder_name(accounts, said["holder_of"])}
            people.setdefault(who, person | made)
            held = {"link": opaque("l", who), "kind": "holds", "from_kind": "parties", "from_id": who}
            links.setdefault(who, held | {"to_kind": "accounts", "to_id": said["holder_of"]} | made)
        if row["kind"] == CONTROLS:
            ends = {"from_kind": "parties", "from_id": who, "to_kind": said["of"], "to_id": row["subject"]}
            start, end = (said.get(day) and date.fromisoformat(said[day]) for day in ("since", "until"))
            links[row["decision"]] = (
                {"link": row["decision"], "kind": CONTROLS} | ends | {"start": start, "end": end} | made
            )
        if row["kind"] == LINK:
            links[row["decision"]] = (
                {"link": row["decision"], "from_kind": "parties", "from_id": who} | _said(said) | made
            )
    named = _frame("parties", people).with_columns(name_key=name_keys(pl.col("name")))
    return named, _frame("links", links)


def _said(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a decision says of a link beside its first end."""
    days = {day: said.get(day) and date.fromisoformat(said[day]) for day in ("start", "end")}
    named = ("to_kind", "to_id", "share_low", "share_high")
    return {"kind": said["link_kind"]} | {name: said.get(name) for name in named} | days


def _frame(name: str, rows: Mapping[str, dict[str, Any]]) -> pl.DataFrame:
    known = table(name)
    listed = [{c: row.get(c) for c in known.schema} for row in rows.values()]
    return pl.DataFrame(listed, schema=known.schema)


def _holder_name(accounts: pl.DataFrame, account: str) -> str | None:
    """Return a holder's name as the account's own books write it, else as anybody does."""
    rows = accounts.filter(pl.col("account") == account, pl.col("holder_name").is_not_null())
    names = rows.sort(pl.col("own_books").fill_null(value=False).not_(), "source", "record", "holder_name")[
        "holder_name"
    ]
    return names[0] if len(names) else None


# ---- categories


def marked(decisions: pl.DataFrame) -> pl.DataFrame:
    """Return the latest category that people decided of each party: ``party``, ``subject_category``, ``decision``."""
    rows = standing(decisions).filter(pl.col("kind") == CATEGORY, pl.col("outcome").is_in(CATEGORIES))
    rows = rows.unique("subject", keep="first", maintain_order=True)
    return rows.select(party="subject", subject_category="outcome", decision="decision")


def categorised(parties: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Return the table `parties` with the decided category in every record of a party, where one was decided."""
    said = marked(decisions).select("party", decided="subject_category")
    rows = parties.join(said, on="party", how="left", maintain_order="left")
    return rows.with_columns(subject_category=pl.coalesce("decided", "subject_category")).drop("decided")


def categories(parties: pl.DataFrame, decisions: pl.DataFrame) -> pl.DataFrame:
    """Return the category of each party.

    Parameters
    ----------
    parties, decisions : polars.DataFrame
        Rows of these tables.

    Returns
    -------
    polars.DataFrame
        One row a party, by id: ``party``, ``subject_category``, ``decision`` (id; null where a record says so, or
        nobody). Of several records of one party, one that calls it a victim counts, then the first.
    """
    protects = pl.col("subject_category").is_in(VICTIMS).fill_null(value=False)
    first = parties.sort("party", ~protects, "source", "record", nulls_last=True)
    first = first.group_by("party", maintain_order=True).agg(pl.col("subject_category").drop_nulls().first())
    rows = first.select("party", recorded="subject_category")
    rows = rows.join(marked(decisions), on="party", how="full", coalesce=True)
    category = pl.coalesce("subject_category", "recorded", pl.lit("unclassified"))
    return (
        rows.select("party", "decision", subject_category=category)
        .select("party", "subject_category", "decision")
        .sort("party")
    )


def victims(
    parties: pl.DataFrame, accounts: pl.DataFrame, identifiers: pl.DataFrame, links: pl.DataFrame
) -> pl.DataFrame:
    """Return the parties that are (possible) victims, and the accounts they hold.

    Parameters
    ----------
    parties, accounts, identifiers, links : polars.DataFrame
        Rows of these tables, `decided` before. One record that calls a party a victim is enough. A likeness of a
        holder's name with any name of a victim is enough, too: it only hides.

    Returns
    -------
    polars.DataFrame
        ``kind`` (party, account), ``id``; each once, in order.
    """
    people = parties.filter(pl.col("subject_category").is_in(VICTIMS))
    ids = people["party"].unique().implode()
    others = identifiers.filter(pl.col("subject").is_in(ids), pl.col("scheme") == "name")["value"]
    keys = pl.concat([people["name"], others]).to_frame("name").select(name_keys(pl.col("name"))).to_series()
    keys = keys.filter(keys != "").implode()
    held = accounts.filter(pl.col("holder").is_in(ids) | name_keys(pl.col("holder_name")).is_in(keys))["account"]
    linked = links.filter(pl.col("kind") == "holds", pl.col("from_id").is_in(ids))["to_id"].drop_nulls()
    found = [people["party"], held, linked]
    kinds = ("party", "account", "account")
    return (
        pl.concat(
            [pl.select(kind=pl.lit(kind), id=column) for kind, column in zip(kinds, found, strict=True) if len(column)]
            or [pl.DataFrame(schema=_SUBJECTS)]
        )
        .unique()
        .sort("kind", "id")
    )


def presumed(
    found: pl.DataFrame,
    parties: pl.DataFrame,
    accounts: pl.DataFrame,
    identifiers: pl.DataFrame,
    links: pl.DataFrame,
) -> pl.DataFrame:
    """Return whom to protect where findings hold parties or accounts for a possible victim's.

    Parameters
    ----------
    found : polars.DataFrame
        ``kind`` (party, account), ``id``: what findings hold.
    parties, accounts, identifiers, links : polars.DataFrame
        Rows of these tables, `decided` before.

    Returns
    -------
    polars.DataFrame
        ``kind``, ``id``; each once, in order: those found, holders of the accounts, and whatever else these hold,
        as for `victims`. Whom a record or a decision of two people calls a suspect is not among them.
    """
    of_kind = {kind: found.filter(pl.col("kind") == kind)["id"].unique() for kind in ("party", "account")}
    held = holders(accounts, links).select("account", "party")
    accused = parties.filter(pl.col("subject_category").is_in(SUSPECTS))["party"].unique().implode()
    cleared = held.filter(pl.col("party").is_in(accused))["account"].implode()
    own = of_kind["account"].filter(~of_kind["account"].is_in(cleared))
    holding = held.filter(pl.col("account").is_in(own.implode()))["party"]
    ids = pl.concat([of_kind["party"], holding]).unique()
    ids = ids.filter(~ids.is_in(accused))
    # Who is a holder by name alone is protected by that name.
    named = accounts.filter(pl.col("account").is_in(own.implode())).select(party="account", name="holder_name")
    known = parties.filter(pl.col("party").is_in(ids.implode())).select("party", "name")
    unknown = ids.filter(~ids.is_in(known["party"].implode()))
    rows = [known, named, pl.DataFrame({"party": unknown, "name": pl.Series([None] * len(unknown), dtype=TEXT)})]
    people = pl.concat(rows).with_columns(subject_category=pl.lit("possible_victim"))
    protected = victims(people, accounts, identifiers, links)
    mine = pl.DataFrame({"kind": ["account"] * len(own), "id": own}, schema=_SUBJECTS)
    of_party = (pl.col("kind") == "party") & pl.col("id").is_in(ids.implode())
    of_account = (pl.col("kind") == "account") & ~pl.col("id").is_in(cleared)
    return pl.concat([protected.filter(of_party | of_account), mine]).unique().sort("kind", "id")


def by_kind(found: pl.DataFrame) -> dict[str, frozenset[str]]:
    """Return the ids of parties and of accounts in ``kind``, ``id``."""
    return {kind: frozenset(found.filter(pl.col("kind") == kind)["id"]) for kind in ("party", "account")}


def hypotheses(findings: pl.DataFrame) -> pl.DataFrame:
    """Return whom findings that stand hold for a possible victim.

    Parameters
    ----------
    findings : polars.DataFrame
        Rows of the table `findings`.

    Returns
    -------
    polars.DataFrame
        ``kind`` (party, account), ``id``; each once, in order.
    """
    says = pl.col("subjects").str.contains('"possible_victim"', literal=True)
    rows = findings.filter(pl.col("status") != "withdrawn", says)["subjects"]
    found = {(s["kind"], s["id"]) for listed in rows for s in json.loads(listed) if s["role"] == "possible_victim"}
    return pl.DataFrame(sorted(found), schema=_SUBJECTS, orient="row")


# ---- holding and control


def holders(accounts: pl.DataFrame, links: pl.DataFrame) -> pl.DataFrame:
    """Return who holds which account by id: ``account``, ``party``, ``start``, ``end`` (days; null where open).

    A name that is alike is no holder here.
    """
    known = accounts.filter(pl.col("holder").is_not_null()).select(
        "account", party="holder", start=pl.lit(None, DAY), end=pl.lit(None, DAY)
    )
    linked = links.filter(pl.col("kind") == "holds", pl.col("from_id").is_not_null(), pl.col("to_id").is_not_null())
    linked = linked.select("start", "end", account="to_id", party="from_id").select(known.columns)
    dated = linked.unique()
    return pl.concat([known.unique().join(dated, on=["account", "party"], how="anti"), dated]).sort(
        "account", "party", "start", "end"
    )


def control(links: pl.DataFrame, accounts: pl.DataFrame) -> pl.DataFrame:
    """Return who controls which account, and when.

    Parameters
    ----------
    links : polars.DataFrame
        Rows of the table `links`, `decided` before.
    accounts : polars.DataFrame
        Rows of the table `accounts`: who controls a party controls what it holds. What it controls in turn is a
        question of its own.

    Returns
    -------
    polars.DataFrame
        One row a control: ``account``, ``controller_kind`` (table), ``controller`` (id), ``through`` (party that holds
        the account, where control is of the party), ``start``, ``end`` (first and last day; null where open),
        ``origin`` (``decision`` or ``record``), ``source`` (decision's id, or SHA-256), ``link``.
    """
    said = links.filter(pl.col("kind") == CONTROLS, pl.col("from_id").is_not_null(), pl.col("to_id").is_not_null())
    said = said.select(
        "to_id",
        "to_kind",
        "start",
        "end",
        "source",
        "link",
        controller_kind="from_kind",
        controller="from_id",
        origin=pl.when(pl.col("loader") == DECISION).then(pl.lit("decision")).otherwise(pl.lit("record")),
    )
    held = holders(accounts, links).rename({"start": "held_from", "end": "held_until"})
    through = said.join(held, left_on="to_id", right_on="party").with_columns(
        through="to_id", start=pl.max_horizontal("start", "held_from"), end=pl.min_horizontal("end", "held_until")
    )
    through = through.filter((pl.col("start") <= pl.col("end")).fill_null(value=True))
    of_account = pl.coalesce(pl.col("to_kind") == "accounts", pl.col("to_id").is_in(accounts["account"].implode()))
    direct = said.filter(of_account).with_columns(account="to_id", through=pl.lit(None, TEXT))
    rows = pl.concat([direct.select(*_CONTROL), through.select(*_CONTROL)])
    return rows.unique().sort(*_CONTROL)


def controllers(controlled: pl.DataFrame, account: str, day: date) -> pl.DataFrame:
    """Return who controls an account on a day: rows of what `control` returns."""
    there = (pl.col("start") <= day).fill_null(value=True) & (pl.col("end") >= day).fill_null(value=True)
    return controlled.filter(pl.col("account") == account, there)
