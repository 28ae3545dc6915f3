"""From read rows of lists to the tables: ids of companies, persons and accounts, and what else each row says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl

from finvest.model import identifiers as known
from finvest.model.records import Batch, Source
from finvest.model.statements import books
from finvest.model.tables import table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NUMBER, LISTED = "company_number", "listed"
"""Schemes by which a company and a listed person are known: the number in a register, the number in a list."""

ENDS = {"person": "parties", "company": "parties", "party": "parties", "account": "accounts"}
"""What an end of a relation can be, and the table that it is in."""

_PARTIES = {"worker", "party", "tenant", "landlord", "claimant", "holder", "passenger"}
_FIRMS = {"employer", "supplier", "customer"}
"""Mostly companies of a register: the column of the same name with ``_kind`` says where it is a person of the list."""

_ACCOUNTS = {"payee_account", "account", "paid_from"}


def party_id(scheme: str, issuer: str, key: str) -> str:
    """Return the opaque id of a party.

    Parameters
    ----------
    scheme : str
        How it is known: `NUMBER` in a register, `LISTED` in a list, or by ``name`` alone.
    issuer : str
        Register or list; for what only a name says, where the name stands.
    key : str
        Comparison key of number or name.
    """
    return known.opaque("p", scheme, issuer, key)


def tables(rows: pl.DataFrame, name: str, source: Source, loader: str) -> Iterator[Batch]:
    """Turn read rows into rows of the tables.

    Parameters
    ----------
    rows : polars.DataFrame
        As `finvest.reading.rolls.rolls` returns them, without those that are set aside.
    name : str
        Table that the rows belong to.
    source : Source
        Where they come from.
    loader : str
        Name of the loader.
    """
    if rows.is_empty():
        return
    made = {"companies": _companies, "parties": _parties, "links": _links, "accounts": _accounts}.get(name, _others)
    for to, frame in made(rows, name, source):
        schema = table(to).schema
        kept = frame.select(c for c in schema if c in frame.columns)
        yield Batch(to, kept.with_columns(source=pl.lit(source.sha256), loader=pl.lit(loader)))


def _text(rows: pl.DataFrame, name: str) -> pl.Expr:
    return pl.col(name) if name in rows.columns else pl.lit(None, pl.String)


def _known(rows: pl.DataFrame, source: Source, scheme: str, issuer: pl.Expr) -> pl.DataFrame:
    """Add how each row's party is known: scheme, issuer, key, and its id."""
    rows = rows.with_columns(_number=_text(rows, "number"), _name=_text(rows, "name"), _issuer=issuer.fill_null(""))
    numbered = pl.col("_number").is_not_null()
    rows = rows.with_columns(
        _scheme=pl.when(numbered).then(pl.lit(scheme)).otherwise(pl.lit(known.NAME)),
        # A name alone is nobody else's: two rows of one name stay two until somebody decides.
        _within=pl.when(numbered)
        .then(known.text_keys(pl.col("_issuer")))
        .otherwise(pl.format("{}-{}", pl.lit(source.sha256[:12]), pl.col("record"))),
        _key=pl.when(numbered)
        .then(pl.col("_number").str.to_uppercase().str.replace_all("[^0-9A-Z]", ""))
        .otherwise(known.name_keys(pl.col("_name").fill_null(""))),
    )
    ids = [party_id(*row) for row in rows.select("_scheme", "_within", "_key").iter_rows()]
    return rows.with_columns(party=pl.Series(ids, dtype=pl.String))


def _identifiers(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        "record",
        "line",
        subject="party",
        subject_kind=pl.lit("party"),
        scheme="_scheme",
        issuer=pl.when(pl.col("_issuer") != "").then("_issuer"),
        value=pl.coalesce("_number", "_name"),
        key="_key",
    )


def _companies(rows: pl.DataFrame, name: str, source: Source) -> Iterator[tuple[str, pl.DataFrame]]:
    rows = _known(rows, source, NUMBER, pl.coalesce(_text(rows, "register"), _text(rows, "country")))
    rows = rows.with_columns(number_key=pl.when(pl.col("_scheme") == NUMBER).then("_key"))
    yield name, rows
    yield (
        "parties",
        rows.select(
            "record",
            "line",
            "party",
            kind=pl.lit("company"),
            name="_name",
            name_key=known.name_keys(pl.col("_name")),
            country=_text(rows, "country"),
        ),
    )
    yield "identifiers", _identifiers(rows)
    if "directors" not in rows.columns:
        return
    people = rows.select("record", "line", company="party", name=pl.col("directors").str.split(";")).explode("name")
    people = people.with_columns(pl.col("name").str.strip_chars()).filter(pl.col("name") != "")
    if people.is_empty():
        return
    people = people.with_columns(name_key=known.name_keys(pl.col("name")))
    people = people.unique(["company", "name_key"], keep="first", maintain_order=True)
    ids = [party_id(known.NAME, *row) for row in people.select("company", "name_key").iter_rows()]
    links = [known.opaque("l", "directs", a, b) for a, b in zip(ids, people["company"], strict=True)]
    people = people.with_columns(party=pl.Series(ids), link=pl.Series(links))
    yield "parties", people.select("record", "line", "party", "name", "name_key", kind=pl.lit("person"))
    yield (
        "identifiers",
        people.select(
            "record",
            "line",
            subject="party",
            subject_kind=pl.lit("party"),
            scheme=pl.lit(known.NAME),
            issuer="company",
            value="name",
            key="name_key",
        ),
    )
    yield (
        "links",
        people.select(
            "record",
            "line",
            "link",
            kind=pl.lit("directs"),
            from_kind=pl.lit("parties"),
            from_id="party",
            to_kind=pl.lit("parties"),
            to_id="company",
        ),
    )


def _parties(rows: pl.DataFrame, name: str, source: Source) -> Iterator[tuple[str, pl.DataFrame]]:
    rows = _known(rows, source, LISTED, _text(rows, "register"))
    kind = _text(rows, "kind").fill_null("unknown")
    yield name, rows.with_columns(name_key=known.name_keys(pl.col("_name")), kind=kind)
    yield "identifiers", _identifiers(rows)


def _account_ids(rows: pl.DataFrame, number: str, bank: str, source: Source) -> tuple[pl.Series, list[Batch]]:
    """Return the account of each row, as statements would name it, and what is known of it."""
    asked = rows.select(
        "record",
        "line",
        own_number=_text(rows, number),
        own_bank=_text(rows, bank),
        own_name=_text(rows, "holder_name"),
        own_currency=_text(rows, "currency"),
    )
    return books(asked, source, "")


def _accounts(rows: pl.DataFrame, name: str, source: Source) -> Iterator[tuple[str, pl.DataFrame]]:
    number = "number" if "number" in rows.columns else "account"
    ids, made = _account_ids(rows, number, "bank", source)
    if "holder" in rows.columns:
        rows = rows.with_columns(_party_ids(rows, "holder", _text(rows, "holder_kind").fill_null("person")))
    yield (
        name,
        rows.with_columns(account=ids, kind=_text(rows, "kind").fill_null("bank"), own_books=pl.lit(value=False)),
    )
    for batch in made:
        if batch.table == "identifiers":
            yield "identifiers", batch.frame


def _links(rows: pl.DataFrame, name: str, source: Source) -> Iterator[tuple[str, pl.DataFrame]]:
    for end in ("from", "to"):
        given = _text(rows, f"{end}_kind").str.to_lowercase().fill_null("person")
        rows = rows.with_columns(
            given.alias(f"_{end}"), given.replace_strict(ENDS, default="parties").alias(f"{end}_kind")
        )
        of_account = rows.filter(pl.col(f"_{end}") == "account")
        ids, made = _account_ids(of_account, end, f"{end}_bank", source)
        accounts = of_account.select("record").with_columns(ids.alias(f"{end}_id"))
        for batch in made:
            frame = batch.frame.drop("source", "loader")
            if batch.table == "accounts":
                frame = frame.with_columns(own_books=pl.lit(value=False))
            yield batch.table, frame
        people = rows.filter(pl.col(f"_{end}") != "account")
        people = people.select(
            "record",
            "line",
            number=_text(rows, end),
            name=_text(rows, f"{end}_name"),
            register=pl.coalesce(_text(rows, "to_register") if end == "to" else None, _text(rows, "register")),
            kind=pl.col(f"_{end}").replace("party", "unknown"),
        )
        parts = []
        for scheme, part in ((NUMBER, people.filter(pl.col("kind") == "company")),
                             (LISTED, people.filter(pl.col("kind") != "company"))):  # fmt: skip
            if part.is_empty():
                continue
            part_known = _known(part, source, scheme, _text(part, "register"))
            parts.append(part_known.select("record", pl.col("party").alias(f"{end}_id")))
            yield "identifiers", _identifiers(part_known).unique("subject", keep="first", maintain_order=True)
            named = part_known.filter(pl.col("_name").is_not_null())
            yield "parties", named.with_columns(name_key=known.name_keys(pl.col("name")))
        rows = rows.drop(f"{end}_id", strict=False)
        rows = rows.join(pl.concat([accounts, *parts]), on="record", how="left", maintain_order="left")
    share = _text(rows, "share").str.extract_groups(r"^\s*([0-9.]+)[\s%]*(?:(?:-|\x{2013}|to)\s*([0-9.]+))?").struct
    yield (
        name,
        rows.with_columns(
            link=_opaque(rows, "l", source),
            share_low=share.field("1"),
            share_high=pl.coalesce(share.field("2"), share.field("1")),
        ),
    )


def _others(rows: pl.DataFrame, name: str, source: Source) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield rows of a table that has no rules of its own; numbers of parties and accounts become their ids."""
    first = table(name).columns[0]
    if name == "contacts":
        rows = _with_subjects(rows, source)
    for column in [c for c in rows.columns if c in _PARTIES | _FIRMS]:
        kind = _text(rows, f"{column}_kind").fill_null("company" if column in _FIRMS else "person")
        rows = rows.with_columns(_party_ids(rows, column, kind))
    for column in [c for c in rows.columns if c in _ACCOUNTS]:
        rows = rows.with_columns(_account_ids(rows, column, "bank", source)[0].alias(column))
    keys = {"phone": _CONTACT_KEYS["phone"], "email": _CONTACT_KEYS["email"]} if name == "adverts" else {}
    rows = rows.with_columns(_mapped(rows[c], key) for c, key in keys.items() if c in rows.columns)
    if "deductions" in rows.columns:
        rows = rows.with_columns(_mapped(rows["deductions"], _deductions))
    if first.meaning.startswith("opaque id"):
        rows = rows.with_columns(pl.coalesce(_text(rows, first.name), _opaque(rows, name[0], source)).alias(first.name))
    yield name, rows


def _party_ids(rows: pl.DataFrame, column: str, kind: pl.Expr) -> pl.Series:
    """Return ids of the parties that a column numbers: persons by the list, companies by their register."""
    said = rows.with_columns(
        _firm=kind == "company",
        _person=known.text_keys(_text(rows, "register").fill_null("")),
        _company=known.text_keys(_text(rows, "company_register").fill_null("")),
    ).select(column, "_firm", "_person", "_company")
    distinct = said.unique().drop_nulls(column)
    ids = [
        party_id(NUMBER, company, known.number_key(key)) if firm else party_id(LISTED, person, known.number_key(key))
        for key, firm, person, company in distinct.iter_rows()
    ]
    distinct = distinct.with_columns(pl.Series("id", ids, pl.String))
    return said.join(distinct, on=said.columns, how="left", maintain_order="left")["id"].alias(column)


def _with_subjects(rows: pl.DataFrame, source: Source) -> pl.DataFrame:
    """Add whose contact it is, an account or a party, and the comparison key of each contact."""
    kind = _text(rows, "subject_kind").fill_null("account")
    parties = _party_ids(rows, "subject", kind)
    accounts = _account_ids(rows, "subject", "bank", source)[0]
    said = _text(rows, "kind").fill_null("")
    key = pl.coalesce(
        pl.when(said == of).then(_mapped(rows["value"], function)) for of, function in _CONTACT_KEYS.items()
    )
    return rows.with_columns(
        subject=pl.when(kind == "account").then(pl.lit(accounts)).otherwise(pl.lit(parties)),
        key=pl.coalesce(key, known.text_keys(pl.col("value"))),
    )


def _mapped(text: pl.Series, function: Callable[[str], str]) -> pl.Series:
    """Return what a function makes of each text; it is asked once for each different one."""
    made = {value: function(value) for value in text.drop_nulls().unique()}
    return text.replace_strict(made, default=None, return_dtype=pl.String)


def _deductions(text: str) -> str:
    """Return deductions written ``housing 250.00; transport 60.00`` as JSON: kind, and the sum as written."""
    parts = [part.strip().rpartition(" ") for part in text.split(";")]
    return json.dumps({kind.strip(): amount for kind, _, amount in parts}, ensure_ascii=False)


_CONTACT_KEYS: dict[str, Callable[[str], str]] = {
    "phone": known.phone_key,
    "email": lambda text: text.strip().lower(),
}
"""How contacts are compared, by kind; any other by its letters and digits."""

DEDUCTIONS = r"\s*[\p{L}_ -]+ \d+(?:\.\d+)?\s*(?:;\s*[\p{L}_ -]+ \d+(?:\.\d+)?\s*)*"
"""How deductions are written: kind and sum in whole units, separated by semicolons."""


def _opaque(rows: pl.DataFrame, letter: str, source: Source) -> pl.Series:
    return pl.Series([known.opaque(letter, source.sha256[:12], str(r)) for r in rows["record"]], dtype=pl.String)
