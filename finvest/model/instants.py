"""When a record happened: an instant is as precise as it was written, so it is an interval.

A record that bears only a date happened at one unknown instant of that day, in the zone of its books.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

import polars as pl

from finvest.model.tables import INSTANT

SPANS = {"microsecond": 0, "millisecond": 999, "second": 999_999, "minute": 59_999_999, "hour": 3_599_999_999}
"""Microseconds from the earliest to the latest instant of a time written to that precision; a date spans its day."""

DATE = "date"


def to_utc(local: pl.Series, zone: str) -> pl.Series:
    """Place wall-clock times in their zone.

    Parameters
    ----------
    local : polars.Series of Datetime without zone, shape (n,)
    zone : str
        IANA name, or a fixed offset like ``+02:00`` or ``+0200``.

    Returns
    -------
    polars.Series of Datetime("us", "UTC"), shape (n,)
        The earliest instant that the wall clock can mean: the first of two where clocks went back, and, where clocks
        skipped it, the instant that the clock before the change would have shown.
    """
    return _placed(local, zone, "earliest")


def _placed(local: pl.Series, zone: str, ambiguous: Literal["earliest", "latest"]) -> pl.Series:
    if offset := _offset(zone):
        return (local.cast(pl.Datetime("us")) - offset).dt.replace_time_zone("UTC").alias(local.name)
    wall = pl.col("wall")
    frame = pl.DataFrame({"wall": local.cast(pl.Datetime("us"))})
    # Clocks skip an hour or two, and a day where a country crosses the date line: read the clock from before that.
    readings = [
        (wall - shift).dt.replace_time_zone(zone, ambiguous=ambiguous, non_existent="null").dt.convert_time_zone("UTC")
        + shift
        for shift in (timedelta(0), timedelta(hours=3), timedelta(hours=27))
    ]
    return frame.select(pl.coalesce(readings).cast(INSTANT).alias(local.name)).to_series()


def latest(frame: pl.DataFrame) -> pl.Series:
    """Return the latest instant at which each record can have happened.

    Parameters
    ----------
    frame : polars.DataFrame
        Columns ``booked_at`` (earliest instant), ``precision``, ``zone``.

    Returns
    -------
    polars.Series of Datetime("us", "UTC"), shape (n,)
        Null where the instant or its precision is.
    """
    span = pl.col("precision").replace_strict(SPANS, return_dtype=pl.Int64)
    rows = frame.select("booked_at", "precision", zone=pl.col("zone").fill_null("UTC")).with_row_index("row")
    parts = []
    for (zone, dated), part in rows.group_by("zone", pl.col("precision").eq_missing(DATE), maintain_order=True):
        name = str(zone)
        if dated:
            midnight = _local(part["booked_at"], name).dt.truncate("1d").dt.offset_by("1d")
            end = to_utc(midnight, name) - timedelta(microseconds=1)
        else:
            # What the clock showed twice that night may have been the second time.
            end = _placed(_local(part["booked_at"], name), name, "latest")
            end += part.select(pl.duration(microseconds=span)).to_series()
        parts.append(part.select("row", latest=end))
    return pl.concat(parts).sort("row")["latest"] if parts else pl.Series("latest", [], INSTANT)


def local_days(frame: pl.DataFrame) -> pl.Series:
    """Return the day that the books show for each record.

    Parameters
    ----------
    frame : polars.DataFrame
        Columns ``booked_at`` and ``zone``.

    Returns
    -------
    polars.Series of Date, shape (n,)
    """
    return local_times(frame).dt.date().alias("day")


def local_times(frame: pl.DataFrame) -> pl.Series:
    """Return what the clock of the books showed for each record.

    Parameters
    ----------
    frame : polars.DataFrame
        Columns ``booked_at`` and ``zone``.

    Returns
    -------
    polars.Series of Datetime("us") without zone, shape (n,)
    """
    rows = frame.select("booked_at", zone=pl.col("zone").fill_null("UTC")).with_row_index("row")
    parts = [
        part.select("row").with_columns(clock=_local(part["booked_at"], str(zone)))
        for (zone,), part in rows.group_by("zone", maintain_order=True)
    ]
    return pl.concat(parts).sort("row")["clock"] if parts else pl.Series("clock", [], pl.Datetime("us"))


def _local(at: pl.Series, zone: str) -> pl.Series:
    """Return what the clock showed."""
    if offset := _offset(zone):
        return at.dt.replace_time_zone(None) + offset
    return at.dt.convert_time_zone(zone).dt.replace_time_zone(None)


def _offset(zone: str) -> timedelta | None:
    """Return a fixed offset as a duration, or None for a named zone."""
    if zone[:1] not in {"+", "-"}:
        return None
    digits = zone[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:] or 0))
    return size if zone[0] == "+" else -size
