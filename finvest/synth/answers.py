"""From what was written to the answer key: which record shows which movement, and what must be true of each file."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from finvest.synth.key import File, Hop, Involved, Key, Member, Note, Pair, Pattern, Place, Step, Trail
from finvest.synth.movements import INSTANT
from finvest.synth.scenarios import trail
from finvest.synth.statements import LAYOUTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from finvest.synth.awkward import Awkward
    from finvest.synth.books import Export, Line
    from finvest.synth.people import Story
    from finvest.synth.people.world import Told
    from finvest.synth.scenarios import pattern as played

NO_BALANCES, NAMES_IN_TEXT = "n26", "revolut"
"""Layouts that prove no completeness, and that name the other side only in running text."""
LATEST, SHORTEST = 6, 6
"""Days within which a rule looks for the credit, and signs of a reference that it relies on."""

PROFILES = {"companies.csv": "companies", "holders.csv": "parties", "links.csv": "links"}


@dataclass(frozen=True, slots=True)
class Shown:
    """A file that was written: its export, and the record of each of its lines."""

    name: str
    sha256: str
    export: Export
    records: list[int]

    def places(self) -> Iterable[tuple[Line, Place]]:
        """Return each line with its record."""
        return ((line, Place(self.name, record)) for line, record in zip(self.export.lines, self.records, strict=True))


def answers(
    seed: int,
    shown: list[Shown],
    patterns: Iterable[played.Pattern],
    odd: Awkward,
    followed: trail.Trail,
    lists: Mapping[str, bytes],
    story: Story,
) -> Key:
    """Return the answer key of what was written."""
    first: dict[tuple[int, bool], tuple[Line, Place]] = {}
    still: list[tuple[Line, Place]] = []
    duplicates: list[tuple[Place, Place]] = []
    for file in shown:
        for line, place in file.places():
            if line.movement is None:
                still.append((line, place))
            elif (seen := first.setdefault((line.movement.number, line.credit), (line, place)))[1] != place:
                duplicates.append((seen[1], place))
    where = {side: place for side, (_, place) in first.items()}
    return Key(
        seed=seed,
        files={file.name: _facts(file) for file in shown},
        registers={name: (PROFILES | story.profiles)[name] for name in sorted(lists)},
        hashes={name: hashlib.sha256(lists[name]).hexdigest() for name in sorted(lists)},
        owners=story.accounts,
        patterns=[*(_pattern(p, where) for p in patterns), *(_told(p) for p in story.told)],
        trail=_trail(followed, where),
        pairs=_pairs(first),
        duplicates=sorted(duplicates),
        notes=sorted(_notes(odd, where, still), key=lambda note: note.place),
    )


def _facts(file: Shown) -> File:
    export, layout = file.export, LAYOUTS[file.export.account.layout]
    booked = [line for line in export.lines if line.status == "booked"]
    options = {} if layout.names_account else {"account": export.account.iban}
    if layout.zone:
        options["zone"] = layout.zone
    return File(
        sha256=file.sha256,
        loader=layout.loader,
        profile=layout.profile,
        options=options,
        account=export.account.number,
        bank=export.account.bank,
        holder=export.account.name,
        first=export.first.isoformat(),
        last=export.last.isoformat(),
        opening=export.opening,
        closing=export.closing,
        debits=sum(line.cents for line in booked if not line.credit),
        credits=sum(line.cents for line in booked if line.credit),
        booked=len(booked),
        not_booked=len(export.lines) - len(booked),
        records=max(file.records, default=0),
        currency=export.account.currency,
    )


def _pattern(pattern: played.Pattern, where: dict[tuple[int, bool], Place]) -> Pattern:
    steps = [
        Step(debit=where.get((m.number, False)), credit=where.get((m.number, True)))
        for m in sorted(pattern.movements, key=lambda m: (m.sent, m.number))
    ]
    prefix = "" if pattern.kind == "planted" else "look-alike "
    return Pattern(
        id=f"{pattern.indicator} {prefix}{pattern.name}",
        indicator=pattern.indicator,
        kind=pattern.kind,
        story=pattern.story,
        innocent=pattern.innocent,
        accounts=[Member(account=account.number, bank=account.bank, role=role) for account, role in pattern.main],
        transactions=[step for step in steps if step.debit or step.credit],
    )


def _told(told: Told) -> Pattern:
    prefix = "" if told.kind == "planted" else "look-alike "
    return Pattern(
        id=f"{told.indicator} {prefix}{told.name}",
        indicator=told.indicator,
        kind=told.kind,
        story=told.story,
        innocent=told.innocent,
        accounts=[Member(account=held.iban, bank=held.bank, role=role) for held, role in told.accounts],
        parties=[
            Involved(number=party.number, register=party.register, kind=party.kind, role=role)
            for party, role in told.parties
        ],
        records=sorted(Place(f"{row.file}.csv", row.record) for row in told.rows),
    )


def _trail(followed: trail.Trail, where: dict[tuple[int, bool], Place]) -> Trail:
    parts = {account.label: part for account, part in followed.members}
    outside = {"cash": "cash", "exchange": "exchange"}
    hops = [
        Hop(
            hop=hop.number,
            payer=parts[hop.movement.payer.label],
            payee=parts.get(hop.movement.payee.label, outside.get(hop.end, "outside")),
            cents=hop.movement.cents,
            received=hop.movement.arriving,
            currencies=[hop.movement.payer.currency, (hop.movement.converted or (hop.movement.payer.currency,))[0]],
            debit=where.get((hop.movement.number, False)),
            credit=where.get((hop.movement.number, True)),
            end=hop.end,
            candidates=sorted(where[m.number, True] for m in (hop.movement, *hop.rivals)) if hop.rivals else [],
        )
        for hop in followed.hops
    ]
    claim, following = (where[hop.movement.number, False] for hop in followed.hops[:2])
    return Trail(
        story=trail.STORY,
        claim=claim,
        day=f"{followed.hops[0].movement.sent:%Y-%m-%d}",
        claimed=trail.CLAIMED,
        opening=trail.BEFORE,
        next_payment=following,
        by_rule=trail.BY_RULE,
        accounts=[Member(account=account.number, bank=account.bank, role=part) for account, part in followed.members],
        possible_victim=[followed.victim.number],
        controller=[followed.controller.number],
        resting=[account.number for account in followed.resting],
        hops=hops,
    )


def _pairs(first: dict[tuple[int, bool], tuple[Line, Place]]) -> list[Pair]:
    both = [
        (*debit, *first[number, True])
        for (number, credit), debit in first.items()
        if not credit and (number, True) in first
    ]
    alike: dict[tuple[str, str, int], list[date]] = {}
    for debit, _, _, _ in both:
        alike.setdefault((debit.own.label, debit.other.label, debit.cents), []).append(debit.when.date())
    pairs = []
    for debit, at, credit, to in both:
        days = [abs((day - debit.when.date()).days) for day in alike[debit.own.label, debit.other.label, debit.cents]]
        twin = sum(apart <= LATEST for apart in days) > 1
        pairs.append(Pair(debit=at, credit=to, hard=_hard(debit, credit, twin=twin)))
    return sorted(pairs, key=lambda pair: pair.debit)


def _hard(debit: Line, credit: Line, *, twin: bool) -> str:
    """Say why the two lines can't be paired by a rule that is never wrong; "" where one may pair them.

    Stated carefully: it looks only at what the two lines and their layouts show, so more may be hard in truth.
    """
    movement = debit.movement
    reference = movement.end_to_end if movement else ""
    if movement and movement.channel == INSTANT and debit.own.layout == credit.own.layout == "camt":
        return ""  # a UETR on both sides
    usable = len(reference) >= SHORTEST and any(c.isdigit() for c in reference)
    if (credit.when.date() - debit.when.date()).days > LATEST:
        return "late"
    references = debit.own.layout == credit.own.layout == "camt" and usable
    if debit.cents != credit.cents and not references:
        return "fee"
    if twin:
        return "the same again within days"
    if debit.own.layout == NO_BALANCES:
        return "payer's books prove no completeness"
    if references:
        return ""
    if debit.own.layout == NAMES_IN_TEXT:
        return "payer's line names the payee in its text only"
    if not credit.number_shown:
        return "payee's line names no account"
    return ""


def _notes(odd: Awkward, where: dict[tuple[int, bool], Place], still: list[tuple[Line, Place]]) -> Iterable[Note]:
    for what, movement in odd.notes:
        for credit in (False, True):
            if place := where.get((movement.number, credit)):
                yield Note(place=place, what=what)
    held = where[odd.held.number, False]
    words = {"information": "card check of zero: no money moved", "reverted": "card payment undone: no money moved"}
    for line, place in still:
        yield Note(place=place, what=words.get(line.status, f"pending; booked later as {held}"))
