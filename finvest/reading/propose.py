"""A profile proposed for a layout that none fits: what the file itself proves, and a question for all else."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.errors import SourceError, UsageError
from finvest.reading import proof
from finvest.reading.fields import fields
from finvest.reading.framing import frames
from finvest.reading.header_words import columns_of, currency_in, header_row, key, words_of_banks
from finvest.reading.layout import OPTIONS, answer
from finvest.reading.profile import Profile, is_unnamed, named
from finvest.reading.profile_rules import EITHER, Take
from finvest.reading.profiles import best, header_of, shipped_profiles
from finvest.reading.sheets import is_workbook, sheets
from finvest.reading.written import answered, times

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

HEAD = 1 << 20
"""Bytes that a proposal looks at."""

_DELIMITERS = (",", ";", "\t", "|")
_MONEY = ("amount", "debit", "credit", "balance_after", "fee")
_CHOICES = {"day_first": ("true", "false"), "decimal": (".", ","), "positive": ("credit", "debit")}


@dataclass(frozen=True, slots=True)
class Question:
    """What a file does not say.

    Attributes
    ----------
    option : str
        Option that answers it.
    text : str
        The question.
    choices : tuple of str
        Answers to choose from; none where any text will do.
    """

    option: str
    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A profile, and what has to be answered before it reads the file.

    Attributes
    ----------
    profile : Profile
        With what is open left open.
    questions : tuple of Question
        What is open.
    sample : polars.DataFrame
        Our columns, the file's columns, and the texts of up to three rows.
    notes : tuple of str
        Why it says what it says.
    """

    profile: Profile
    questions: tuple[Question, ...]
    sample: pl.DataFrame
    notes: tuple[str, ...] = ()

    def answers(self, **options: Any) -> Profile:  # noqa: ANN401 - checked one by one
        """Return the profile with the questions answered; `Profile.to_toml` writes it, to be kept.

        Parameters
        ----------
        **options
            ``encoding``, and any of `finvest.reading.layout.OPTIONS`. ``decimals`` answers for the currency too:
            amounts of unknown currency.

        Raises
        ------
        UsageError
            If a question stays open, or an answer makes no sense.
        """
        given = {option for option, value in options.items() if value is not None}
        asked = {q.option for q in self.questions}
        if "decimals" in given and "decimals" not in asked:
            given.add("currency")
        missing = [q for q in self.questions if q.option not in given]
        if missing:
            raise UsageError("; ".join(f"{q.text} Give the option {q.option}." for q in missing))
        encoding = options.pop("encoding", None) or self.profile.encoding
        return answer(replace(self.profile, encoding=encoding), **options)


def propose(path: Path, *, profiles: Mapping[str, Profile] | None = None, name: str | None = None) -> Proposal:
    """Propose a profile for a table of bank records.

    Parameters
    ----------
    path : pathlib.Path
        Delimited text or a workbook.
    profiles : mapping of str to Profile, optional
        Profiles to try first; the shipped ones where left out.
    name : str, optional
        Name of the file where `path` does not bear it.

    Raises
    ------
    SourceError
        If the file is empty, is no table, or has no columns for a date and an amount.
    """
    name = name or path.name
    with path.open("rb") as file:
        head = file.read(HEAD)
    if not head.strip():
        raise SourceError(name, "the file is empty; ask for it again")
    known = shipped_profiles() if profiles is None else profiles
    grid = _of_sheet(path, name) if is_workbook(head, name) else None
    if grid is None:
        fitting = best([p for p in known.values() if p.matches(header_of(head, name, p) or ())])
        grid = _of_text(head, name, fitting)
    else:
        fitting = best([p for p in known.values() if p.matches(grid.header(p.header_row))])
    return _known(fitting, grid) if fitting and _speaks(fitting, grid) else _new(grid, name)


def _speaks(profile: Profile, grid: _Grid) -> bool:
    """Tell whether dates and amounts are written as a profile says whose headers fit."""
    if profile.table != "transactions":
        return True
    place = {name: i for i, name in enumerate(grid.header(profile.header_row) or profile.names)}

    def texts(*ours: str) -> list[str]:
        columns = [c for name in ours if name in profile.columns for c in profile.columns[name].columns]
        return grid.texts(profile.header_row, [place[c] for c in columns if c in place])

    dates, amounts = pl.Series(texts("date"), dtype=pl.String), texts(*_MONEY)
    unread = min(
        times(dates, answered(profile.dates, day_first=day_first))["at"].null_count() for day_first in (True, False)
    )
    sign, _ = proof.amount_signs(amounts)
    written = any(mark in text for text in amounts for mark in ".,")
    return 2 * unread <= len(dates) and (not written or not sign or sign == profile.decimal)


@dataclass(frozen=True, slots=True)
class _Grid:
    """The start of a table as rows of texts."""

    shape: Profile
    rows: list[list[str]]
    encodings: tuple[str, ...] = ()
    numbers: frozenset[int] = frozenset()
    """Columns of a sheet with number cells."""

    def header(self, row: int) -> list[str]:
        return named(self.rows[row - 1]) if 0 < row <= len(self.rows) else []

    def texts(self, header_row: int, columns: Iterable[int]) -> list[str]:
        """Return the texts of some columns below the header, blanks left out."""
        below = self.rows[header_row:]
        return [t for row in below for c in columns if c < len(row) and (t := row[c].strip())]


def _of_sheet(path: Path, name: str) -> _Grid:
    for page in sheets(path, name):
        cells = page.cells.head(20_000)
        midnight = cells.select(pl.all().str.replace(r"^(\d{4}-\d\d-\d\d) 00:00:00$", "$1"))
        numbers = frozenset(i for i, column in enumerate(page.numbers) if column.any())
        return _Grid(_shape(), [[t or "" for t in row] for row in midnight.iter_rows()], numbers=numbers)
    raise SourceError(name, "every sheet is empty; ask for it again")


def _shape(**fields_: Any) -> Profile:  # noqa: ANN401
    """Return a profile that says how text is written and nothing else."""
    return Profile(name="proposed", columns={"date": Take(("?",)), "amount": Take(("?",))}, **fields_)


def _of_text(head: bytes, name: str, fitting: Profile | None) -> _Grid:
    possible = proof.encodings(head)
    if b"\0" in head and not possible[0].startswith("utf-16"):
        raise SourceError(name, "it holds NUL bytes; this is no text")
    encoding = fitting.encoding if fitting else possible[0]
    best_rows: list[list[str]] = []
    best_sign, best_score = "", (0.0, 0)
    for delimiter in (fitting.delimiter,) if fitting else _DELIMITERS:
        rows = _rows(head, name, encoding, delimiter)
        widths = [len(row) for row in rows if any(t.strip() for t in row)]
        if not widths:
            continue
        usual = max(set(widths), key=lambda w: (widths.count(w), w))
        share = widths.count(usual) / len(widths)
        score = (round(share, 1) if usual > 1 else 0.0, usual)
        if score > best_score or not best_sign:
            best_rows, best_sign, best_score = rows, delimiter, score
    if not best_rows or (best_score[1] < 2 and not fitting):  # noqa: PLR2004 - one column is no table
        raise SourceError(name, "no table of at least two columns was found; say how it is written in a profile")
    return _Grid(_shape(encoding=encoding, delimiter=best_sign), best_rows, possible if len(possible) > 1 else ())


def _rows(head: bytes, name: str, encoding: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    for part in frames(io.BytesIO(head), name, encoding=encoding, delimiter=delimiter):
        found = fields(part, encoding=encoding, delimiter=delimiter, quote='"')["fields"].to_list()
        rows += [row or [] for row in found]
    return rows[:-1] if len(head) == HEAD else rows  # the last one may be cut


def _known(profile: Profile, grid: _Grid) -> Proposal:
    """Answer what the data prove of a profile that fits."""
    header = grid.header(profile.header_row) or list(profile.names)
    place = {name: i for i, name in enumerate(header)}
    notes = [f"profile {profile.name} fits"]
    if any(EITHER in f for f in profile.dates) and "date" in profile.columns:
        columns = [place[c] for c in profile.columns["date"].columns if c in place]
        _, day_first = proof.date_formats(grid.texts(profile.header_row, columns))
        if day_first is not None:
            profile = answer(profile, day_first=day_first)
            notes.append(f"a date proves that the {'day' if day_first else 'month'} stands first")
    questions = tuple(_question(option) for option in (*profile.open(header), *_floats(profile, grid, place)))
    return Proposal(profile, questions, _sample(profile, grid, place), tuple(notes))


def _floats(profile: Profile, grid: _Grid, place: dict[str, int]) -> tuple[str, ...]:
    """Ask for the decimals of amounts that a sheet keeps as floats."""
    money = (c for ours in _MONEY if ours in profile.columns for c in profile.columns[ours].columns)
    return ("decimals",) if profile.decimals is None and any(place.get(c) in grid.numbers for c in money) else ()


def _new(grid: _Grid, name: str) -> Proposal:
    words = words_of_banks()
    row = header_row(grid.rows, words["transactions"])
    if row is None:
        raise SourceError(name, "no row with headers for a date and an amount was found; write a profile for it")
    header = grid.header(row)
    place = {column: i for i, column in enumerate(header)}
    columns, notes = columns_of(header, words["transactions"])
    texts = {ours: grid.texts(row, [place[c] for c in take.columns]) for ours, take in columns.items()}
    translated: dict[str, dict[str, str]] = {}
    for ours in ("status", "sign"):
        if ours in columns:
            table = {key(w): meaning for meaning, known in words[ours].items() for w in known}
            found = {t: table.get(key(t)) for t in dict.fromkeys(texts[ours])}
            if found and all(found.values()):
                translated[ours] = {t: str(meaning) for t, meaning in found.items()}
            else:
                notes.append(f"the words of '{columns.pop(ours).columns[0]}' are not all known; it is kept aside")
    if "sign" in columns and "amount" not in columns:
        del columns["sign"]
    if "currency" not in columns and (code := currency_in(header, columns)):
        columns["currency"] = Take(value=code)
        notes.append(f"the header names the currency {code}")
    money = [t for ours in _MONEY for t in texts.get(ours, [])]
    decimal, thousands = proof.amount_signs(money)
    formats, day_first = proof.date_formats(texts["date"])
    if not formats:
        raise SourceError(
            name, f"the dates in '{columns['date'].columns[0]}' are in no form that finvest proposes", row
        )
    time_formats = tuple({"%H:%M:%S" if t.count(":") > 1 else "%H:%M" for t in texts.get("time", [])})
    taken = {c for take in columns.values() for c in take.columns}
    profile = Profile(
        name=re.sub(r"[^a-z0-9]+", "_", name.rsplit(".", 1)[0].lower()).strip("_") or "proposed",
        title=f"Proposed from the layout of {name}",
        encoding=grid.shape.encoding,
        delimiter=grid.shape.delimiter,
        header_row=row,
        columns=columns,
        keep=tuple(c for c in header if c not in taken and not is_unnamed(c)),
        decimal=decimal,
        thousands=thousands,
        dates=formats,
        times=time_formats,
        words=translated,
        signed_debits="debit" in columns and all(t.startswith(("-", "−", "(")) for t in texts["debit"]),
    )
    if day_first is not None:
        profile = answer(profile, day_first=day_first)
    questions = [_question(option) for option in (*profile.open(header), *_floats(profile, grid, place))]
    if grid.encodings:
        evidence = "both read the same letters here; they differ in signs like € and quotation marks"
        questions.insert(0, Question("encoding", f"Is the text in cp1252 or latin-1? ({evidence})", grid.encodings))
    if (
        "amount" in columns
        and not profile.both
        and "sign" not in columns
        and not any("-" in t or "−" in t or "(" in t for t in texts["amount"])
    ):
        questions.append(_question("positive"))
    return Proposal(profile, tuple(questions), _sample(profile, grid, place), tuple(notes))


def _question(option: str) -> Question:
    texts = {
        "day_first": "Do its dates have the day first?",
        "decimal": "Which sign stands before the decimals?",
        "account": "Which account are these the books of? (number or IBAN)",
        "currency": "Which currency are amounts in that do not say? (ISO 4217 code)",
        "decimals": "How many decimals do its amounts have? (the sheet keeps them as floats)",
        "positive": "No amount has a minus: is it money in (credit) or out (debit)?",
    }
    return Question(option, texts.get(option, OPTIONS[option]), _CHOICES.get(option, ()))


def _sample(profile: Profile, grid: _Grid, place: dict[str, int]) -> pl.DataFrame:
    below = [row for row in grid.rows[profile.header_row :] if any(t.strip() for t in row)][:3]
    lines = []
    for ours, take in profile.columns.items():
        at = [place[c] for c in take.columns if c in place]
        cells = [" ".join(row[i] for i in at if i < len(row) and row[i].strip()) for row in below]
        cells = cells if take.value is None else [take.value] * len(below)
        lines.append(
            {"column": ours, "from": ", ".join(c for c in take.columns if c) or "(constant)"}
            | {f"row {i}": c for i, c in enumerate(cells, 1)}
        )
    return pl.DataFrame(lines, schema_overrides={"column": pl.String, "from": pl.String})
