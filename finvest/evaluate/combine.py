"""How the weights of an account's findings combine, for very many findings at once.

The same as `finvest.findings.ranking`: of findings that share a record the strongest counts, the others combine to
1 − Π(1 − weight).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from finvest.graph.compiled import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray


@kernel
def combined(
    starts: NDArray[np.int64],
    findings: NDArray[np.int64],
    weights: NDArray[np.float64],
    families: NDArray[np.int64],
    offsets: NDArray[np.int64],
    records: NDArray[np.int64],
    most_records: int,
    most_families: int,
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    """Combine the findings of each account.

    Parameters
    ----------
    starts : ndarray of int64, shape (a + 1,)
        Where the findings of each account begin in `findings`.
    findings : ndarray of int64, shape (f,)
        Numbers of findings, the strongest of an account first.
    weights, families : ndarray, shape (m,)
        Of each finding.
    offsets : ndarray of int64, shape (m + 1,)
        Where the records of each finding begin in `records`.
    records : ndarray of int64
    most_records, most_families : int
        Numbers of records and of families are below these.

    Returns
    -------
    score : ndarray of float64, shape (a,)
    families : ndarray of int64, shape (a,)
        How many different ones count.
    total : ndarray of float64, shape (a,)
        Sum of −log(1 − weight).
    """
    accounts = len(starts) - 1
    score, count, total = np.zeros(accounts), np.zeros(accounts, np.int64), np.zeros(accounts)
    used = np.full(most_records, -1, np.int64)
    seen = np.full(most_families, -1, np.int64)
    for account in range(accounts):
        doubt = 1.0
        for place in range(starts[account], starts[account + 1]):
            finding = findings[place]
            weight = weights[finding]
            if weight <= 0:
                continue
            shared = False
            for i in range(offsets[finding], offsets[finding + 1]):
                if used[records[i]] == account:
                    shared = True
                    break
            if shared:
                continue
            for i in range(offsets[finding], offsets[finding + 1]):
                used[records[i]] = account
            if seen[families[finding]] != account:
                seen[families[finding]] = account
                count[account] += 1
            doubt *= 1.0 - weight
            total[account] -= np.log1p(-weight)
        score[account] = 1.0 - doubt
    return score, count, total
