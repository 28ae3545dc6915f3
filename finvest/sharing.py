"""A case shared with others: what of it goes to a graph server, and under which name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from finvest.exchange.neo4j.scope import Scope
from finvest.model.decisions import standing
from finvest.model.errors import UsageError
from finvest.model.identifiers import opaque
from finvest.naming import account_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finvest.exchange.neo4j.material import Part
    from finvest.exchange.neo4j.rows import Plan
    from finvest.state import State
    from finvest.store.casefile import CaseFile

MOST_LISTED = 5
"""Findings that a message lists where a text means several."""


def case_id(about: CaseFile) -> str:
    """Return the opaque id of a case."""
    return opaque("c", about.title, about.opened_at)


def reviewed(state: State) -> pl.DataFrame:
    """Return the findings on file, with what people decided of each as its status."""
    found = state.store.frame("findings")
    said = standing(state.decisions).filter(pl.col("kind") == "finding")
    said = said.unique("subject", keep="first", maintain_order=True).select(finding="subject", decided="outcome")
    rows = found.join(said, on="finding", how="left", maintain_order="left")
    return rows.with_columns(status=pl.coalesce("decided", "status")).drop("decided")


def scope(state: State, finding: str | None, account: str | None) -> Scope:
    """Return the part of a case that a finding's id (or how it begins) or an account (id, number, holder) means.

    Raises
    ------
    UsageError
        If both are given, or none or several are known so.
    """
    if finding and account:
        raise UsageError("give a finding or an account, not both")
    if account:
        view = state.shown()
        return Scope(account=view.id_of("account", account_number(view, account)))
    if finding:
        known = state.store.frame("findings")["finding"].sort()
        ids = [id_ for id_ in known if id_.startswith(finding)]
        if len(ids) != 1 and finding not in ids:
            what = "finvest score lists them" if len(known) else "run finvest score first"
            listed = f" ({', '.join(ids[:MOST_LISTED])})" if ids else f"; {what}"
            raise UsageError(f"{len(ids)} findings on file begin so{listed}")
        return Scope(finding=finding if finding in ids else ids[0])
    return Scope()


def parts(state: State, within: Scope | None = None, *, named: bool = False) -> list[Part]:
    """Return the nodes and relationships of a case, or of a part of it.

    Parameters
    ----------
    state : State
    within : Scope, optional
    named : bool
        Show possible victims by name: a reason for that was given and logged.
    """
    from finvest.exchange.neo4j import elements
    from finvest.exchange.neo4j.material import Material
    from finvest.exchange.neo4j.scope import within as inside

    of = Material(
        case=case_id(state.store.casefile),
        view=state.shown(),
        movements=state.matched.movements,
        tables=state.tables,
        findings=reviewed(state),
        cards={id_: (cls.card.title, cls.card.strength) for id_, cls in state.registry.detectors().items()},
        named=named,
    )
    return inside(elements.parts(of), within or Scope())


def plan(state: State, made: Sequence[Part]) -> Plan:
    """Return what a push writes."""
    from finvest.exchange.neo4j.rows import Plan

    return Plan(case_id(state.store.casefile), made)
