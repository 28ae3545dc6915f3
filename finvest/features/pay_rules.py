"""Rules of pay on file, by country, branch and day, and the exact numbers that hours and rules are written in."""

from __future__ import annotations

import polars as pl

from finvest.view import CaseView, feature

MILLION = 10**6
"""Hours, rates and percentages are whole numbers of millionths: exact, and summed without rounding."""

_PLACES = 6
_NUMBER = r"^([0-9]{1,9})(?:\.([0-9]*))?$"
_LETTER = r"^[A-Z]([0-9])"
"""A section's letter in front of a division's number says nothing more: I55 is 55."""


def exact(text: pl.Expr) -> pl.Expr:
    """Return a decimal text in millionths, Int64; null where it is none, below zero, or finer than a millionth."""
    parts = text.str.strip_chars().str.extract_groups(_NUMBER).struct
    part = parts.field("2").fill_null("").str.strip_chars_end("0")
    digits = parts.field("1") + part.str.pad_end(_PLACES, "0")
    return pl.when(part.str.len_chars() <= _PLACES).then(digits).cast(pl.Int64)


def activity_keys(code: pl.Expr) -> pl.Expr:
    """Return digits of a NACE code, ``I55.10`` as ``5510``; null where there are none."""
    key = code.str.to_uppercase().str.replace_all(r"[^0-9A-Z]", "").str.replace(_LETTER, "$1")
    return pl.when(key != "").then(key)


@feature
def seats(view: CaseView) -> pl.DataFrame:
    """Return country and branch of each party: what the company register says comes first.

    Returns
    -------
    polars.DataFrame, shape (parties,)
        ``party`` (id), ``number``, ``country``, ``activity`` (`activity_keys`), null where not on file.
    """
    parties = view.frame("parties").select("party", number="n", home="country")
    listed = view.frame("companies") if view.lacks(["companies"]) is None else None
    if listed is None:
        none = pl.lit(None, pl.String)
        return parties.select("party", "number", country="home", activity=none)
    listed = listed.group_by("party").agg(
        pl.col("country").drop_nulls().first(), activity=activity_keys(pl.col("activity")).drop_nulls().first()
    )
    rows = parties.join(listed, on="party", how="left", maintain_order="left")
    return rows.select("party", "number", country=pl.coalesce("country", "home"), activity="activity")


def with_rule(view: CaseView, rows: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Add the rule of one kind that holds for each row: the narrowest branch, then the latest.

    Parameters
    ----------
    view : CaseView
    rows : polars.DataFrame
        With ``country``, ``activity`` (`activity_keys`) and ``day``.
    kind : str
        Kind of a rule, like ``hourly_minimum``.

    Returns
    -------
    polars.DataFrame
        `rows` with ``<kind>`` (millionths), ``<kind>_currency`` and ``<kind>_rule`` (row of `wage_rules`), null where
        no readable rule is on file.
    """
    rules = view.frame("wage_rules").filter(pl.col("kind") == kind)
    rules = rules.select(
        "country",
        branch=activity_keys(pl.col("activity")).fill_null(""),
        begin="start",
        until="end",
        value=exact(pl.col("value")),
        money="currency",
        rule="n",
    ).drop_nulls("value")
    asked = rows.select("country", "activity", "day").unique().drop_nulls(["country", "day"])
    held = asked.join(rules, on="country").filter(
        pl.col("begin").is_null() | (pl.col("begin") <= pl.col("day")),
        pl.col("until").is_null() | (pl.col("until") >= pl.col("day")),
        (pl.col("branch") == "") | pl.col("activity").str.starts_with(pl.col("branch")).fill_null(value=False),
    )
    narrowest = held.sort(
        -pl.col("branch").str.len_chars().cast(pl.Int32),
        "begin",
        "rule",
        descending=[False, True, False],
        nulls_last=True,
    ).unique(["country", "activity", "day"], keep="first", maintain_order=True)
    chosen = narrowest.select(
        "country", "activity", "day", **{kind: "value", f"{kind}_currency": "money", f"{kind}_rule": "rule"}
    )
    return rows.join(chosen, on=["country", "activity", "day"], how="left", nulls_equal=True, maintain_order="left")


def cited(view: CaseView, rules: pl.Series, between: str = " or ") -> pl.Series:
    """Say for each list of rows of `wage_rules` what they ask for and who says so.

    Parameters
    ----------
    view : CaseView
    rules : polars.Series of List(UInt32), shape (n,)
    between : str

    Returns
    -------
    polars.Series of String, shape (n,)
        ``hourly minimum 12.82 EUR [text that was read]``, several with `between` between them.
    """
    made_up = pl.when(pl.col("example").fill_null(value=False)).then(pl.lit("an example, no real figure"))
    known = made_up.otherwise(pl.col("known_by").fill_null("source not stated"))
    unit = pl.coalesce(pl.col("currency"), pl.lit("percent"))
    kind = pl.col("kind").str.replace_all("_", " ")
    said = view.frame("wage_rules").select("n", text=pl.format("{} {} {} [{}]", kind, pl.col("value"), unit, known))
    flat = rules.rename("n").to_frame().with_row_index("row").explode("n", empty_as_null=False)
    texts = flat.join(said, on="n").group_by("row").agg(pl.col("text").unique().sort().str.join(between))
    whole = pl.DataFrame({"row": pl.int_range(len(rules), dtype=pl.UInt32, eager=True)})
    return whole.join(texts, on="row", how="left", maintain_order="left")["text"]
