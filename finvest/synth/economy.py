"""Who exists: parties, the accounts they hold, and what a bank knows of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

from finvest.synth import names

if TYPE_CHECKING:
    from random import Random

PartyKind = Literal["person", "company", "public"]


@dataclass(frozen=True, slots=True)
class Party:
    """A person, a company or a public body.

    Attributes
    ----------
    number : str
        Number in the registers: of a company, or of a person in the list of holders.
    kind : {"person", "company", "public"}
    name : str
    activity : str
        NACE code of a company; "" for others.
    town : str
    """

    number: str
    kind: PartyKind
    name: str
    activity: str = ""
    town: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """An account, or a cash machine where `iban` is empty.

    Attributes
    ----------
    label : str
        Short name, also that of its files.
    iban : str
        "" for a cash machine.
    bank : str
        BIC.
    holder : Party
    layout : str
        Layout of its statements; "" where none is on file.
    timed : bool
        Its bank writes times of day.
    local : bool
        Its own statements bear the bank's number for it, while everybody else pays to its IBAN.
    currency : str
        ISO 4217 code.
    """

    label: str
    iban: str
    bank: str
    holder: Party
    layout: str = ""
    timed: bool = False
    local: bool = False
    currency: str = "EUR"

    @property
    def number(self) -> str:
        """Number that its own statements bear."""
        return self.iban[-names.DIGITS[self.iban[:2]] :] if self.local else self.iban

    @property
    def name(self) -> str:
        """Name of the holder."""
        return self.holder.name

    @property
    def on_file(self) -> bool:
        """Tell whether its statements are on file."""
        return bool(self.layout)


def iban(country: str, bank: str, account: str) -> str:
    """Return an IBAN with its check digits (ISO 7064 MOD 97-10)."""
    digits = "".join(str(int(sign, 36)) for sign in f"{bank}{account}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{bank}{account}"


ON_FILE: tuple[tuple[str, str, str, bool], ...] = (
    # label, layout, activity ("" for a person), times of day
    ("holding", "camt", "64.20", True),
    ("subsidiary_one", "camt", "46.90", True),
    ("workshop", "camt", "25.62", False),
    ("notary", "camt", "69.10", True),
    ("relay", "camt", "", True),
    ("ring_three_a", "camt", "", True),
    ("ring_three_b", "camt", "", True),
    ("collector", "n26", "", False),
    ("ring_four_a", "n26", "", False),
    ("ring_four_c", "n26", "", False),
    ("friend_one", "n26", "", False),
    ("friend_three", "n26", "", False),
    ("saver_second", "n26", "", False),
    ("relay_app", "revolut", "", True),
    ("resident_one", "revolut", "", True),
    ("resident_two", "revolut", "", True),
    ("ring_five_a", "plain_debit_credit", "", False),
    ("ring_five_c", "plain_debit_credit", "", False),
    ("ring_five_d", "plain_debit_credit", "", False),
    ("club", "plain_debit_credit", "93.12", False),
    ("housing", "plain_debit_credit", "68.20", False),
    ("seller", "plain_signed", "", False),
    ("disburser", "plain_signed", "", False),
    ("saver", "plain_signed", "", False),
)

OFF_FILE: tuple[tuple[str, int, str], ...] = (
    # label, how many, activity ("" for a person, "public" for a public body)
    ("employer", 8, "62.01"),
    ("shop", 22, "47.11"),
    ("utility", 5, "35.14"),
    ("media", 4, "59.20"),
    ("landlord", 3, "68.20"),
    ("trader", 16, "46.90"),
    ("subsidiary_two", 1, "46.90"),
    ("marketplace", 1, "63.12"),
    ("treasury", 2, "public"),
    ("private", 104, ""),
    ("ring_three_c", 1, ""),
    ("ring_four_b", 1, ""),
    ("ring_four_d", 1, ""),
    ("ring_five_b", 1, ""),
    ("ring_five_e", 1, ""),
    ("relay_source", 4, ""),
    ("relay_target", 5, ""),
)

TRAIL: tuple[tuple[str, str, str, bool], ...] = (
    # label, layout ("" where none is on file), activity, times of day
    ("defrauded", "plain_debit_credit", "", False),
    ("first_mule", "camt", "", True),
    ("busy_mule", "plain_signed", "", False),
    ("controller", "camt", "", True),
    ("importer", "plain_debit_credit", "46.19", False),
    ("straw_man", "plain_signed", "", False),
    ("car_dealer", "camt", "45.11", True),
    ("side_mule", "n26", "", False),
    ("app_mule", "revolut", "", True),
    ("out_of_reach", "", "", False),
    ("coin_exchange", "", "66.19", False),
    ("jeweller", "", "47.77", False),
    ("lender", "", "", False),
    *((f"client_{number}", "", "", False) for number in range(1, 13)),
)
"""Those who only appear in the money trail, `finvest.synth.scenarios.trail`; invented last, so that the others stay."""

KIND_OF_COMPANY = {
    "holding": "Holding",
    "subsidiary_one": "Trade One",
    "subsidiary_two": "Trade Two",
    "workshop": "Metalwork",
    "notary": "Notary Office",
    "club": "Sports Club",
    "housing": "Housing",
    "employer": "Services",
    "shop": "Stores",
    "utility": "Supply",
    "media": "Media",
    "landlord": "Homes",
    "trader": "Wholesale",
    "marketplace": "Marketplace",
    "treasury": "Public Treasury",
    "importer": "Imports",
    "car_dealer": "Car Trade",
    "coin_exchange": "Coin Exchange",
    "jeweller": "Jewellery",
}

LOCAL = "disburser"
"""Known by its bank's own number in its statement, and by its IBAN to everybody else."""

GROUP = ("holding", "subsidiary_one", "subsidiary_two")
"""Companies of one group: they bear its name, and the register says who owns whom."""


@dataclass(slots=True)
class Economy:
    """Everybody in the case.

    Attributes
    ----------
    accounts : dict of str to Account
        By label; of several of a kind, the label ends in a number.
    machines : list of Account
        Cash machines.
    spare_people : list of str
        Names of people without an account in the case: directors.
    """

    accounts: dict[str, Account] = field(default_factory=dict)
    machines: list[Account] = field(default_factory=list)
    spare_people: list[str] = field(default_factory=list)

    def __getitem__(self, label: str) -> Account:
        return self.accounts[label]

    def all(self, label: str) -> list[Account]:
        """Return all accounts of one kind, ``shop`` for example."""
        return [a for a in self.accounts.values() if a.label.rpartition("_")[0] == label and a.label[-1].isdigit()]

    @property
    def on_file(self) -> list[Account]:
        """Accounts whose statements are on file."""
        return [a for a in self.accounts.values() if a.on_file]


def build(rng: Random) -> Economy:
    """Invent the parties and accounts of one case."""
    people = [f"{g} {f}" for g in names.GIVEN.split() for f in names.FAMILY.split()]
    rng.shuffle(people)
    trades = names.TRADES.split()
    rng.shuffle(trades)
    group = trades.pop()
    economy = Economy()
    taken: set[str] = set()

    def party(label: str, activity: str, position: int) -> Party:
        number, town = f"{len(economy.accounts) + 1:04d}", names.TOWNS[position % len(names.TOWNS)]
        if not activity:
            return Party(f"P-{number}", "person", people.pop(), town=town)
        word = group if label in GROUP else trades[position % len(trades)]
        if label not in GROUP and position >= len(trades):
            word = f"{town} {word}"
        kind: PartyKind = "public" if activity == "public" else "company"
        name = f"{town} {KIND_OF_COMPANY[label]}" if kind == "public" else f"{word} {KIND_OF_COMPANY[label]}"
        return Party(f"HX-{number}", kind, name, "" if kind == "public" else activity, town)

    def account(label: str, holder: Party, bank: str, layout: str, *, timed: bool) -> None:
        bic, country, code = names.BANKS[bank]
        while (
            key := iban(country, code, str(rng.randrange(10 ** names.DIGITS[country])).zfill(names.DIGITS[country]))
        ) in taken:
            pass
        taken.add(key)
        economy.accounts[label] = Account(label, key, bic, holder, layout, timed, label == LOCAL)

    companies = 0
    for label, layout, activity, timed in ON_FILE:
        holder = party(label, activity, companies)
        account(label, holder, layout, layout, timed=timed)
        companies += bool(activity)
    # One person, three accounts: an own-account circle is lawful whoever looks at it.
    saver = economy["saver"].holder
    second = economy["saver_second"]
    economy.accounts["saver_second"] = Account(
        second.label, second.iban, second.bank, saver, second.layout, second.timed
    )
    account("saver_savings", saver, "other_2", "", timed=False)
    account("seller_savings", economy["seller"].holder, "other_1", "", timed=False)
    account("notary_office", economy["notary"].holder, "other_1", "", timed=False)
    for label, count, activity in OFF_FILE:
        for position in range(count):
            whole = f"{label}_{position + 1}" if count > 1 else label
            account(whole, party(label, activity, companies), f"other_{1 + rng.randrange(3)}", "", timed=False)
            companies += bool(activity)
    for town in names.TOWNS:
        bank = Party("", "company", f"Cash machine {town}", town=town)
        economy.machines += [Account(f"atm_{town.lower()}_{n}", "", "", bank) for n in (1, 2)]
    for label, layout, activity, timed in TRAIL:
        bank_of = layout or f"other_{1 + rng.randrange(3)}"
        account(label, party(label, activity, companies), bank_of, layout, timed=timed)
        companies += bool(activity)
    account("controller_francs", economy["controller"].holder, "camt", "camt", timed=True)
    economy.accounts["controller_francs"] = replace(economy["controller_francs"], currency="CHF")
    economy.spare_people = people
    return economy
