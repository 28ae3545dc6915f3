"""The answer key of a synthetic case: what was planted, what only looks like it, and what must be true of the files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from finvest.model import identifiers as known
from finvest.model.errors import DataError
from finvest.synth.shown_json import show

if TYPE_CHECKING:
    from pathlib import Path

NAME = "answer_key.json"
VERSION = 3
"""Version of the key's layout."""


class Place(NamedTuple):
    """A record of a file. In the key's JSON it is written ``file#record``."""

    file: str
    record: int

    def __str__(self) -> str:
        return f"{self.file}#{self.record}"

    @classmethod
    def of(cls, text: str) -> Place:
        """Read ``file#record``."""
        file, _, record = text.rpartition("#")
        return cls(file, int(record))


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """What must be true of one statement.

    Attributes
    ----------
    sha256 : str
    loader, profile : str
        By what finvest reads it; no profile for XML.
    options : dict of str to str
        Options that reading it needs: whose account it is, its time zone, where the file does not say.
    account, bank, holder : str
        Whose books it shows: number as its own bank writes it, BIC, name.
    first, last : str
        Days that it shows, ISO 8601.
    opening, closing : int
        Balances in cents, whether the layout writes them or not.
    debits, credits : int
        Sums of the booked lines, in cents.
    booked, not_booked : int
        Lines that moved money, and those that did not: pending, reverted, zero.
    records : int
        All records of the file, headers included.
    currency : str
        ISO 4217 code.
    """

    sha256: str
    loader: str
    profile: str
    options: dict[str, str]
    account: str
    bank: str
    holder: str
    first: str
    last: str
    opening: int
    closing: int
    debits: int
    credits: int
    booked: int
    not_booked: int
    records: int
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An account in a pattern, by the number that the files bear."""

    account: str
    bank: str
    role: str

    @property
    def account_id(self) -> str:
        """Opaque id under which finvest knows the account."""
        if known.is_iban(self.account):
            return known.account_id(known.IBAN, "", known.iban_key(self.account))
        return known.account_id(known.LOCAL, known.bank_key(self.bank), known.number_key(self.account))


@dataclass(frozen=True, slots=True, kw_only=True)
class Involved:
    """A party in a pattern, by the number that its list or register has for it."""

    number: str
    register: str
    kind: str
    role: str

    @property
    def party_id(self) -> str:
        """Opaque id under which finvest knows the party."""
        scheme = "company_number" if self.kind == "company" else "listed"
        return known.opaque("p", scheme, known.text_key(self.register), known.number_key(self.number))


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One movement, by the records that show it: the payer's books, the payee's, or both."""

    debit: Place | None = None
    credit: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """A planted pattern, or a lawful one that looks like it.

    Attributes
    ----------
    id : str
    indicator : str
    kind : str
        ``planted`` or ``look_alike``.
    story : str
    innocent : str
        Why a look-alike is lawful; "" for a planted pattern.
    accounts : list of Member
        Those that a finding must name.
    transactions : list of Step
    parties : list of Involved
        Parties that a finding must name.
    records : list of Place
        Records of any table that make the pattern, where it is not made of transactions alone.
    """

    id: str
    indicator: str
    kind: str
    story: str
    innocent: str
    accounts: list[Member]
    transactions: list[Step] = field(default_factory=list)
    parties: list[Involved] = field(default_factory=list)
    records: list[Place] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """A transfer with both sides on file.

    Attributes
    ----------
    debit, credit : Place
    hard : str
        Why no rule that is never wrong can pair it; "" where one may.
    """

    debit: Place
    credit: Place
    hard: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """A movement of the money trail.

    Attributes
    ----------
    hop : int
        0 is the payment that is claimed.
    payer, payee : str
        Part in the story, or what is outside: ``cash``, ``exchange``, ``outside``.
    cents : int
        What leaves, minor units.
    received : int
        What arrives, minor units.
    currencies : list of str
        In which it leaves, and in which it arrives.
    debit, credit : Place, optional
    end : str
        Why no trail goes on here by the records alone: ``cash``, ``exchange``, ``no_records``, ``unpaired``; "" where
        one does. The credit of an unpaired one is the truth, which only a person can decide on.
    candidates : list of Place
        For ``unpaired``: credits that the debit may be, the true one among them.
    """

    hop: int
    payer: str
    payee: str
    cents: int
    received: int
    currencies: list[str]
    debit: Place | None = None
    credit: Place | None = None
    end: str = ""
    candidates: list[Place] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """A money trail to follow.

    Attributes
    ----------
    story : str
    claim : Place
        The claimed payment in the payer's books; in these the record is the line.
    day : str
        Its day, ISO 8601.
    claimed : int
        Cents.
    opening : int
        Cents that lay in the payee's account before it came.
    next_payment : Place
        What left that account next …
    by_rule : dict of str to int
        … and the cents of the claim in it, by rule.
    accounts : list of Member
        Those on file, with their parts.
    possible_victim, controller, resting : list of str
        Accounts by number: value only passes through the first; the second is of who answers for it; in the last some
        of it still lies at the end of the records.
    hops : list of Hop
        In the order of events, the claimed payment first.
    """

    story: str
    claim: Place
    day: str
    claimed: int
    opening: int
    next_payment: Place
    by_rule: dict[str, int]
    accounts: list[Member]
    possible_victim: list[str]
    controller: list[str]
    resting: list[str]
    hops: list[Hop]


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Something awkward, on purpose."""

    place: Place
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """The answer key.

    Attributes
    ----------
    seed, version : int
    files : dict of str to File
        Statements by name.
    registers : dict of str to str
        Profile of each register file and list, by name.
    hashes : dict of str to str
        SHA-256 of each of these.
    owners : int
        Accounts whose records a list of many accounts holds.
    patterns : list of Pattern
    pairs : list of Pair
        Every transfer with both sides on file, by the first export that shows it.
    duplicates : list of (Place, Place)
        The same line in two exports that overlap.
    notes : list of Note
    trail : Trail
    """

    seed: int
    trail: Trail
    version: int = VERSION
    files: dict[str, File] = field(default_factory=dict)
    registers: dict[str, str] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)
    owners: int = 0
    patterns: list[Pattern] = field(default_factory=list)
    pairs: list[Pair] = field(default_factory=list)
    duplicates: list[tuple[Place, Place]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write the key as JSON: one movement, one pair a line."""
        path.write_bytes(self.to_json().encode())

    def to_json(self) -> str:
        """Return the key as JSON text."""
        body: dict[str, Any] = {
            "version": self.version,
            "seed": self.seed,
            "files": {name: asdict(file) for name, file in self.files.items()},
            "registers": self.registers,
            "hashes": self.hashes,
            "owners": self.owners,
            "patterns": [
                {
                    **{name: getattr(p, name) for name in ("id", "indicator", "kind", "story", "innocent")},
                    "accounts": [asdict(member) for member in p.accounts],
                    "transactions": [_places(step) for step in p.transactions],
                    "parties": [asdict(party) for party in p.parties],
                    "records": [str(place) for place in p.records],
                }
                for p in self.patterns
            ],
            "trail": asdict(self.trail)
            | {"claim": str(self.trail.claim), "next_payment": str(self.trail.next_payment)}
            | {"hops": [_written(hop) for hop in self.trail.hops]},
            "pairs": [_places(pair) | ({"hard": pair.hard} if pair.hard else {}) for pair in self.pairs],
            "duplicates": [[str(a), str(b)] for a, b in self.duplicates],
            "notes": [{"place": str(note.place), "what": note.what} for note in self.notes],
        }
        return show(body) + "\n"

    @classmethod
    def read(cls, path: Path) -> Key:
        """Read a key.

        Raises
        ------
        DataError
            If it is no key, or of another version.
        """
        try:
            return cls._parse(json.loads(path.read_text("utf-8")))
        except (KeyError, TypeError, ValueError) as error:
            raise DataError(f"{path.name}: expected an answer key of version {VERSION}; make it anew") from error

    @classmethod
    def _parse(cls, body: dict[str, Any]) -> Key:
        if body["version"] != VERSION:
            raise ValueError(body["version"])
        return cls(
            seed=body["seed"],
            files={name: File(**file) for name, file in body["files"].items()},
            registers=body["registers"],
            hashes=body["hashes"],
            owners=body["owners"],
            patterns=[
                Pattern(
                    **{
                        **p,
                        "accounts": [Member(**member) for member in p["accounts"]],
                        "transactions": [Step(**_read(step)) for step in p["transactions"]],
                        "parties": [Involved(**party) for party in p["parties"]],
                        "records": [Place.of(place) for place in p["records"]],
                    }
                )
                for p in body["patterns"]
            ],
            trail=_trail(body["trail"]),
            pairs=[Pair(**_read(pair)) for pair in body["pairs"]],
            duplicates=[(Place.of(a), Place.of(b)) for a, b in body["duplicates"]],
            notes=[Note(place=Place.of(note["place"]), what=note["what"]) for note in body["notes"]],
        )


def _trail(body: dict[str, Any]) -> Trail:
    hops = []
    for hop in body["hops"]:
        read: dict[str, Any] = {**_read(hop), "candidates": [Place.of(place) for place in hop.get("candidates", [])]}
        hops.append(Hop(**read))
    said: dict[str, Any] = {**body, **{name: Place.of(body[name]) for name in ("claim", "next_payment")}}
    said |= {"accounts": [Member(**member) for member in body["accounts"]], "hops": hops}
    return Trail(**said)


def _written(hop: Hop) -> dict[str, Any]:
    rest = {name: getattr(hop, name) for name in ("hop", "payer", "payee", "cents", "received", "currencies")}
    open_ = {"end": hop.end} if hop.end else {}
    candidates = {"candidates": [str(place) for place in hop.candidates]} if hop.candidates else {}
    return rest | _places(hop) | open_ | candidates


def _places(step: Step | Pair | Hop) -> dict[str, str]:
    return {side: str(place) for side in ("debit", "credit") if (place := getattr(step, side)) is not None}


def _read(step: dict[str, Any]) -> dict[str, Any]:
    return {name: Place.of(text) if name in {"debit", "credit"} else text for name, text in step.items()}
