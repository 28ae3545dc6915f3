"""From the lines of a statement to rows of the tables: shared by every loader of bank records.

A line says whose books it is from (*own*), who is on the other side (*other*), and which way the money went. Here its
two sides get account ids, and the line becomes a transaction with its accounts and their identifiers.
"""

from __future__ import annotations

import polars as pl

from finvest.model import identifiers as known
from finvest.model.instants import local_days
from finvest.model.records import REASONS, Batch, Source
from finvest.model.tables import table

SIDE = ("number", "bank", "name")

_CASH = ["cash_atm", "cash_branch"]


def batches(lines: pl.DataFrame, source: Source, loader: str, *, both: bool = False) -> list[Batch]:
    """Turn lines into transactions, accounts and identifiers.

    Parameters
    ----------
    lines : polars.DataFrame
        One row a movement. ``record``, ``credit`` (Boolean: the money came in), ``amount`` (Decimal(38, 0), minor
        units, not negative) and ``currency`` are required; ``own_number``, ``own_bank``, ``own_name``,
        ``own_currency``, ``other_number``, ``other_bank``, ``other_name`` (String) where known, and ``payee_name``:
        the receiver as the payer wrote it, whoever holds the account; every other column is one of `transactions` and
        is handed through.
    source : Source
        Where they come from.
    loader : str
        Name of the loader.
    both : bool
        The lines are from a payment file that shows both sides: *own* pays *other*.

    Returns
    -------
    list of Batch
        ``transactions``, ``accounts``, ``identifiers``; none for no lines.

    Notes
    -----
    A zero amount is information and no movement. A side that only a name identifies is an account that only these
    books know (scheme ``name``); one that nothing identifies is the books' ``unknown``; the other side of a cash line
    is ``cash``, by machine where the line names one.
    """
    if lines.is_empty():
        return []
    frame = _with_sides(lines)
    credit = pl.lit(value=False) if both else pl.col("credit")
    frame = frame.with_columns(
        **{
            f"originator{end}": pl.when(credit).then(f"other{end}").otherwise(f"own{end}")
            for end in ("", "_name", "_known_by")
        },
        **{
            f"beneficiary{end}": pl.when(credit).then(f"own{end}").otherwise(f"other{end}")
            for end in ("", "_name", "_known_by")
        },
        books=pl.lit("both") if both else pl.when(credit).then(pl.lit("beneficiary")).otherwise(pl.lit("originator")),
        transaction_id=pl.format("{}-{}", pl.lit(source.sha256[:12]), pl.col("record").cast(pl.String).str.zfill(8)),
        status=pl.when(pl.col("amount") == 0)
        .then(pl.lit("information"))
        .otherwise(pl.col("status") if "status" in frame.columns else pl.lit("booked")),
        origin=pl.lit("observed"),
    )
    if "payee_name" in frame.columns:
        # As the payer wrote it, which need not be whose account it is.
        frame = frame.with_columns(beneficiary_name=pl.coalesce("payee_name", "beneficiary_name"))
    transactions = table("transactions")
    tables = {
        "transactions": frame.select(c for c in transactions.schema if c in frame.columns),
        "accounts": _accounts(frame, both=both),
        "identifiers": _identifiers(frame),
    }
    return [Batch(name, _with_provenance(rows, source, loader)) for name, rows in tables.items()]


def books(statements: pl.DataFrame, source: Source, loader: str) -> tuple[pl.Series, list[Batch]]:
    """Return the account of each statement, for its balances and for statements without a line.

    Parameters
    ----------
    statements : polars.DataFrame
        Columns ``record``, ``line``, ``own_number``, ``own_bank``, ``own_name``, ``own_currency``; a statement without
        a number is of no known account.
    source : Source
        Where they come from.
    loader : str
        Name of the loader.

    Returns
    -------
    account : polars.Series of String, shape (n,)
        Account ids, as `batches` gives them to lines with the same number and bank.
    batches : list of Batch
        ``accounts`` and ``identifiers``.
    """
    keys = ["own_number", "own_bank"]
    known_as = _numbered(statements, "own", pl.lit(None, pl.String))
    frame = statements.join(known_as, on=keys, how="left", nulls_equal=True, maintain_order="left")
    frame = frame.with_columns(own=pl.when(pl.col("own_number").is_not_null()).then("own"))
    numbered = frame.filter(pl.col("own").is_not_null())
    provenance = ("record", "line")
    accounts = numbered.select(
        *provenance,
        account="own",
        kind=pl.lit("bank"),
        own_books=pl.lit(value=True),
        bank="own_bank",
        currency="own_currency",
        holder_name="own_name",
    ).unique(["account", "holder_name"], keep="first", maintain_order=True)
    identifiers = numbered.select(
        *provenance,
        subject="own",
        subject_kind=pl.lit("account"),
        scheme="own_scheme",
        issuer="own_issuer",
        value="own_number",
        key="own_key",
    ).unique(["subject", "value"], keep="first", maintain_order=True)
    tables = {"accounts": accounts, "identifiers": identifiers}
    return frame["own"], [
        Batch(name, _with_provenance(rows, source, loader)) for name, rows in tables.items() if not rows.is_empty()
    ]


def quarantine(lost: pl.DataFrame, source: Source, loader: str) -> Batch:
    """Turn rows that could not be loaded into rows of ``quarantine``.

    Parameters
    ----------
    lost : polars.DataFrame
        ``record``, ``line`` and ``reason``; columns of the table, ``own_number`` with ``own_bank``, and ``booked_at``
        with ``zone``, where known.
    source : Source
        Where they come from.
    loader : str
        Name of the loader.
    """
    known_columns = table("quarantine").schema
    rows = lost.with_columns(expected=pl.col("reason").replace_strict(REASONS))
    if "own_number" in lost.columns:
        rows = rows.with_columns(account=books(lost, source, loader)[0])
    if "booked_at" in lost.columns:
        rows = rows.with_columns(day=local_days(lost))
    return Batch(
        "quarantine", _with_provenance(rows.select(c for c in known_columns if c in rows.columns), source, loader)
    )


def _with_provenance(rows: pl.DataFrame, source: Source, loader: str) -> pl.DataFrame:
    return rows.with_columns(source=pl.lit(source.sha256), loader=pl.lit(loader))


def _with_sides(lines: pl.DataFrame) -> pl.DataFrame:
    """Add ``own``, ``other`` (account ids) and how each is known."""
    wanted: dict[str, type[pl.DataType]] = {f"{side}_{what}": pl.String for side in ("own", "other") for what in SIDE}
    wanted |= {"own_currency": pl.String, "channel": pl.String, "terminal": pl.String, "line": pl.Int64}
    lines = lines.with_columns(pl.lit(None, t).alias(c) for c, t in wanted.items() if c not in lines.columns)
    lines = lines.with_columns(
        pl.when(pl.col(c).str.strip_chars() != "").then(pl.col(c).str.strip_chars()).alias(c)
        for c in wanted
        if c.startswith(("own_", "other_"))
    )
    own = _numbered(lines, "own", pl.lit(None, pl.String))
    lines = lines.join(own, on=["own_number", "own_bank"], how="left", nulls_equal=True, maintain_order="left")
    cash = pl.col("channel").is_in(_CASH).fill_null(value=False)
    lines = lines.with_columns(
        other_scheme=pl.when(cash)
        .then(pl.lit(known.CASH))
        .when(pl.col("other_number").is_not_null())
        .then(pl.lit(known.LOCAL))
        .when(pl.col("other_name").is_not_null())
        .then(pl.lit(known.NAME))
        .otherwise(pl.lit(known.NONE)),
        other_value=pl.when(cash).then("terminal").when(pl.col("other_number").is_null()).then("other_name"),
    )
    numbered = _numbered(lines.filter(pl.col("other_scheme") == known.LOCAL), "other", pl.col("own"))
    lines = lines.join(
        numbered.rename(
            {"other": "_numbered", "other_scheme": "_scheme", "other_issuer": "_issuer", "other_key": "_key"}
        ),
        on=["other_number", "other_bank", "own"],
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )
    by_number = pl.when(pl.col("other_scheme") == known.LOCAL)  # a cash line may name a number too, and stays cash
    lines = lines.with_columns(
        other_key=by_number.then("_key").otherwise(known.text_keys(pl.col("other_value").fill_null(""))),
        other_issuer=by_number.then("_issuer").otherwise("own"),
        other_scheme=by_number.then("_scheme").otherwise("other_scheme"),
    )
    rest = lines.select("other_scheme", "other_issuer", "other_key").unique()
    rest = rest.with_columns(other=_ids(rest, "other"))
    lines = lines.join(rest, on=["other_scheme", "other_issuer", "other_key"], how="left", maintain_order="left")
    return lines.with_columns(_known_by(side).alias(f"{side}_known_by") for side in ("own", "other"))


def _known_by(side: str) -> pl.Expr:
    """Tell whether a side is known by an account (with its bank), a bare number, a name, or not at all."""
    scheme, bank = pl.col(f"{side}_scheme"), pl.col(f"{side}_bank")
    return (
        pl.when(scheme.is_in([known.IBAN, known.IBAN_UNVERIFIED]) | ((scheme == known.LOCAL) & bank.is_not_null()))
        .then(pl.lit("account"))
        .when(scheme == known.LOCAL)
        .then(pl.lit("account" if side == "own" else "number"))
        .when(scheme == known.NAME)
        .then(pl.lit("name"))
        .otherwise(pl.lit("none"))
    )


def _numbered(lines: pl.DataFrame, side: str, owner: pl.Expr) -> pl.DataFrame:
    """Return id, scheme, issuer and key of each distinct number; without a bank the issuer is `owner`."""
    keys = [f"{side}_number", f"{side}_bank"]
    rows = lines.select(*keys, *([] if side == "own" else ["own"]), issuer=owner).unique()
    scheme, key = [], []
    for number in rows[keys[0]]:
        plain = known.iban_key(number or "")
        if known.is_iban(plain):
            scheme.append(known.IBAN)
        elif len(plain) >= known.SHORTEST_IBAN and plain[:2].isalpha() and plain[2:4].isdigit() and plain.isalnum():
            scheme.append(known.IBAN_UNVERIFIED)
        else:
            scheme.append(known.LOCAL)
        key.append(plain if scheme[-1] != known.LOCAL else known.number_key(number or ""))
    banks = {b: known.bank_key(b) for b in rows[keys[1]].unique() if b}  # numbers are many, banks are few
    rows = rows.with_columns(
        pl.Series(f"{side}_scheme", scheme, pl.String),
        pl.Series(f"{side}_key", key, pl.String),
        pl.Series(f"{side}_issuer", [banks.get(b) for b in rows[keys[1]]], pl.String),
    )
    named = pl.coalesce(f"{side}_issuer", "issuer", pl.lit(""))
    issuer = pl.when(pl.col(f"{side}_scheme") == known.LOCAL).then(named).otherwise(pl.lit(""))
    rows = rows.with_columns(issuer.alias(f"{side}_issuer")).drop("issuer")
    return rows.with_columns(_ids(rows, side))


def _ids(rows: pl.DataFrame, side: str) -> pl.Series:
    parts = rows.select(f"{side}_scheme", f"{side}_issuer", f"{side}_key")
    return pl.Series(side, [known.account_id(*row) for row in parts.iter_rows()], pl.String)


def _accounts(frame: pl.DataFrame, *, both: bool) -> pl.DataFrame:
    scheme = pl.col("other_scheme")
    kind = (
        pl.when(scheme == known.CASH)
        .then(pl.lit("cash"))
        .when(scheme == known.NONE)
        .then(pl.lit("unknown"))
        .when(scheme == known.NAME)
        .then(pl.lit("external"))
        .otherwise(pl.lit("bank"))
    )
    sides = [
        frame.select(
            "record",
            "line",
            account="own",
            kind=pl.lit("bank"),
            own_books=pl.lit(value=not both),
            bank="own_bank",
            currency=pl.coalesce("own_currency", pl.lit(None, pl.String)),
            holder_name="own_name",
        ),
        frame.select(
            "record",
            "line",
            account="other",
            kind=kind,
            own_books=pl.lit(value=False),
            bank="other_bank",
            currency=pl.lit(None, pl.String),
            holder_name=pl.when(scheme != known.NONE).then("other_name"),
        ),
    ]
    return (
        pl.concat(sides)
        .sort("record")
        .unique(["account", "own_books", "holder_name"], keep="first", maintain_order=True)
    )


def _identifiers(frame: pl.DataFrame) -> pl.DataFrame:
    sides = [
        frame.select(
            "record",
            "line",
            subject=side,
            subject_kind=pl.lit("account"),
            scheme=f"{side}_scheme",
            issuer=f"{side}_issuer",
            value=pl.coalesce(f"{side}_number", "other_value") if side == "other" else pl.col("own_number"),
            key=f"{side}_key",
        )
        for side in ("own", "other")
    ]
    rows = pl.concat(sides).filter(pl.col("scheme") != known.NONE).sort("record")
    return rows.unique(["subject", "value"], keep="first", maintain_order=True)
