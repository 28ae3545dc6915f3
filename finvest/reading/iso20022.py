"""What ISO 20022 messages have in common: parties, accounts, agents, remittance, times, bank transaction codes.

Every function looks into the leaves of an element (`finvest.reading.xml.leaves`). `take` removes what it returns, so
that what is left over is what no column holds.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import polars as pl

from finvest.model.identifiers import number_key
from finvest.model.instants import DATE, to_utc
from finvest.model.tables import INSTANT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Leaves = dict[str, str]

ACCOUNT = ("Id/IBAN", "Id/Othr/Id", "Id/BBAN", "Id/PrtryAcct/Id", "Id/UPIC", "Id/UPIC/Id")
"""Where an account's number stands; version 1 has the last four."""

PARTY = ("Nm", "Pty/Nm", "Agt/FinInstnId/Nm", "Agt/FinInstnId/BICFI")
"""Where a party's name stands: bare to version 7, inside ``Pty`` or ``Agt`` from version 8."""

AGENT = (
    "FinInstnId/BICFI",
    "FinInstnId/BIC",
    "FinInstnId/CmbndId/BIC",
    "FinInstnId/Nm",
    "FinInstnId/CmbndId/Nm",
    "FinInstnId/NmAndAdr/Nm",
)
"""By what a bank is known: its BIC, else its name."""

RETURNS = frozenset({"RRTN", "RPCR", "ARET", "UPDD", "PRDD", "RCDD", "UPCQ", "UPCT"})
"""Sub-families of bank transaction codes that say that a payment comes back."""

_CHANNELS = {
    ("CCRD", "CWDL"): "cash_atm",
    ("CCRD", "XBCW"): "cash_atm",
    ("CCRD", "CDPT"): "cash_atm",
    ("CNTR", "CHKD"): "cheque",
    ("CNTR", "TCDP"): "cheque",
    ("CNTR", "TCWD"): "cheque",
    ("ICDT", "XBCT"): "wire",
    ("RCDT", "XBCT"): "wire",
    ("CCRD", ""): "card_pos",
    ("MCRD", ""): "card_pos",
    ("CNTR", ""): "cash_branch",
    ("RDDT", ""): "direct_debit",
    ("IDDT", ""): "direct_debit",
    ("ICDT", ""): "transfer",
    ("RCDT", ""): "transfer",
    ("ICCN", ""): "transfer",
    ("RCCN", ""): "transfer",
    ("IRCT", ""): "instant",
    ("RRCT", ""): "instant",
    ("ICHQ", ""): "cheque",
    ("RCHQ", ""): "cheque",
    ("LBOX", ""): "cheque",
    ("DRFT", ""): "other",
    ("OTHR", ""): "other",
}

_FEE = re.compile(r"Chrgs(\[\d+\])?/(Rcrd(\[\d+\])?/)?Amt")

_WRITTEN = (
    r"^([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:T([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:\.([0-9]+))?)?)?"
    r"(Z|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?$"
)
_PARTS = ("day", "clock", "second", "fraction", "offset")


def look(leaves: Mapping[str, str], paths: Iterable[str], under: str = "") -> str | None:
    """Return the first of some leaves that is there."""
    return next((leaves[under + path] for path in paths if under + path in leaves), None)


def take(leaves: Leaves, *paths: str, under: str = "") -> str | None:
    """Return the first of some leaves that is there, and remove it."""
    return next((leaves.pop(under + path) for path in paths if under + path in leaves), None)


def remittance(leaves: Leaves) -> str | None:
    """Take what a payment says about itself, line by line in the order of the message.

    Unstructured text, the creditor's reference, numbers of documents, additional remittance information.
    """
    wanted = [
        key
        for key in leaves
        if key.startswith("RmtInf/")
        and (
            key.startswith("RmtInf/Ustrd")
            or key.endswith(("/CdtrRefInf/Ref", "/CdtrRefInf/CdtrRef"))
            or "/AddtlRmtInf" in key
            or ("/RfrdDocInf" in key and key.endswith("/Nb"))
        )
    ]
    return "\n".join(leaves.pop(key) for key in wanted) or None


def counterparty(leaves: Leaves, own_number: str | None, *, credit: bool, back: bool) -> dict[str, str | None]:
    """Take the side of a payment that is not the account's own.

    Parameters
    ----------
    leaves : dict
        Leaves of a payment, with ``RltdPties`` and ``RltdAgts``.
    own_number : str or None
        Number of the account whose books show it.
    credit : bool
        The money came in.
    back : bool
        It is a reversal or a return: the parties keep the roles of the original payment, which went the other way.

    Returns
    -------
    dict
        ``other_number``, ``other_bank``, ``other_name``.
    """
    own = number_key(own_number or "")
    roles = ("Dbtr", "Cdtr") if credit != back else ("Cdtr", "Dbtr")
    mine = [r for r in roles if number_key(look(leaves, ACCOUNT, f"RltdPties/{r}Acct/") or "") == own != ""]
    if len(mine) == 1:
        role = roles[1] if mine[0] == roles[0] else roles[0]
    else:
        silent = not any(path.startswith(f"RltdPties/{roles[0]}") for path in leaves)
        role = roles[1] if back and silent else roles[0]
    return {
        "other_number": take(leaves, *ACCOUNT, under=f"RltdPties/{role}Acct/"),
        "other_bank": look(leaves, AGENT, f"RltdAgts/{role}Agt/"),
        "other_name": take(leaves, *PARTY, under=f"RltdPties/{role}/")
        or take(leaves, *PARTY, under=f"RltdPties/Ultmt{role}/"),
    }


def fees(leaves: Mapping[str, str], currency: str) -> list[str]:
    """Return the fees inside an amount that are in its currency; one that is given back has a minus."""
    parts = [path.removesuffix("Amt") for path in leaves if _FEE.fullmatch(path)]
    if not parts:
        total = leaves.get("Chrgs/TtlChrgsAndTaxAmt")
        return [total] if total and leaves.get("Chrgs/TtlChrgsAndTaxAmt@Ccy", currency) == currency else []
    return [
        ("-" if leaves.get(f"{part}CdtDbtInd") == "CRDT" else "") + leaves[f"{part}Amt"]
        for part in parts
        if leaves.get(f"{part}Amt@Ccy", currency) == currency and leaves.get(f"{part}ChrgInclInd") not in {"false", "0"}
    ]


def channel(leaves: Mapping[str, str]) -> str | None:
    """Tell from the bank transaction code how the money moved; None where it does not say."""
    if look(leaves, ("LclInstrm/Cd", "LclInstrm/Prtry", "PmtTpInf/LclInstrm/Cd")) == "INST":
        return "instant"
    domain, family = leaves.get("BkTxCd/Domn/Cd"), leaves.get("BkTxCd/Domn/Fmly/Cd", "")
    if domain is None:
        return None
    if domain != "PMNT":
        return "other"
    return _CHANNELS.get((family, leaves.get("BkTxCd/Domn/Fmly/SubFmlyCd", "")), _CHANNELS.get((family, "")))


def day(text: str | None) -> date | None:
    """Return the day of an ISO date or date and time as written; None where it is none."""
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None


def last_day(text: str | None) -> date | None:
    """Return the last day of a period by its end as written: midnight ends the day before."""
    found = day(text)
    midnight = re.fullmatch(r"T00:00(:00(\.0+)?)?(Z|[+-][0-9:]+)?", (text or "")[10:])
    return found - timedelta(days=1) if found and midnight and found > date.min else found


def instants(text: pl.Series, zone: str) -> pl.DataFrame:
    """Read ISO dates, and dates with times.

    Parameters
    ----------
    text : polars.Series of String, shape (n,)
        ``2024-03-12``, ``2024-03-12T10:15:00.123+02:00``, …
    zone : str
        Zone of those that are written without an offset.

    Returns
    -------
    polars.DataFrame, shape (n, 3)
        ``booked_at`` (earliest instant, null where the text is none), ``precision``, ``zone``.
    """
    frame = pl.DataFrame({"text": text}).select(
        pl.col("text").str.extract(_WRITTEN, group).alias(name) for group, name in enumerate(_PARTS, 1)
    )
    # XML Schema writes the end of a day as 24:00:00, which is the next day's beginning.
    midnight = pl.col("clock").eq("24:00") & pl.col("second").fill_null("00").eq("00").fill_null(value=False)
    clock = pl.when(midnight).then(pl.lit("00:00")).otherwise(pl.col("clock").fill_null("00:00"))
    micro = pl.col("fraction").fill_null("").str.head(6).str.pad_end(6, "0")
    written = pl.format("{}T{}:{}.{}", "day", clock, pl.col("second").fill_null("00"), micro)
    size = pl.col("fraction").str.len_chars()
    frame = frame.select(
        local=written.str.to_datetime("%Y-%m-%dT%H:%M:%S%.6f", time_unit="us", strict=False)
        + pl.when(midnight).then(pl.duration(days=1)).otherwise(pl.duration(days=0)),
        precision=pl.when(pl.col("clock").is_null())
        .then(pl.lit(DATE))
        .when(pl.col("second").is_null())
        .then(pl.lit("minute"))
        .when(size.is_null())
        .then(pl.lit("second"))
        .when(size <= 3)  # noqa: PLR2004 - digits of a millisecond
        .then(pl.lit("millisecond"))
        .otherwise(pl.lit("microsecond")),
        zone=pl.when(pl.col("offset") == "Z").then(pl.lit("UTC")).otherwise(pl.col("offset")).fill_null(zone),
    ).with_row_index("row")
    # Beyond these years a shift between zones leaves the calendar.
    frame = frame.with_columns(local=pl.when(pl.col("local").dt.year().is_between(2, 9998)).then("local"))
    parts = [
        part.with_columns(to_utc(part["local"], str(name)).cast(INSTANT).alias("booked_at"))
        for (name,), part in frame.group_by("zone", maintain_order=True)
    ]
    if not parts:
        return pl.DataFrame(schema={"booked_at": INSTANT, "precision": pl.String, "zone": pl.String})
    return pl.concat(parts).sort("row").select("booked_at", "precision", "zone")
