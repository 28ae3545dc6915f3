"""What registers would send: a list of companies, a list of account holders, and who holds, owns and directs what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finvest.synth import names
from finvest.synth.economy import GROUP
from finvest.synth.people.write import PROTECTED, protected
from finvest.synth.statements.rows import delimited

if TYPE_CHECKING:
    from random import Random

    from finvest.synth.economy import Account, Economy, Party

COMPANY_REGISTER, ACCOUNT_REGISTER = "Example Register", "Example Account Register"

COMPANIES = "Number,Name,Legal form,Register,Country,Address,Activity,Incorporated,Status,Declared staff,Directors"
HOLDERS = f"Number,Register,Kind,Name,Subject category,{PROTECTED}"
LINKS = "Kind,From kind,From,To kind,To,To bank,Register,Share,Start"

KNOWN_OFF_FILE = ("saver_savings", "seller_savings", "notary_office", "subsidiary_two", "ring_three_c", "ring_four_b")
"""Accounts without a statement that the account register was asked about."""


def write(economy: Economy, rng: Random, other: Random) -> dict[str, bytes]:
    """Return the register files by name; `other` draws the protected attributes of the holders."""
    accounts = economy.on_file + [economy[label] for label in KNOWN_OFF_FILE]
    companies = list(
        {a.holder.number: a.holder for a in economy.accounts.values() if a.holder.kind == "company"}.values()
    )
    directors = {c.number: economy.spare_people[i] for i, c in enumerate(companies)}
    group = [economy[label].holder for label in GROUP]
    for subsidiary in group[1:]:
        directors[subsidiary.number] = directors[group[0].number]
    directors[economy["importer"].holder.number] = economy["controller"].name
    people = {a.holder.number: a.holder for a in accounts if a.holder.kind == "person"}
    controlled = economy["busy_mule"]
    categories = {controlled.holder.number: "possible_victim"}
    return {
        "companies.csv": delimited(COMPANIES, [_company(c, directors[c.number], rng) for c in companies]),
        "holders.csv": delimited(
            HOLDERS,
            [
                [
                    *(p.number, ACCOUNT_REGISTER, "person", p.name, categories.get(p.number, "unclassified")),
                    *protected(other),
                ]
                for p in people.values()
            ],
        ),
        "links.csv": delimited(
            LINKS,
            [
                *(_holds(a, rng) for a in accounts),
                *(_owns(group[0], c) for c in group[1:]),
                _controls(economy["controller"].holder, controlled),
            ],
        ),
    }


def _company(company: Party, director: str, rng: Random) -> list[str]:
    address = f"{rng.choice(names.STREETS)} {rng.randrange(1, 90)}, {company.town}"
    founded = f"{rng.randrange(1988, 2020)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
    form = "association" if "Club" in company.name else "limited company"
    staff = str(rng.randrange(3, 240))
    return [
        company.number, company.name, form, COMPANY_REGISTER, "DE", address, company.activity, founded, "active", staff,
        director,
    ]  # fmt: skip


def _holds(account: Account, rng: Random) -> list[str]:
    register = ACCOUNT_REGISTER if account.holder.kind == "person" else COMPANY_REGISTER
    opened = f"{rng.randrange(2012, 2024)}-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d}"
    holder = account.holder
    return ["holds", holder.kind, holder.number, "account", account.number, account.bank, register, "", opened]


def _owns(parent: Party, subsidiary: Party) -> list[str]:
    return [
        "owns", "company", parent.number, "company", subsidiary.number, "", COMPANY_REGISTER, "100", "2016-03-01",
    ]  # fmt: skip


def _controls(person: Party, account: Account) -> list[str]:
    return [
        "controls", "person", person.number, "account", account.number, account.bank, ACCOUNT_REGISTER, "",
        "2024-11-04",
    ]  # fmt: skip
