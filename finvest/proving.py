"""From a case and a party to an indirect proof, and to its page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from finvest.indirect import PARTS, from_file, net_worth
from finvest.indirect.positions import USED
from finvest.lookup import files, sources
from finvest.model.errors import UsageError
from finvest.naming import known_as, parties
from finvest.reporting import heading
from finvest.views.masking import Masks

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from finvest.indirect import Part, Proof
    from finvest.state import State


def prove(
    state: State,
    method: str,
    asked: tuple[str | None, date | None, date | None],
    lines: Path | None,
    currency: str | None,
) -> Proof:
    """Work out a method from a file of lines, or net worth from the case's tables.

    Parameters
    ----------
    state : State
    method : str
        Key of `finvest.indirect.PARTS`.
    asked : (str, date, date)
        Party, first and last day; None where lines are given.
    lines : pathlib.Path, optional
    currency : str, optional
        Of the lines.

    Raises
    ------
    UsageError
        If neither lines nor party and days are given, or both.
    """
    party, since, until = asked
    if lines is not None:
        if any(asked):
            raise UsageError("give --lines, or --party with --since and --until")
        return _masked(state, from_file(method, lines, currency or state.store.casefile.base_currency))
    if method != "net_worth" or party is None or since is None or until is None:
        raise UsageError(
            "net_worth needs --party, --since and --until; every other method its --lines FILE.csv; methods are "
            f"{', '.join(PARTS)}"
        )
    return _masked(state, net_worth_of(state, party, since, until))


def _masked(state: State, proof: Proof) -> Proof:
    """Return a proof whose lines name no possible victim."""
    masks = Masks(state.shown().hidden)

    def told(part: Part) -> Part:
        line = part.line
        clear = replace(line, item=masks(line.item), record=masks(line.record), reason=masks(line.reason))
        return replace(part, line=clear)

    parts = {id(part): told(part) for part in proof.parts}
    moved = tuple((parts[id(part)], low, high) for part, low, high in proof.sensitivity)
    return replace(proof, parts=tuple(parts.values()), sensitivity=moved)


def net_worth_of(state: State, party: str, since: date, until: date) -> Proof:
    """Work out the net worth method for a party of the case, from its tables of wealth.

    Parameters
    ----------
    state : State
    party : str
        As a person names it: id, number or name.
    since, until : datetime.date
        First and last day.

    Raises
    ------
    UsageError
        If no party, or more than one, is known so; if the days are out of order.
    NotAssessable
        If the opening position is not proven, or amounts cannot be added.
    """
    if until < since:
        raise UsageError("the last day is before the first")
    view = state.shown()
    found = parties(view, party)
    if len(found) != 1:
        raise UsageError("the account has several holders; name one party")
    tables = {name: state.store.frame(name) for name in USED}
    about = f"{known_as(view, found[0].id)[0]}, {since} to {until}"
    return net_worth(tables, found[0].id, since, until, files=files(state.store), about=about)


def write(state: State, proof: Proof, folder: Path, question: str, actor: str) -> Path:
    """Write the page of a proof into a folder; return its path."""
    from finvest.views.proof import ProofContent, proof_report

    content = ProofContent(
        **heading(state.store, actor),
        question=question or "How much is not explained by lawful means, and on what does the figure rest?",
        proof=proof,
        sources=sources(state.store),
        victims=state.shown().hidden,
    )
    target = folder / f"{proof.method.name}.html"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(proof_report(content), encoding="utf-8")
    return target
