"""Writers of statements, one a layout. Each writes an export and says which record shows which line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from finvest.synth.statements import camt, debit_credit, n26, revolut, signed

if TYPE_CHECKING:
    from collections.abc import Callable

    from finvest.synth.books import Export


class Written(NamedTuple):
    """What a writer made.

    Attributes
    ----------
    content : bytes
        The file.
    records : list of int
        Record of each line of the export, in their order; 0 for a line that the layout does not show.
    """

    content: bytes
    records: list[int]


class Layout(NamedTuple):
    """How a layout is written and read.

    Attributes
    ----------
    write : callable
    suffix : str
    loader, profile : str
        By what finvest reads it; a profile only for delimited text.
    names_account : bool
        The file says whose account it is.
    zone : str
        Time zone of its dates; "" where the file says it.
    """

    write: Callable[[Export], tuple[bytes, list[int]]]
    suffix: str
    loader: str
    profile: str
    names_account: bool
    zone: str


LAYOUTS = {
    "camt": Layout(camt.write, ".xml", "camt", "", names_account=True, zone="Europe/Berlin"),
    "n26": Layout(n26.write, ".csv", "delimited", "n26", names_account=False, zone="Europe/Berlin"),
    "revolut": Layout(revolut.write, ".csv", "delimited", "revolut", names_account=False, zone="UTC"),
    "plain_debit_credit": Layout(
        debit_credit.write, ".csv", "delimited", "plain_debit_credit", names_account=True, zone=""
    ),
    "plain_signed": Layout(signed.write, ".csv", "delimited", "plain_signed", names_account=True, zone=""),
}


def write(export: Export) -> Written:
    """Write one export in the layout of its account's bank."""
    return Written(*LAYOUTS[export.account.layout].write(export))
