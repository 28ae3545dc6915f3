"""Marking: what of the planted patterns was found, what was missed, and who was wrongly accused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from finvest.synth.key import Key, Pattern, Place

Evidence = Mapping[str, Sequence[str]] | Sequence[tuple[str, int]]
"""Ids of transactions and of records by table, or records as (SHA-256 of the file, ordinal)."""

_START = 12
"""Digits of a file's SHA-256 in a transaction's id."""


class Found(Protocol):
    """What marking needs of a finding."""

    @property
    def indicator(self) -> str:
        """Catalogue id."""
        ...

    @property
    def accounts(self) -> Sequence[str]:
        """Opaque ids of the accounts it names."""
        ...

    @property
    def parties(self) -> Sequence[str]:
        """Opaque ids of the parties it names."""
        ...

    @property
    def evidence(self) -> Any:  # noqa: ANN401 - see `Evidence`; a protocol's attribute may be narrower
        """Its transactions, see `Evidence`."""
        ...

    @property
    def withdrawn(self) -> bool:
        """A counter-check cleared it."""
        ...


@dataclass(slots=True)
class Mark:
    """The answers for one indicator.

    Attributes
    ----------
    found, missed : list of str
        Ids of planted patterns.
    accused : list of str
        Ids of look-alikes that a finding accuses.
    cleared : list of str
        Ids of look-alikes that only withdrawn findings touch, or none.
    others : list of (tuple of str, int)
        Findings that stand and match nothing in the key: accounts and parties, and how many records they show.
    """

    found: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    accused: list[str] = field(default_factory=list)
    cleared: list[str] = field(default_factory=list)
    others: list[tuple[tuple[str, ...], int]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Marks:
    """The answers for every indicator of the key.

    Attributes
    ----------
    by_indicator : dict of str to Mark
    unasked : dict of str to int
        Findings of indicators that the key says nothing about.
    """

    by_indicator: dict[str, Mark]
    unasked: dict[str, int]

    @property
    def missed(self) -> list[str]:
        """Planted patterns that no finding shows."""
        return [name for mark in self.by_indicator.values() for name in mark.missed]

    @property
    def accused(self) -> list[str]:
        """Look-alikes that a finding accuses."""
        return [name for mark in self.by_indicator.values() for name in mark.accused]

    def __str__(self) -> str:
        lines = ["indicator  found  missed  accused  others"]
        for name, mark in self.by_indicator.items():
            planted, alike = len(mark.found) + len(mark.missed), len(mark.accused) + len(mark.cleared)
            lines.append(
                f"{name:9}  {len(mark.found)}/{planted}    {len(mark.missed):6}  {len(mark.accused)}/{alike}      "
                f"{len(mark.others):6}"
            )
        return "\n".join(lines)


def mark(key: Key, findings: Iterable[Found]) -> Marks:
    """Compare findings with the answer key.

    Parameters
    ----------
    key : Key
    findings : iterable of Found
        Findings of any detectors, withdrawn ones included.

    Returns
    -------
    Marks

    Notes
    -----
    A planted pattern is found when a finding of its indicator that stands names all its accounts and parties and shows
    at least half of its movements or records. A look-alike is accused more easily: the finding names one of them and
    shows at least half of its movements, or consists of them for more than half. It repeats all year, so a finding of
    one month must count. Both records of one transfer, and copies of one line, count as one movement. A pattern that is
    made of records of a list is compared with what a finding shows of that list.
    """
    movements = _Movements(key)
    marks = {name: Mark() for name in sorted({p.indicator for p in key.patterns})}
    hit: set[str] = set()
    unasked: dict[str, int] = {}
    for finding in findings:
        if finding.indicator not in marks:
            unasked[finding.indicator] = unasked.get(finding.indicator, 0) + 1
            continue
        if finding.withdrawn:
            continue
        shown, named = movements.of(finding.evidence), (*finding.accounts, *finding.parties)
        matched = [
            p.id
            for p in key.patterns
            if p.indicator == finding.indicator and _matches(p, set(named), shown, movements.by_pattern[p.id])
        ]
        hit.update(matched)
        if not matched:
            marks[finding.indicator].others.append((named, len(shown)))
    for pattern in key.patterns:
        answers, yes = marks[pattern.indicator], pattern.id in hit
        if pattern.kind == "planted":
            (answers.found if yes else answers.missed).append(pattern.id)
        else:
            (answers.accused if yes else answers.cleared).append(pattern.id)
    return Marks(marks, dict(sorted(unasked.items())))


def _matches(pattern: Pattern, named: set[str], shown: set[str], movements: set[str]) -> bool:
    wanted = {m.account_id for m in pattern.accounts} | {p.party_id for p in pattern.parties}
    if pattern.records:
        lists = {name[:_START] for name in movements}
        shown = {name for name in shown if name[:_START] in lists}
    shared = len(shown & movements)
    half = 2 * shared >= len(movements)
    if pattern.kind == "planted":
        return wanted <= named and half
    return bool(wanted & named) and shared > 0 and (half or 2 * shared > len(shown))


class _Movements:
    """One name for each movement, whatever record shows it."""

    def __init__(self, key: Key) -> None:
        hashes = {name: file.sha256 for name, file in key.files.items()} | key.hashes
        self._start = {name: sha256[:_START] for name, sha256 in hashes.items()}
        self._name: dict[str, str] = {}
        for pair in key.pairs:
            self._name[self._id(pair.credit)] = self._id(pair.debit)
        for first, copy in key.duplicates:
            self._name[self._id(copy)] = self._canonical(self._id(first))
        self.by_pattern = {
            p.id: {self._canonical(self._id(place)) for s in p.transactions for place in (s.debit, s.credit) if place}
            | {self._id(place) for place in p.records}
            for p in key.patterns
        }

    def of(self, evidence: Evidence) -> set[str]:
        """Return the movements that records show."""
        if isinstance(evidence, Mapping):
            # The ids of other tables' records are the file's start and the ordinal, as transactions' are, but unpadded.
            parts = [name.rpartition("-") for ids_ in evidence.values() for name in ids_]
            ids: Iterable[str] = [f"{start}-{record:0>8}" for start, _, record in parts]
        else:
            ids = (_transaction(source, record) for source, record in evidence)
        return {self._canonical(name) for name in ids}

    def _id(self, place: Place) -> str:
        return _transaction(self._start[place.file], place.record)

    def _canonical(self, name: str) -> str:
        return self._name.get(name, name)


def _transaction(source: str, record: int) -> str:
    """Return the id that loaders give, see `finvest.model.records.Source.transaction_id`."""
    return f"{source[:_START]}-{record:08d}"
