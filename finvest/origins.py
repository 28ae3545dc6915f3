"""From a case and a question to origins: which payment or balance is meant, by which records."""

from __future__ import annotations

from typing import TYPE_CHECKING

from finvest.following import ledger_of, record, sources
from finvest.model.errors import UsageError
from finvest.naming import account_number
from finvest.tracing import backward
from finvest.tracing.backward import Target

if TYPE_CHECKING:
    from datetime import date

    from finvest.state import State
    from finvest.tracing.backward import Origins


def origins(state: State, target: Target, rule: str | None) -> Origins:
    """Ask where money of a case came from; see `finvest.tracing.backward.origins`."""
    ledger = ledger_of(state)
    return backward.origins(ledger, rule, target, sources(state, ledger))


def target(
    state: State,
    payment: str | None = None,
    account: str | None = None,
    day: date | None = None,
    currency: str | None = None,
) -> Target:
    """Return what is asked about: a payment, as ``file:line`` or id, or an account at the end of a day.

    Raises
    ------
    UsageError
        If it is neither, or both, or names nothing that is known.
    """
    if payment and (account or day or currency):
        raise UsageError("ask about a payment, or about an account on a day, not about both at once")
    if payment:
        return Target(transaction=record(state, payment.strip()))
    if not account:
        raise UsageError("say of what: a payment as file:line or id, or an account and a day")
    view = state.view()
    id_ = view.id_of("account", account_number(view, account))
    return Target(account=id_, day=day, currency=None if currency is None else currency.strip().upper())
