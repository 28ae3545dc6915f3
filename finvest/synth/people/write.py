"""The lists of the story as files; rows learn which record they are."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from finvest.synth.people.world import COUNTRY, PERSONS
from finvest.synth.statements.rows import FIRST_RECORD, delimited

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finvest.synth.people.world import Person, World

HEADERS = {
    "account_openings": "Account,Bank,Holder,Holder kind,Holder register,Currency,Opened,Channel,Branch",
    "company_extracts": "Number,Name,Legal form,Register,Country,Address,Activity,Incorporated,Dissolved,Status,"
    "Declared staff",
    "contacts": "Subject kind,Subject,Bank,Register,Kind,Value,Start",
    "sessions": "Device,Account,Bank,Party,Party kind,Register,Kind,Address,Seen at,Time zone",
    "relations": "Kind,From kind,From,To kind,To,To bank,Register,To register,Start,End",
    "payroll": "Employer,Employer register,Worker,Worker register,Start,End,Hours,Gross,Net,Currency,Deductions,"
    "Paid to",
    "rosters": "Employer,Employer register,Worker,Worker register,Start,End,Hours,Kind",
    "invoices": "Invoice,Supplier,Customer,Register,Issued,Start,End,Hours,Amount,Currency,Description",
    "wage_rules": "Rule,Country,Kind,Activity,Start,End,Value,Currency,Known by,Example",
    "adverts": "Advert,Site,Kind,Posted at,Time zone,Phone,Handle,Text,City,Price,Currency",
    "assets": "Asset,Owner,Register,Kind,Description,Valued on,Acquired,Amount,Currency,Paid from,Paid from bank,Mark,"
    "Known by",
    "incomes": "Receiver,Register,Kind,Start,End,Amount,Currency,Lawful,Declared,Mark,Known by",
    "outlays": "Outlay,Spender,Register,Kind,Start,End,Low,Amount,High,Currency,Mark,Known by",
    "account_records": "Booked at,Time zone,Account,Account holder,Bank,Amount,Currency,Counterparty account,"
    "Counterparty name,Payee as written,Reference,Channel,Merchant,Merchant category,Terminal,City,Country,Conductor",
}
FOLK = "Number,Register,Kind,Name,Birth year,Country,Subject category"
PROTECTED = "Nationality,Ethnicity,Religion,Sex,Sexual orientation,Health,Migration status"

PROFILES = {
    "account_openings.csv": "account_openings",
    "account_records.csv": "account_records",
    "adverts.csv": "adverts",
    "assets.csv": "assets",
    "company_extracts.csv": "companies",
    "contacts.csv": "contacts",
    "incomes.csv": "incomes",
    "invoices.csv": "invoices",
    "outlays.csv": "outlays",
    "payroll.csv": "employments",
    "relations.csv": "links",
    "residents.csv": "parties",
    "rosters.csv": "shifts",
    "sessions.csv": "devices",
    "wage_rules.csv": "wage_rules",
}
"""Profile of each file."""

_VALUES = {
    "Nationality": ("XA", "XB", "XC"),
    "Ethnicity": ("group one", "group two", "group three"),
    "Religion": ("faith one", "faith two", "none"),
    "Sex": ("F", "M", "X"),
    "Sexual orientation": ("one", "two", "not said"),
    "Health": ("well", "unwell", "not said"),
    "Migration status": ("one", "two", "three"),
}


def protected(rng: Random) -> list[str]:
    """Return a value for each protected attribute of a person, drawn without regard to anything else."""
    return [rng.choice(values) for values in _VALUES.values()]


def files(world: World) -> dict[str, bytes]:
    """Return the lists by file name."""
    made = {f"{name}.csv": _list(name, world) for name in HEADERS}
    stream = Random(f"{world.rng.random()}/protected")
    made["residents.csv"] = delimited(f"{FOLK},{PROTECTED}", [_person(p, stream) for p in world.persons])
    return made


def _list(name: str, world: World) -> bytes:
    header = HEADERS[name].split(",")
    rows = sorted(world.rows.get(name, []), key=lambda row: row.order)
    for record, row in enumerate(rows, FIRST_RECORD):
        row.record = record
        if unknown := set(row.values) - set(header):
            raise KeyError(f"{name}: {sorted(unknown)}")
    return delimited(HEADERS[name], ([row.values.get(column, "") for column in header] for row in rows))


def _person(person: Person, rng: Random) -> Sequence[str]:
    return [
        person.number, PERSONS, "person", person.name, f"{person.born}", COUNTRY, person.category, *protected(rng),
    ]  # fmt: skip
