"""When a record happened: an instant is as precise as it was written, so it is an interval.

A record that bears only a date happened at one unknown instant of that day, in the zone of its books.
"""

from __future__ import annotations

from datetime import timedelta

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
        IANA name, or a fixed offset like ``+02:00``.

    Returns
    -------
    polars.Series of Datetime("us", "UTC"), shape (n,)
        The earliest instant that the wall clock can mean: the first of two where clocks went back, and, where clocks
        skipped it, the instant that the clock before the change would have shown.
    """
    if offset := _offset(zone):
        return (local.cast(pl.Datetime("us")) - offset).dt.replace_time_zone("UTC").alias(local.name)
    name = local.name
    frame = pl.DataFrame({"t": local.cast(pl.Datetime("us"))})
    at = pl.col("t").dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    before = (pl.col("t") - pl.duration(hours=3)).dt.replace_time_zone(
        zone, ambiguous="earliest", non_existent="null"
    ) + pl.duration(hours=3)
    return frame.select(pl.coalesce(at, before).dt.convert_time_zone("UTC").cast(INSTANT).alias(name))[name]


def latest(frame: pl.DataFrame) -> pl.Series:
    """Return the latest instant at which each record can have happened.

    Parameters
    ----------
    frame : polars.DataFrame
        Columns ``booked_at`` (earliest instant), ``precision``, ``zone``.

    Returns
    -------
    polars.Series of Datetime("us", "UTC"), shape (n,)
    """
    spans = pl.col("precision").replace_strict(SPANS, default=0, return_dtype=pl.Int64)
    rows = frame.select("booked_at", "precision", zone=pl.col("zone").fill_null("UTC")).with_row_index("row")
    timed = rows.filter(pl.col("precision") != DATE).select(
        "row", latest=pl.col("booked_at") + pl.duration(microseconds=spans)
    )
    parts = [timed]
    for (zone,), day in rows.filter(pl.col("precision") == DATE).group_by("zone", maintain_order=True):
        midnight = _local_day(day["booked_at"], str(zone)).dt.offset_by("1d")
        end = to_utc(midnight, str(zone)) - pl.duration(microseconds=1)
        parts.append(day.select("row").with_columns(latest=end))
    return pl.concat(parts).sort("row")["latest"] if len(frame) else pl.Series("latest", [], INSTANT)


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
    rows = frame.select("booked_at", zone=pl.col("zone").fill_null("UTC")).with_row_index("row")
    parts = [
        part.select("row").with_columns(day=_local_day(part["booked_at"], str(zone)).dt.date())
        for (zone,), part in rows.group_by("zone", maintain_order=True)
    ]
    return pl.concat(parts).sort("row")["day"] if parts else pl.Series("day", [], pl.Date)


def _local_day(at: pl.Series, zone: str) -> pl.Series:
    if offset := _offset(zone):
        return (at.dt.replace_time_zone(None) + offset).dt.truncate("1d")
    return at.dt.convert_time_zone(zone).dt.replace_time_zone(None).dt.truncate("1d")


def _offset(zone: str) -> timedelta | None:
    """Return a fixed offset as a duration, or None for a named zone."""
    if zone[:1] not in {"+", "-"}:
        return None
    hours, _, minutes = zone[1:].partition(":")
    size = timedelta(hours=int(hours), minutes=int(minutes or 0))
    return size if zone[0] == "+" else -size
