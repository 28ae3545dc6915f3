"""The kinds of array that the graph is made of.

Numba compiles a kernel once for writable and once more for read-only arrays. So what a kernel reads is
always contiguous and read-only, and what it writes (scratch, results) is always fresh and writable.
"""

from __future__ import annotations

from typing import Any, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Int8: TypeAlias = NDArray[np.int8]
Int32: TypeAlias = NDArray[np.int32]
Int64: TypeAlias = NDArray[np.int64]
Float64: TypeAlias = NDArray[np.float64]
Bool: TypeAlias = NDArray[np.bool_]

Kind = TypeVar("Kind", bound=np.generic)


def read_only(array: NDArray[Any], kind: type[Kind]) -> NDArray[Kind]:
    """Contiguous and read-only; the caller's own array is not touched."""
    plain = np.ascontiguousarray(array, dtype=kind).view()
    plain.flags.writeable = False
    return plain


def frozen_copy(array: NDArray[Any], kind: type[Kind]) -> NDArray[Kind]:
    """Copy into an array that nobody else holds, contiguous and read-only."""
    copy = np.array(array, dtype=kind, order="C", copy=True)
    copy.flags.writeable = False
    return copy
