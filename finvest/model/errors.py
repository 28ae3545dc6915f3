"""Every error finvest raises on purpose.

::

    FinvestError
    ├── UsageError       (also ValueError)  the call or the option is wrong           exit code 2
    ├── DataError        (also ValueError)  the data cannot be taken as they are      exit code 1
    │   ├── SourceError                     a source as a whole is refused
    │   └── AmountError                     one amount is not exact
    ├── ContractError    (also TypeError)   a detector does not keep to the contract
    ├── CaseError        (also OSError)     the case folder is missing, damaged, or closed to this use
    ├── ServerError                         a server does not answer, or refuses                 exit code 1
    └── NotAssessable                       a question the data of this case cannot answer

A message names file, line, what was expected and what to do. It never quotes personal data.
"""

from __future__ import annotations

import traceback
from pathlib import Path


class FinvestError(Exception):
    """Base of all errors that finvest raises on purpose."""


class UsageError(FinvestError, ValueError):
    """The call or the option is wrong; nothing was done."""


class DataError(FinvestError, ValueError):
    """The data cannot be taken as they are."""


class SourceError(DataError):
    """A source as a whole is refused; nothing of it was loaded.

    Parameters
    ----------
    source : str
        Name of the file.
    expected : str
        What was expected, and what to do; without personal data.
    line : int, optional
        Line on which it showed.
    """

    def __init__(self, source: str, expected: str, line: int | None = None) -> None:
        self.source, self.expected, self.line = source, expected, line
        place = source if line is None else f"{source}:{line}"
        super().__init__(f"{place}: {expected}")


class AmountError(DataError):
    """An amount is not an exact number of minor units."""


class CaseError(FinvestError, OSError):
    """The case folder is missing, damaged, or closed to this use."""


class ContractError(FinvestError, TypeError):
    """A detector does not keep to the contract; its author has to mend it."""


class ServerError(FinvestError):
    """A server does not answer, refuses what was asked, or holds something else than was expected."""


class NotAssessable(FinvestError):  # noqa: N818 - a finding of its own, not a failure
    """A question that the data of this case cannot answer."""


def place_of(error: BaseException) -> str:
    """Say what went wrong where, without the error's words: they can quote records.

    Returns
    -------
    str
        Like ``KeyError at cycle.py:12``: the last line that is no library's.
    """
    frames = traceback.extract_tb(error.__traceback__)
    last = ([f for f in frames if "site-packages" not in f.filename] or frames)[-1]
    return f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
