"""A case as nodes and relationships: frames whose columns are the schema's property keys, possible victims masked."""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.exchange.neo4j import schema
from finvest.exchange.neo4j.finding_nodes import findings
from finvest.exchange.neo4j.material import ENDS, Part, shaped
from finvest.model.errors import UsageError
from finvest.model.identifiers import opaque
from finvest.model.instants import local_days
from finvest.model.subjects import holders, mask
from finvest.views.masking import WITHHELD, Masks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from finvest.exchange.neo4j.material import Material

logger = logging.getLogger("finvest.exchange")

_PROVENANCE = ("source", "record", "handling")
_FREE = ("label", "name", "text", "value", "reference", "sentence", "number", "city")
"""Properties that may hold what a possible victim is known by."""


def parts(of: Material) -> list[Part]:
    """Return every node, then every relationship of a case, in a fixed order.

    Raises
    ------
    UsageError
        If an id is longer than a server can keep unique.
    """
    people = _parties(of)
    nodes = [_accounts(of), *_by_kind(people), _addresses(of), _contacts(of), findings(of)]
    known = {label: set[str]() for label in ("Account", "Party", "Address", "Contact", "Finding")}
    for part in nodes:
        known[part.element.name].update(part.frame["id"])
    edges = [*_links(of, known), *_has_contact(of, known), *_involves(of, known), _transfers(of)]
    made = [part for part in (*nodes, *edges) if len(part.frame)]
    masks = Masks(of.hidden)
    made = [_cleared(part, masks) for part in made]
    for part in made:
        if (part.frame["id"].str.len_bytes().max() or 0) > schema.LONGEST_ID:  # type: ignore[operator]
            raise UsageError(
                f"an id of {part.name} is longer than the {schema.LONGEST_ID:,} bytes that a server keeps unique; "
                "give these records shorter ids"
            )
    return made


def _cleared(part: Part, masks: Masks) -> Part:
    free = [c for c in _FREE if c in part.frame.columns]
    if not free:
        return part
    cleared = masks.texts(part.frame.select(free))
    return Part(part.element, part.frame.with_columns(cleared.get_columns()), part.ends, part.label)


def _provenance(rows: pl.DataFrame, key: str) -> pl.DataFrame:
    """Return source and record of the first record of each key, and the strictest handling code."""
    own = [pl.col("own_books").fill_null(value=False).not_()] if "own_books" in rows.columns else []
    ordered = rows.sort(key, *own, "source", "record", nulls_last=True)
    return ordered.group_by(key, maintain_order=True).agg(
        pl.col("source").first(), pl.col("record").first(), pl.col("handling").max()
    )


def _accounts(of: Material) -> Part:
    rows = of.view.frame("accounts")
    hidden = {id_: label for (kind, id_), label in of.view.hidden.items() if kind == "account"} if of.named else {}
    ids = rows["account"]
    labels = [hidden.get(id_, label) for id_, label in zip(ids, of.view.labels, strict=True)]
    rows = rows.with_columns(id="account", label=pl.Series(labels, dtype=pl.String))
    rows = rows.join(_provenance(of.table("accounts"), "account"), on="account", how="left", maintain_order="left")
    return Part(schema.node("Account"), shaped(schema.node("Account"), rows))


def _parties(of: Material) -> pl.DataFrame:
    element, victims = schema.node("Party"), of.victims("party")
    given = of.view.frame("parties") if of.view.lacks(["parties"]) is None else of.table("parties")
    rows = given.select("kind", "name", "country", *_PROVENANCE, id="party", category=pl.col("subject_category"))
    companies = of.table("companies")
    mentioned = {"company": [companies["party"]], "unknown": [*_mentioned(of)]}
    for kind, columns in mentioned.items():
        ids = pl.concat([c.rename("id") for c in columns]).drop_nulls().unique().sort()
        rows = pl.concat(
            [rows, ids.filter(~ids.is_in(rows["id"].implode())).to_frame().with_columns(kind=pl.lit(kind))],
            how="diagonal",
        )
    about = companies.sort("party", "source", "record", nulls_last=True).unique(
        "party", keep="first", maintain_order=True
    )
    said = ("number", "register", "legal_form", "activity", "incorporated", "dissolved", "status", "declared_staff")
    rows = rows.join(about.select(*said, id="party"), on="id", how="left", maintain_order="left")
    masked = pl.col("id").is_in(sorted(victims))
    calls = pl.Series("mask", [mask("party", id_) for id_ in rows["id"]], dtype=pl.String)
    rows = rows.with_columns(calls).with_columns(
        name=pl.when(masked).then("mask").otherwise("name"),
        number=pl.when(masked).then(None).otherwise("number"),
        category=pl.col("category").fill_null("unclassified"),
    )
    return shaped(element, rows)


def _mentioned(of: Material) -> Iterable[pl.Series]:
    links, accounts = of.table("links"), of.table("accounts")
    for end in ENDS:
        yield links.filter(pl.col(f"{end}_kind").is_in(["parties", "companies"]))[f"{end}_id"]
    yield accounts["holder"]
    employed = of.table("employments")
    yield employed["employer"]
    yield employed["worker"]


def _by_kind(people: pl.DataFrame) -> list[Part]:
    element = schema.node("Party")
    known = pl.col("kind").is_in(list(element.more))
    return [
        *(Part(element, people.filter(pl.col("kind") == kind), (), label) for kind, label in element.more.items()),
        Part(element, people.filter(~known.fill_null(value=False))),
    ]


def _addresses(of: Material) -> Part:
    element = schema.node("Address")
    links = of.table("links")
    # A victim's address says who it is; that several people share it can still be seen.
    lived = links.filter(pl.col("from_id").is_in(sorted(of.victims("party"))))["to_id"].drop_nulls().unique()
    masked = pl.col("id").is_in(lived.implode())
    rows = of.table("addresses").with_columns(id="address")
    rows = rows.with_columns(
        text=pl.when(masked).then(pl.lit(WITHHELD)).otherwise("text"),
        postcode=pl.when(masked).then(None).otherwise("postcode"),
    )
    return Part(element, shaped(element, rows))


def _contact_rows(of: Material) -> pl.DataFrame:
    """Return the table `contacts` with ``id`` (one number or address, one id) and ``masked``.

    The id of one that a possible victim has is no hash of it: numbers can be tried out.
    """
    victims = pl.Series(sorted(of.victims("party") | of.victims("account")), dtype=pl.String)
    rows = of.table("contacts").sort("source", "record", nulls_last=True)
    rows = rows.with_columns(
        _kind=pl.col("kind").fill_null(""),
        _key=pl.coalesce("key", "value", pl.lit("")),
        _place=pl.format("{}-{}", pl.col("source").fill_null(""), pl.col("record").fill_null(0)),
    )
    rows = rows.with_columns(
        pl.col("_place").first().over("_kind", "_key"),
        masked=pl.col("subject").is_in(victims.implode()).fill_null(value=False).any().over("_kind", "_key"),
    )
    known = rows.select("_kind", pl.when("masked").then("_place").otherwise("_key"))
    return rows.with_columns(pl.Series("id", [opaque("k", *row) for row in known.iter_rows()], dtype=pl.String))


def _contacts(of: Material) -> Part:
    element = schema.node("Contact")
    rows = _contact_rows(of)
    rows = rows.with_columns(value=pl.when("masked").then(pl.lit(WITHHELD)).otherwise("value"))
    return Part(element, shaped(element, rows))


# ---- relationships


def _links(of: Material, known: Mapping[str, set[str]]) -> list[Part]:
    links = of.table("links").select(
        "link", "kind", "from_kind", "from_id", "to_kind", "to_id", "share_low", "share_high", "start", "end",
        *_PROVENANCE,
    )  # fmt: skip
    links = pl.concat([links, _held(of, links), _employed(of, links)], how="diagonal")
    ids = [given or opaque("l", *("" if v is None else str(v) for v in rest)) for given, *rest in links.iter_rows()]
    links = links.with_columns(id=pl.Series(ids, dtype=pl.String))
    held = pl.all_horizontal(pl.col(f"{end}_kind").is_in(list(schema.TABLES)).fill_null(value=False) for end in ENDS)
    held &= pl.all_horizontal(pl.col(f"{end}_id").is_not_null() for end in ENDS)
    if missing := links.filter(~held).height:
        logger.warning(
            "relations that are not in the graph: %d; an end is not known, or is of a kind it does not hold", missing
        )
    links = links.filter(held)
    contact = dict(_contact_rows(of).select("contact", "id").drop_nulls().iter_rows())
    rows = links.rename({"from_id": "from", "to_id": "to"}).with_columns(
        *(
            pl.when(pl.col(f"{end}_kind") == "contacts").then(pl.col(end).replace(contact)).otherwise(end).alias(end)
            for end in ENDS
        ),
        *(pl.col(f"{end}_kind").replace_strict(schema.TABLES, default=None).alias(f"_{end}") for end in ENDS),
        _type=pl.col("kind").replace_strict(schema.LINKS, default="RELATED_TO", return_dtype=pl.String),
    )
    found = []
    for (name, first, second), group in rows.sort("_type", "_from", "_to", "id").group_by(
        "_type", "_from", "_to", maintain_order=True
    ):
        ends = (str(first), str(second))
        element = schema.relationship(str(name))
        if ends not in element.ends:
            element = schema.relationship("RELATED_TO")
        frame = _joined(group, known, ends)
        found.append(Part(element, shaped(element, frame), ends))
    return _merged(found)


def _merged(found: list[Part]) -> list[Part]:
    """Put parts of one type and the same ends together."""
    together: dict[tuple[Any, ...], Part] = {}
    for part in found:
        key = (part.element.name, *part.ends)
        if key in together:
            frame = pl.concat([together[key].frame, part.frame], how="diagonal").unique("id", keep="first").sort("id")
            part = Part(part.element, frame, part.ends)  # noqa: PLW2901 - the same, with what was there
        together[key] = part
    return list(together.values())


def _joined(rows: pl.DataFrame, known: Mapping[str, set[str]], ends: tuple[str, str]) -> pl.DataFrame:
    """Keep relationships both of whose ends are there."""
    for end, label in zip(ENDS, ends, strict=True):
        rows = rows.filter(pl.col(end).is_in(pl.Series(sorted(known[label]), dtype=pl.String).implode()))
    return rows


def _held(of: Material, links: pl.DataFrame) -> pl.DataFrame:
    """Return who holds an account as the table `accounts` says, where no link does."""
    accounts = of.table("accounts")
    rows = holders(accounts, of.table("links")).select(from_id="party", to_id="account")
    said = links.filter(pl.col("kind") == "holds").select("from_id", "to_id")
    rows = rows.unique(maintain_order=True).join(said, on=["from_id", "to_id"], how="anti", maintain_order="left")
    rows = rows.join(_provenance(accounts, "account"), left_on="to_id", right_on="account", how="left")
    fixed = {"kind": "holds", "from_kind": "parties", "to_kind": "accounts"}
    return rows.with_columns(**{c: pl.lit(v) for c, v in fixed.items()}).sort("from_id", "to_id")


def _employed(of: Material, links: pl.DataFrame) -> pl.DataFrame:
    """Return who employs whom as the table `employments` says, where no link does."""
    rows = of.table("employments").drop_nulls(["employer", "worker"])
    rows = (
        rows.sort("employer", "worker", "source", "record", nulls_last=True)
        .group_by(from_id="employer", to_id="worker", maintain_order=True)
        .agg(
            pl.col("start").min(),
            pl.col("end").max(),
            pl.col("source").first(),
            pl.col("record").first(),
            pl.col("handling").max(),
        )
    )
    said = links.filter(pl.col("kind") == "employs").select("from_id", "to_id")
    rows = rows.join(said, on=["from_id", "to_id"], how="anti", maintain_order="left")
    fixed = {"kind": "employs", "from_kind": "parties", "to_kind": "parties"}
    return rows.with_columns(**{c: pl.lit(v) for c, v in fixed.items()})


def _has_contact(of: Material, known: Mapping[str, set[str]]) -> list[Part]:
    element = schema.relationship("HAS_CONTACT")
    rows = _contact_rows(of).drop_nulls("subject").rename({"subject": "from", "id": "to"})
    asked = rows.select("from", "to", "start", "end").iter_rows()
    ids = [opaque("h", *("" if v is None else str(v) for v in row)) for row in asked]
    rows = rows.with_columns(id=pl.Series(ids, dtype=pl.String))
    of_each = {label: _joined(rows, known, (label, "Contact")) for label in ("Account", "Party")}
    return [Part(element, shaped(element, frame), (label, "Contact")) for label, frame in of_each.items()]


def _involves(of: Material, known: Mapping[str, set[str]]) -> list[Part]:
    element = schema.relationship("INVOLVES")
    rows = [
        (opaque("i", finding, said["column"], said["kind"], said["id"]), finding, said["id"], said["role"])
        for finding, text in of.findings.select("finding", "subjects").iter_rows()
        for said in json.loads(text)
    ]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(("id", *ENDS, "role"), pl.String), orient="row")
    of_each = {label: _joined(frame, known, ("Finding", label)) for label in ("Account", "Party")}
    return [Part(element, shaped(element, found), ("Finding", label)) for label, found in of_each.items()]


def _transfers(of: Material) -> Part:
    element = schema.relationship("TRANSFER")
    wanted = of.movements.select(
        "zone", "currency", "received_currency", "earliest", "latest", "precision", "channel", "reference", "records",
        *_PROVENANCE,
        **{"id": "movement", "from": "originator", "to": "beneficiary", "counted": "in_shapes"},
        amount_minor=pl.col("amount").cast(pl.Int64),
        received_minor=pl.col("received_amount").cast(pl.Int64),
    )  # fmt: skip
    rows = wanted.collect()
    rows = rows.with_columns(booked_on=local_days(rows.select("zone", booked_at="earliest")))
    return Part(element, shaped(element, rows), ("Account", "Account"))
