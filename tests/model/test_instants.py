"""When a record happened: clocks that go forward and back, days without midnight, fixed offsets."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from finvest.model.instants import SPANS, latest, local_days, to_utc
from finvest.model.tables import INSTANT

MICRO = timedelta(microseconds=1)
ZONES = [
    "UTC", "Europe/Berlin", "Europe/London", "Europe/Bucharest", "Europe/Dublin", "Africa/Cairo", "Africa/Casablanca",
    "America/Sao_Paulo", "America/Havana", "America/Caracas", "Asia/Beirut", "Asia/Kathmandu", "Australia/Lord_Howe",
    "Pacific/Apia", "+02:00", "-03:30", "+0545",
]  # fmt: skip


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc,arg-type]


def placed(text: str, zone: str) -> datetime:
    found = to_utc(pl.Series("t", [datetime.fromisoformat(text)]), zone)
    assert (found.name, found.dtype) == ("t", INSTANT)
    return found[0]  # type: ignore[no-any-return]


def records(*rows: tuple[datetime | None, str | None, str | None]) -> pl.DataFrame:
    schema = {"booked_at": INSTANT, "precision": pl.String(), "zone": pl.String()}
    return pl.DataFrame(rows, schema=schema, orient="row")


@pytest.mark.parametrize(
    ("local", "zone", "expected"),
    [
        ("2024-07-01 12:00", "Europe/Berlin", utc(2024, 7, 1, 10)),
        ("2024-10-27 02:30", "Europe/Berlin", utc(2024, 10, 27, 0, 30)),  # twice that night: the first
        ("2024-03-31 02:30", "Europe/Berlin", utc(2024, 3, 31, 1, 30)),  # never that night: by the clock before
        ("2024-04-26 00:00", "Africa/Cairo", utc(2024, 4, 25, 22)),  # a day without midnight
        ("2018-11-04 00:00", "America/Sao_Paulo", utc(2018, 11, 4, 3)),
        ("2024-11-03 00:30", "America/Havana", utc(2024, 11, 3, 4, 30)),  # a day with two
        ("2011-12-30 12:00", "Pacific/Apia", utc(2011, 12, 30, 22)),  # a day that was left out
        ("2024-07-01 12:00", "+02:00", utc(2024, 7, 1, 10)),
        ("2024-07-01 12:00", "+0200", utc(2024, 7, 1, 10)),
        ("2024-07-01 12:00", "-03:30", utc(2024, 7, 1, 15, 30)),
        ("2024-07-01 12:00", "-0330", utc(2024, 7, 1, 15, 30)),
        ("2024-07-01 12:00", "+05", utc(2024, 7, 1, 7)),
    ],
)
def test_wall_clock_in_its_zone(local: str, zone: str, expected: datetime) -> None:
    assert placed(local, zone) == expected


@given(
    st.datetimes(datetime(1980, 1, 1), datetime(2035, 1, 1)), st.sampled_from([z for z in ZONES if z[0] not in "+-"])
)
def test_wall_clock_like_zoneinfo(local: datetime, zone: str) -> None:
    # fold=0 is the first of two; of a time that the clocks skipped, the one by the clock before
    assert placed(local.isoformat(), zone) == local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


@given(st.dates(date(1980, 1, 1), date(2035, 1, 1)), st.sampled_from(ZONES))
def test_a_day_comes_back_and_holds_all_its_instants(day: date, zone: str) -> None:
    assume((day, zone) != (date(2011, 12, 30), "Pacific/Apia"))
    start = placed(f"{day} 00:00", zone)
    rows = records((start, "date", zone))
    assert local_days(rows).to_list() == [day]
    end = latest(rows)[0]
    assert end + MICRO == placed(f"{day + timedelta(days=1)} 00:00", zone)
    assert timedelta(hours=22) < end - start < timedelta(hours=49)
    assert local_days(records((end, "date", zone))).to_list() == [day]


def test_a_date_lasts_as_long_as_its_day() -> None:
    def hours(day: str, zone: str) -> float:
        start = placed(f"{day} 00:00", zone)
        return (latest(records((start, "date", zone)))[0] + MICRO - start) / timedelta(hours=1)  # type: ignore[no-any-return]

    assert hours("2024-07-01", "Europe/Berlin") == 24
    assert hours("2024-03-31", "Europe/Berlin") == 23
    assert hours("2024-10-27", "Europe/Berlin") == 25
    assert hours("2024-04-26", "Africa/Cairo") == 23
    assert hours("2024-11-03", "America/Havana") == 25
    assert hours("2018-02-17", "America/Sao_Paulo") == 25
    assert hours("2024-03-31", "+01:00") == 24


@pytest.mark.parametrize(("precision", "span"), SPANS.items())
def test_a_time_lasts_as_long_as_it_was_written_precisely(precision: str, span: int) -> None:
    at = utc(2024, 7, 1, 10)
    assert latest(records((at, precision, "Europe/Berlin")))[0] - at == timedelta(microseconds=span)


def test_spans_end_just_before_the_next_unit() -> None:
    units = {"millisecond": 1_000, "second": 1_000_000, "minute": 60_000_000, "hour": 3_600_000_000, "microsecond": 1}
    assert {name: span + 1 for name, span in SPANS.items()} == units


def test_a_time_that_the_clock_showed_twice_can_be_the_second() -> None:
    start = placed("2024-10-27 02:30", "Europe/Berlin")
    assert latest(records((start, "minute", "Europe/Berlin")))[0] == utc(2024, 10, 27, 1, 30, 59, 999_999)
    assert latest(records((start, "minute", "+02:00")))[0] == utc(2024, 10, 27, 0, 30, 59, 999_999)


def test_rows_keep_their_places() -> None:
    at = utc(2024, 7, 1, 10)
    rows = records(
        (at, "date", "Europe/Berlin"),
        (at, "second", "America/Havana"),
        (at, "date", None),
        (None, None, None),
        (at, "date", "Europe/Berlin"),
        (at, "minute", None),
    )
    assert latest(rows).to_list() == [
        utc(2024, 7, 1, 21, 59, 59, 999_999),
        at + timedelta(seconds=1) - MICRO,
        utc(2024, 7, 1, 23, 59, 59, 999_999),
        None,
        utc(2024, 7, 1, 21, 59, 59, 999_999),
        at + timedelta(minutes=1) - MICRO,
    ]
    assert local_days(rows).to_list() == [date(2024, 7, 1)] * 3 + [None] + [date(2024, 7, 1)] * 2


def test_a_precision_that_nobody_knows_is_an_error_and_not_exact() -> None:
    with pytest.raises(pl.exceptions.PolarsError):
        latest(records((utc(2024, 7, 1), "fortnight", None)))


def test_no_rows() -> None:
    assert latest(records()).dtype == INSTANT
    assert local_days(records()).dtype == pl.Date()
    assert to_utc(pl.Series("t", [], pl.Datetime("us")), "Europe/Berlin").dtype == INSTANT
