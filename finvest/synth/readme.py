"""The README beside a synthetic case."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from finvest.synth.key import Key

NUMBERS = ("no", "one", "two", "three", "four", "five", "six")

_HEAD = """# A small synthetic case

Everything here is invented: people, companies, towns, banks, account numbers. The numbers have right check digits and
bank codes that no bank has. The lists of persons carry every protected attribute, nationality among them, drawn without
regard to anything else: finvest must never see them.

It is what banks and registers would send in an investigation: {statements} statements of {accounts} accounts for the
first half of 2025 in {layouts} layouts, {lines} lines with money in them, and three registers, one of them a list of
companies. A few people in it launder money, most live their lives, and some lawful doings look much like laundering.

Beside them stands a story of labour exploitation, in one file with the records of {owners} accounts and in the lists
that employers, banks and registers keep: pay and hours, bills, contacts, sessions, adverts, relations. Households, an
accountant, a works bus, a touring musician and a franchise look like it, and are lawful.

Somebody complains: on {day} they paid {claimed} EUR to what looked like an investment firm, line {line} of
`{file}`, and want it back. Where did it go?

    finvest follow --payment {file}:{line} --rule fifo

At one place the records do not say which of {candidates} credits the money became; there a person has to decide
(`finvest hypothesis`).

Python makes it anew, byte for byte:

    from pathlib import Path
    from finvest.synth import sample
    sample.write(Path("sample_data"), seed={seed})

Another seed makes another case of the same kind.

## Statements

| file | layout | holder as the bank writes it | lines | options it needs |
|---|---|---|---|---|
"""

_TAIL = """
What a file does not say must be told to the loader: whose account it is (`account`), the zone of its dates (`zone`).
`load.toml` lists every file with these options; `finvest load --list load.toml` and `Case.load_list` read them all.

## Registers

| file | profile | what it is |
|---|---|---|
| `companies.csv` | companies | list of companies, with activity and director |
| `holders.csv` | parties | people who hold an account that the account register was asked about |
| `links.csv` | links | who holds or controls which account, which company owns which |
| `account_openings.csv` | account_openings | accounts of the second story, when and where they were opened |
| `account_records.csv` | account_records | records of {owners} accounts: transfers, cards, cash, with times |
| `adverts.csv` | adverts | adverts of one site, with prices |
| `company_extracts.csv` | companies | companies of the second story |
| `contacts.csv` | contacts | telephones and addresses of accounts, people, companies |
| `invoices.csv` | invoices | bills of two labour suppliers, with hours |
| `payroll.csv` | employments | pay and deductions by month |
| `relations.csv` | links | who holds, directs, is related to whom |
| `residents.csv` | parties | people of the second story |
| `rosters.csv` | shifts | time sheets and contract hours |
| `sessions.csv` | devices | sessions at accounts |
| `wage_rules.csv` | wage_rules | rules of pay, made up for training: no real figures |

## The answers: `answer_key.json`

Not part of the case: it is never loaded. Read it with `finvest.synth.key.Key.read`, and mark findings with
`finvest.synth.marking.mark`. It says

* `files`: what must be true of each statement: days, balances, sums in cents, numbers of lines and records,
* `patterns`: {planted} planted patterns and {alike} lawful look-alikes, with accounts, parties, transactions and
  records of the lists,
* `trail`: the claimed payment, every step of it with its places, where a trail must end and why, whose account only
  passes the money through, where it lies; and how much of the claim is in the first payment on, under each rule,
* `pairs`: the {pairs} transfers with both sides on file; {hard} of them say in `hard` why no safe rule can pair them,
* `duplicates`: lines that stand in two exports, and `notes`: a payment that came back, a card hold, a zero …

A place is `file#record`. A record is the ordinal that finvest's loaders count: in delimited text the line, the header
being 1; in camt every entry and every detail, in the order of the document.
"""


def text(key: Key) -> str:
    """Return the README of the case that the key belongs to."""
    rows = [
        f"| `{name}` | {file.profile or 'camt.053.001.08'} | {file.holder} | {file.booked} | "
        f"{', '.join(f'{option} = {value}' for option, value in file.options.items())} |"
        for name, file in key.files.items()
    ]
    trail = key.trail
    facts = {
        "layouts": NUMBERS[len({file.profile for file in key.files.values()})],
        "day": trail.day,
        "claimed": f"{trail.claimed // 100:,}.{trail.claimed % 100:02d}",
        "file": trail.claim.file,
        "line": trail.claim.record,
        "candidates": NUMBERS[max(len(hop.candidates) for hop in trail.hops)],
        "statements": len(key.files),
        "accounts": len({file.account for file in key.files.values()}),
        "lines": f"{sum(file.booked for file in key.files.values()):,}",
        "seed": key.seed,
        "owners": key.owners,
        "planted": sum(p.kind == "planted" for p in key.patterns),
        "alike": sum(p.kind != "planted" for p in key.patterns),
        "pairs": len(key.pairs),
        "hard": sum(bool(pair.hard) for pair in key.pairs),
    }
    return _HEAD.format(**facts) + "\n".join(rows) + "\n" + _TAIL.format(**facts)
