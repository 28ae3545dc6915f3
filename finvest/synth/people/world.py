"""Who is in the story, what they hold, and the rows that banks, employers and registers write of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from finvest.synth import names
from finvest.synth.economy import iban

if TYPE_CHECKING:
    from datetime import date, datetime
    from random import Random

    from finvest.synth.economy import Economy

PERSONS, COMPANIES = "Example Residents", "Example Register"
"""List of persons and register of companies that the numbers belong to."""

COUNTRY, ZONE = "DE", "Europe/Berlin"


@dataclass(frozen=True, slots=True)
class Person:
    """A person in the list of persons."""

    number: str
    name: str
    born: int
    town: str
    category: str = "unclassified"

    kind = "person"
    register = PERSONS

    @property
    def surname(self) -> str:
        """Last word of the name."""
        return self.name.rpartition(" ")[2]


@dataclass(frozen=True, slots=True)
class Firm:
    """A company in the register."""

    number: str
    name: str
    activity: str
    address: str
    incorporated: date
    dissolved: date | None = None
    staff: int = 5

    kind = "company"
    register = COMPANIES


@dataclass(frozen=True, slots=True)
class Held:
    """An account and its holder."""

    iban: str
    bank: str
    holder: Person | Firm
    opened: date


@dataclass(eq=False, slots=True)
class Row:
    """One row of a list; which record it is shows when the list is written.

    Attributes
    ----------
    file : str
    values : dict of str to str
        By header.
    order : tuple
        Rows stand in this order, then in that in which they were made.
    record : int
        0 until it is written.
    """

    file: str
    values: dict[str, str]
    order: tuple[str, ...] = ()
    record: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One planted pattern or look-alike, see `finvest.synth.scenarios.pattern.Pattern`.

    Attributes
    ----------
    name, indicator, story, innocent : str
    kind : {"planted", "look_alike"}
    accounts : list of (Held, str)
        Accounts that a finding must name, with their roles.
    parties : list of (Person or Firm, str)
        Parties that it must name.
    rows : list of Row
        Records that make the pattern.
    """

    name: str
    indicator: str
    kind: Literal["planted", "look_alike"]
    story: str
    rows: list[Row]
    accounts: list[tuple[Held, str]] = field(default_factory=list)
    parties: list[tuple[Person | Firm, str]] = field(default_factory=list)
    innocent: str = ""


class World:
    """Everybody in the story, and all rows.

    Parameters
    ----------
    economy : Economy
        Names that it has not used are left for this story.
    rng : random.Random
    """

    def __init__(self, economy: Economy, rng: Random) -> None:
        self.rng = rng
        # From the end: directors of the economy's companies are named from the front.
        companies = sum(account.holder.kind != "person" for account in economy.accounts.values())
        self._spare = economy.spare_people[companies:][::-1]
        self._taken = {account.iban for account in economy.accounts.values()}
        self.rows: dict[str, list[Row]] = {}
        self.persons: list[Person] = []
        self.firms: list[Firm] = []
        self.extracts: dict[str, Row] = {}

    @property
    def with_records(self) -> set[str]:
        """IBANs of the accounts whose records are on file."""
        return {row.values["Account"] for row in self.rows.get("account_records", [])}

    def add(self, file: str, values: dict[str, str], *order: str) -> Row:
        """Add a row to a list."""
        row = Row(file, values, order)
        self.rows.setdefault(file, []).append(row)
        return row

    def person(
        self, *, surname: str = "", unlike: tuple[str, ...] = (), name: str = "", category: str = "unclassified"
    ) -> Person:
        """Invent a person: with one surname, or with none of some; or of a name that somebody else bears."""
        if not name:
            fitting = (n for n in self._spare if (last := n.rpartition(" ")[2]) == (surname or last))
            name = next(n for n in fitting if n.rpartition(" ")[2] not in unlike)
            self._spare.remove(name)
        number = f"R-{len(self.persons) + 1001}"
        someone = Person(number, name, self.rng.randrange(1958, 2004), self.rng.choice(names.TOWNS), category)
        self.persons.append(someone)
        return someone

    def strangers(self, count: int) -> list[Person]:
        """Invent people of whom no two have one surname."""
        people: list[Person] = []
        for _ in range(count):
            people.append(self.person(unlike=tuple(p.surname for p in people)))
        return people

    def family(self, count: int) -> list[Person]:
        """Invent people of one surname, of which most are left."""
        left = Counter(name.rpartition(" ")[2] for name in self._spare)
        first = self.person(surname=min(left, key=lambda surname: (-left[surname], surname)))
        return [first, *(self.person(surname=first.surname) for _ in range(count - 1))]

    def firm(
        self,
        name: str,
        activity: str,
        incorporated: date,
        *,
        address: str = "",
        dissolved: date | None = None,
        staff: int = 5,
    ) -> Firm:
        """Invent a company."""
        place = address or self.address()
        firm = Firm(f"HZ-{len(self.extracts) + 2001}", name, activity, place, incorporated, dissolved, staff)
        self.firms.append(firm)
        self.extracts[firm.number] = self.add(
            "company_extracts",
            {"Number": firm.number, "Name": name, "Legal form": "limited company", "Register": COMPANIES,
             "Country": COUNTRY, "Address": place, "Activity": activity, "Incorporated": f"{incorporated}",
             "Dissolved": f"{dissolved or ''}", "Status": "dissolved" if dissolved else "active",
             "Declared staff": f"{staff}"},
        )  # fmt: skip
        return firm

    def address(self) -> str:
        """Invent an address."""
        street, town = self.rng.choice(names.STREETS), self.rng.choice(names.TOWNS)
        return f"{street} {self.rng.randrange(91, 900)}, {town}"

    def account(
        self, holder: Person | Firm, opened: date, *, bank: str = "other_1", told: bool = True, branch: str = ""
    ) -> Held:
        """Open an account; `told` where its bank was asked who holds it."""
        bic, country, code = names.BANKS[bank]
        digits = names.DIGITS[country]
        while (key := iban(country, code, str(self.rng.randrange(10**digits)).zfill(digits))) in self._taken:
            pass
        self._taken.add(key)
        held = Held(key, bic, holder, opened)
        if told:
            whose = {"Holder": holder.number, "Holder kind": holder.kind, "Holder register": holder.register}
            self.add(
                "account_openings",
                {"Account": key, "Bank": bic, **whose, "Currency": "EUR", "Opened": f"{opened}",
                 "Channel": "branch" if branch else "app", "Branch": branch},
            )  # fmt: skip
            self.link("holds", holder, held, opened)
        return held

    def link(
        self, kind: str, one: Person | Firm, other: Person | Firm | Held, start: date | None, end: date | None = None
    ) -> Row:
        """Say how two are connected."""
        values = {"Kind": kind, "From kind": one.kind, "From": one.number, "Register": one.register}
        if isinstance(other, Held):
            values |= {"To kind": "account", "To": other.iban, "To bank": other.bank}
        else:
            values |= {"To kind": other.kind, "To": other.number, "To register": other.register}
        return self.add("relations", values | {"Start": f"{start or ''}", "End": f"{end or ''}"})

    def contact(self, subject: Held | Person | Firm, kind: str, value: str, start: date) -> Row:
        """Say how somebody is reached."""
        whose = (
            {"Subject kind": "account", "Subject": subject.iban, "Bank": subject.bank}
            if isinstance(subject, Held)
            else {"Subject kind": subject.kind, "Subject": subject.number, "Register": subject.register}
        )
        return self.add("contacts", whose | {"Kind": kind, "Value": value, "Start": f"{start}"})

    def phone(self) -> str:
        """Invent a telephone number, in a range that nobody has."""
        return f"+49 30 55501{self.rng.randrange(10**4):04d}"

    def session(self, device: str, account: Held, kind: str, when: datetime, owner: Person | Firm | None = None) -> Row:
        """Log a session at an account; a device is known to be somebody's only where the bank was told."""
        values = {"Device": device, "Account": account.iban, "Bank": account.bank, "Kind": kind}
        values |= {"Seen at": f"{when}", "Time zone": ZONE, "Address": "192.0.2.17"}
        if owner is not None:
            values |= {"Party": owner.number, "Register": owner.register, "Party kind": owner.kind}
        return self.add("sessions", values, f"{when}")

    def record(
        self, account: Held, cents: int, when: datetime, *, other: Held | str = "", payee: str = "", **columns: str
    ) -> Row:
        """Book a movement at an account; a minus is money that leaves."""
        known = {"Counterparty account": other.iban, "Counterparty name": other.holder.name} if isinstance(
            other, Held
        ) else {"Counterparty name": other}  # fmt: skip
        values = {
            "Booked at": f"{when}", "Time zone": ZONE, "Account": account.iban, "Account holder": account.holder.name,
            "Bank": account.bank, "Amount": f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}",
            "Currency": "EUR", "Payee as written": payee, "Channel": "transfer", **known, **columns,
        }  # fmt: skip
        return self.add("account_records", values, f"{when}", account.iban)
