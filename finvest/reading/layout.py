"""Rows of text under a profile, as batches of tables: shared by every loader of rows and columns.

A loader brings rows and says where each came from; here the header is checked against the profile, the caller's
options answer what the profile leaves open, and each row is loaded or set aside with its reason. Every row is counted
once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.errors import SourceError, UsageError
from finvest.model.records import Batch, Source, Tally
from finvest.model.statements import batches, quarantine
from finvest.reading.lines import lines
from finvest.reading.profile import Profile, named
from finvest.reading.profile_rules import Take
from finvest.reading.roll_tables import tables
from finvest.reading.rolls import rolls
from finvest.reading.written import answered, zone_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

OPTIONS = {
    "account": "number of the account whose books these are",
    "bank": "its bank, BIC or name",
    "currency": "ISO 4217 code for rows that do not say",
    "day_first": "true where 05/03 is 5 March, false where it is 3 May",
    "decimal": "decimal sign, . or ,",
    "decimals": "digits after the decimal sign where the currency does not say, and of amounts kept as floats",
    "positive": "credit or debit: what an amount without a minus is",
    "register": "register or list that the numbers belong to",
    "zone": "time zone of the books, IANA name or offset",
}
"""What a caller can answer or say instead of the profile."""


def answer(profile: Profile, **options: Any) -> Profile:  # noqa: ANN401 - each is checked below
    """Return a profile with what the options say.

    Parameters
    ----------
    profile : Profile
        As shipped, proposed, or written by the user.
    **options
        Any of `OPTIONS`; None says nothing.

    Raises
    ------
    UsageError
        If there is no such option, or its value makes no sense.
    """
    if unknown := set(options) - set(OPTIONS):
        raise UsageError(f"no option {min(unknown)!r}; there are {', '.join(OPTIONS)}")
    given = {k: v for k, v in options.items() if v is not None}
    columns = dict(profile.columns)
    fields: dict[str, Any] = {}
    keep = list(profile.keep)
    said = (
        (("account", "own_number"), ("bank", "own_bank")) if profile.table == "transactions" else (("register",) * 2,)
    )
    for option, column in said:
        if option in given:
            # What the file says instead is kept aside.
            said_before = [c for c in columns.get(column, Take()).columns if c not in keep]
            if profile.table == "transactions":
                keep += said_before
            else:
                fields["ignore"] = (*profile.ignore, *said_before)
            if option == "account":
                fields["single"] = (*profile.single, *said_before)
            columns[column] = Take(value=str(given[option]))
    if "currency" in given:
        code = str(given["currency"]).upper()
        said_by = columns.get("currency", Take())
        columns["currency"] = said_by if said_by.constant and said_by.value else replace(said_by, value=code)
    for name in ("decimals", "decimal", "positive"):
        if name in given:
            fields[name] = given[name]
    if "decimal" in given and given["decimal"] in profile.thousands:
        fields["thousands"] = profile.thousands.replace(given["decimal"], "")
    if "zone" in given:
        fields["zone"] = zone_name(str(given["zone"]))
    if "day_first" in given:
        if not isinstance(given["day_first"], bool):
            raise UsageError("day_first must be true or false")
        fields["dates"] = answered(profile.dates, day_first=given["day_first"])
    return replace(profile, columns=columns, keep=tuple(keep), **fields)


class Layout:
    """One file's rows under one profile.

    Parameters
    ----------
    profile : Profile
        What the rows mean.
    source : Source
        Where they come from.
    loader : str
        Name of the loader.
    sheet : bool
        Rows are of a sheet: real dates are written the ISO way.
    **options
        See `OPTIONS`.
    """

    def __init__(self, profile: Profile, source: Source, loader: str, *, sheet: bool = False, **options: Any) -> None:  # noqa: ANN401
        self.shape = profile
        self.profile = answer(profile, **options)
        self.source, self.loader, self.sheet = source, loader, sheet
        self.where: dict[str, str] = {}
        self.values: dict[str, set[str]] = {}
        self.tally = Tally()

    def header(self, names: Iterable[str]) -> None:
        """Take the header; the columns of rows are then ``c0``, ``c1`` and so on.

        Raises
        ------
        SourceError
            If the profile does not fit, or leaves something open that no option answers.
        """
        names = named(names)
        missing, unknown = self.shape.missing(names), self.shape.unknown(names)
        if missing or unknown or not self.shape.matches(names):
            found = [f"it lacks {_quoted(missing)}"] if missing else []
            if unknown and len(unknown) < len(names):
                found.append(f"it has {_quoted(unknown)}, which the profile does not know")
            elif unknown:  # no header at all, it seems: what stands there may be anybody's data
                found.append("it has none of the profile's columns")
            raise SourceError(
                self.source.name,
                f"profile {self.shape.name} does not fit: {' and '.join(found) or 'it is no such file'}; "
                "choose another profile, or add the columns to keep or ignore in a copy of this one",
                self.shape.header_row or None,
            )
        self.where = {name: f"c{i}" for i, name in enumerate(names)}
        if asked := self.profile.open(names):
            says = "; ".join(f"{option} ({OPTIONS[option]})" for option in asked)
            raise SourceError(self.source.name, f"the file does not say it: give the option {says}")

    def take(self, rows: pl.DataFrame) -> Iterator[Batch]:
        """Load rows.

        Parameters
        ----------
        rows : polars.DataFrame
            ``record``, ``line``, ``c0`` … (String), ``kind`` (``header``, ``blank`` or null), ``reason`` (why a row
            is set aside unread, or null); ``extra`` (list of fields beyond the header), ``first_byte`` and
            ``last_byte`` where known.

        Raises
        ------
        SourceError
            If a column holds more values than the profile allows.
        """
        counts = dict(rows.group_by("kind").len().iter_rows())
        unread = rows.filter(pl.col("kind").is_null() & pl.col("reason").is_not_null())
        rest = rows.filter(pl.col("kind").is_null() & pl.col("reason").is_null()).drop("kind", "reason")
        if len(unread):
            yield quarantine(unread, self.source, self.loader)
        wrong = 0
        if len(rest):
            if self.profile.table == "transactions":
                self._one_value(rest)
                made, reasons = lines(rest, self.profile, self.where, sheet=self.sheet)
            else:
                made, reasons = rolls(rest, self.profile, self.where, sheet=self.sheet)
            why = reasons.frame
            lost = rest.select(c for c in ("record", "line", "first_byte", "last_byte") if c in rest.columns)
            lost = lost.hstack(self._known(made)).hstack(why).filter(pl.col("reason").is_not_null())
            good = made.filter(why["reason"].is_null())
            if wrong := len(lost):
                yield quarantine(lost, self.source, self.loader)
            yield from self._batches(good)
        self.tally += Tally(
            loaded=len(rest) - wrong,
            quarantined=len(unread) + wrong,
            headers=counts.get("header", 0),
            blanks=counts.get("blank", 0),
        )

    def _batches(self, good: pl.DataFrame) -> Iterator[Batch]:
        if self.profile.table == "transactions":
            yield from batches(good, self.source, self.loader, both=self.profile.both)
            return
        yield from tables(good, self.profile.table, self.source, self.loader)

    def _known(self, made: pl.DataFrame) -> pl.DataFrame:
        """Return what is known of rows that are set aside: whose books, which day."""
        if self.profile.table != "transactions":
            return pl.DataFrame()
        own = pl.lit(None, pl.String) if self.profile.both else pl.col("own_number")
        return made.select(
            "own_bank", "own_name", "booked_at", "zone", own_number=own, own_currency=pl.lit(None, pl.String)
        )

    def _one_value(self, rows: pl.DataFrame) -> None:
        """Refuse a file in which a column that should hold one value holds two: another account's rows, mostly."""
        for column in (c for c in self.profile.single if c in self.where):
            values = set(rows[self.where[column]].str.strip_chars().drop_nulls().unique()) - {""}
            self.values.setdefault(column, set()).update(values)
            if len(self.values[column]) > 1:
                raise SourceError(
                    self.source.name,
                    f"column '{column}' holds more than one value, so the rows are not of one account; leave the "
                    "option account out, or split the file",
                )


def _quoted(names: list[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
