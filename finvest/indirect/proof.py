"""The result of an indirect method: an interval, what it depends on, and every line that it is made of."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Literal

from finvest.model.currencies import DECIMALS, UNKNOWN
from finvest.model.errors import UsageError
from finvest.model.money import show
from finvest.model.tables import MINOR, TEXT, WHOLE
from finvest.model.wealth_tables import FACT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import polars as pl

    from finvest.indirect.line import Line

SOURCE = "US Internal Revenue Manual, structure of the indirect methods of proof (S27)"

Unit = Literal["money", "number", "percent"]
_ENDS: tuple[Literal["low", "high"], ...] = ("low", "high")
_MOST = 3
"""Lines that the sentences name as those on which the result depends most."""


@dataclass(frozen=True, slots=True)
class Part:
    """A line in its place.

    Attributes
    ----------
    name : str
        Part of the computation, like ``lawful income``.
    sign : {1, 0, -1}
        More of it raises the result, is only shown, or lowers it.
    line : Line
    unit : {"money", "number", "percent"}
    """

    name: str
    sign: int
    line: Line
    unit: Unit = "money"

    def __post_init__(self) -> None:
        values = (self.line.low, self.line.central, self.line.high)
        if self.unit == "money" and any(value.denominator != 1 for value in values):
            raise UsageError(f"{self.name}: amounts are whole minor units")

    def written(self, currency: str) -> str:
        """Return the value for a reader, with its interval where it has one."""
        low, central, high = (self._one(v, currency) for v in (self.line.low, self.line.central, self.line.high))
        return central if low == high else f"{central} ({low} to {high})"

    def _one(self, value: int | Fraction, currency: str) -> str:
        if self.unit == "money":
            return show(int(value), currency)
        whole, part = divmod(value, 1)
        text = f"{whole:,}" if not part else f"{round_half_up(value * 100) / 100:,.2f}".rstrip("0").rstrip(".")
        return f"{text} %" if self.unit == "percent" else text


@dataclass(frozen=True, slots=True)
class Method:
    """How a method speaks of itself.

    Attributes
    ----------
    name, title : str
        As it is recorded, and as a reader knows it.
    how : str
        How the result comes about, in a sentence.
    above, none : str
        What is said of a result above zero (``{central}``), and of one that is not (``{central}`` without its sign).
    ask : tuple of str
        Explanations that the lines do not rule out, each a question.
    """

    name: str
    title: str
    how: str
    above: str
    none: str
    ask: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Proof:
    """The result of an indirect method.

    Attributes
    ----------
    method : Method
    currency : str
    low, central, high : int
        Minor units, rounded half up once at the end; `low` with every line in the person's favour.
    parts : tuple of Part
    sensitivity : tuple of (Part, int, int)
        For each line that is not a fact and counts: the result with that line at its low and at its high, all others
        central; the widest first.
    notes : tuple of str
        What was left open, and what to ask for.
    about : str
        Whom and which period it is about; may be empty.
    source : str
        Where the method comes from.
    """

    method: Method
    currency: str
    low: int
    central: int
    high: int
    parts: tuple[Part, ...]
    sensitivity: tuple[tuple[Part, int, int], ...]
    notes: tuple[str, ...] = ()
    about: str = ""
    source: str = SOURCE

    def __repr__(self) -> str:
        return f"<{self.method.title}: {self._range()}>"

    def _range(self) -> str:
        central = show(self.central, self.currency)
        if self.low == self.high:
            return central
        return f"{central} ({show(self.low, self.currency)} to {show(self.high, self.currency)})"

    def sentences(self) -> list[str]:
        """Return the result in plain words, for a reader who is no accountant."""
        central = show(abs(self.central), self.currency)
        said = [f"{self.about.rstrip('.')}."] if self.about else []
        said.append((self.method.above if self.central > 0 else self.method.none).format(central=central))
        said.append(self.method.how)
        if self.low == self.high:
            said.append("Every line that counts is exact.")
        else:
            said.append(
                f"Some lines are not exact. With all of them in the person's favour the result is "
                f"{show(self.low, self.currency)}; with all of them against, {show(self.high, self.currency)}."
            )
        for part, low, high in self.sensitivity[:_MOST]:
            said.append(
                f"{_sentence_case(part.line.item)} is an {part.line.mark}: from its least to its most it moves the "
                f"result from {show(low, self.currency)} to {show(high, self.currency)}."
            )
        if len(self.sensitivity) > _MOST:
            said.append(f"{len(self.sensitivity) - _MOST} more lines are not exact; the table has them all.")
        said += [f"Open: {note}." for note in self.notes]
        said += list(self.method.ask)
        said.append("This is an assessment from the lines in the table. It proves no offence by itself.")
        return said

    def _repr_html_(self) -> str:
        from importlib import import_module

        return str(import_module("finvest.views.proof").summary(self))

    def to_frame(self) -> pl.DataFrame:
        """Return the lines.

        Returns
        -------
        polars.DataFrame
            One row a line, in order: ``part``, ``item``, ``sign``, ``value`` (as text), ``low``, ``central``, ``high``
            (minor units; null of counts and percentages), ``currency``, ``mark``, ``because``, ``result_low`` and
            ``result_high`` (the result with that line at its low and at its high; null of facts).
        """
        import polars as pl

        moved = {id(part): (low, high) for part, low, high in self.sensitivity}
        rows = []
        for part in self.parts:
            money = part.unit == "money"
            low, high = moved.get(id(part), (None, None))
            rows.append(
                {
                    "part": part.name,
                    "item": part.line.item,
                    "sign": part.sign,
                    "value": part.written(self.currency),
                    "low": part.line.low if money else None,
                    "central": part.line.central if money else None,
                    "high": part.line.high if money else None,
                    "currency": self.currency,
                    "mark": part.line.mark,
                    "because": part.line.because,
                    "result_low": low,
                    "result_high": high,
                }
            )
        amounts = dict.fromkeys(("low", "central", "high", "result_low", "result_high"), MINOR)
        texts = dict.fromkeys(("part", "item", "value", "currency", "mark", "because"), TEXT)
        known: dict[str, pl.DataType] = {**amounts, **texts}
        schema = pl.Schema({name: known.get(name, WHOLE) for name in rows[0]} if rows else known)
        return pl.DataFrame(rows, schema=schema)


def prove(
    method: Method,
    parts: Sequence[Part],
    currency: str,
    total: Callable[[Sequence[Fraction]], Fraction] | None = None,
    *,
    notes: Sequence[str] = (),
    about: str = "",
) -> Proof:
    """Work out a result, its ends, and what it depends on.

    Parameters
    ----------
    method : Method
    parts : sequence of Part
    currency : str
        ISO 4217 code of every amount.
    total : callable, optional
        From a value for each part to the result; it must rise with each part whose sign is 1 and fall with each whose
        sign is -1. The signed sum where left out.
    notes, about
        See `Proof`.

    Raises
    ------
    UsageError
        If the currency is not one, or there is no line.
    """
    if currency not in DECIMALS or currency == UNKNOWN:
        raise UsageError(f"amounts need one currency of ISO 4217, not {currency!r}; convert them first")
    if not parts:
        raise UsageError(f"{method.title}: there are no lines")

    def result(values: Sequence[int | Fraction]) -> Fraction:
        exact = [Fraction(value) for value in values]
        if total is not None:
            return total(exact)
        return sum((part.sign * value for part, value in zip(parts, exact, strict=True)), Fraction(0))

    central = [part.line.central for part in parts]
    least = [part.line.low if part.sign > 0 else part.line.high for part in parts]
    most = [part.line.high if part.sign > 0 else part.line.low for part in parts]
    moved = []
    for place, part in enumerate(parts):
        if part.line.mark == FACT or not part.sign:
            continue
        ends = [
            round_half_up(result([*central[:place], getattr(part.line, end), *central[place + 1 :]])) for end in _ENDS
        ]
        moved.append((part, ends[0], ends[1]))
    moved.sort(key=lambda entry: -abs(entry[1] - entry[2]))
    low, middle, high = (round_half_up(result(values)) for values in (least, central, most))
    return Proof(method, currency, low, middle, high, tuple(parts), tuple(moved), tuple(notes), about)


def round_half_up(value: Fraction | int) -> int:
    """Round to a whole number, halves up (towards more)."""
    return int((value + Fraction(1, 2)) // 1)


def _sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]
