from __future__ import annotations

import numpy as np
import pytest

from finvest.graph.shape import Shape, name_shape
from finvest.model.errors import DataError

Ring = list[tuple[int, int]]


def _name(ring: Ring, times: list[int] | None = None, width: int = 0) -> Shape:
    first = times if times is not None else list(range(len(ring)))
    return name_shape([a for a, _ in ring], [b for _, b in ring], first, [t + width for t in first])


RINGS: list[tuple[Shape, Ring]] = [
    ("fan_in", [(1, 0), (2, 0), (3, 0)]),
    ("fan_out", [(0, 1), (0, 2), (0, 3), (0, 1)]),
    ("fan_in", [(1, 0), (2, 0)]),
    ("cycle", [(0, 1), (1, 2), (2, 0)]),
    ("cycle", [(3, 5), (5, 9), (9, 4), (4, 3), (3, 5)]),
    ("gather_scatter", [(1, 0), (2, 0), (3, 0), (0, 4), (0, 5), (0, 6)]),
    ("gather_scatter", [(1, 0), (2, 0), (0, 0), (0, 2)]),
    ("gather_scatter", [(1, 0), (2, 0), (3, 0), (0, 2), (0, 1)]),
    ("scatter_gather", [(0, 1), (0, 2), (0, 3), (1, 9), (2, 9), (3, 9)]),
    ("scatter_gather", [(0, 1), (0, 2), (1, 9), (2, 9)]),
    ("bipartite", [(0, 5), (1, 6), (2, 7)]),
    ("bipartite", [(a, b) for a in range(3) for b in range(5, 8)]),
    ("stack", [(0, 1), (1, 2), (3, 4), (4, 5), (6, 7), (7, 8)]),
    ("stack", [(a, b) for a in range(3) for b in range(5, 8)] + [(b, c) for b in range(5, 8) for c in range(10, 13)]),
    ("random", [(0, 1), (1, 2)]),
    ("random", [(4, 3), (3, 2), (2, 1), (1, 0)]),
    ("random", [(0, 1), (1, 2), (2, 3), (3, 1), (1, 4), (4, 5)]),
    ("none", [(0, 1), (1, 0), (0, 1), (0, 0)]),
    ("none", [(0, 1)]),
    ("none", [(2, 2), (3, 3), (4, 4)]),
    ("none", []),
    ("none", [(0, 1), (1, 2), (2, 0), (3, 4), (4, 5), (5, 3)]),
]


@pytest.mark.parametrize(("shape", "ring"), RINGS)
def test_names(shape: Shape, ring: Ring) -> None:
    assert _name(ring) == shape


@pytest.mark.parametrize(("shape", "ring"), RINGS)
def test_neither_labels_nor_rows_nor_parallel_payments_decide(shape: Shape, ring: Ring) -> None:
    rng = np.random.default_rng(len(ring))
    for _ in range(10):
        other = rng.permutation(20)
        rows = rng.permutation(len(ring)).tolist()
        mixed = [(int(other[ring[row][0]]), int(other[ring[row][1]])) for row in rows]
        assert _name(mixed + mixed, rows + rows) == shape


def test_time_decides_where_the_same_accounts_pay_and_are_paid() -> None:
    ring = [(0, 1), (1, 0), (0, 2), (2, 0)]
    assert _name(ring) == "scatter_gather"
    assert _name([(b, a) for a, b in ring]) == "gather_scatter"
    assert _name(ring, width=9) == "gather_scatter"  # the order is not certain
    assert _name([(0, 1), (0, 2), (0, 3), (1, 0), (2, 0)]) == "gather_scatter"


@pytest.mark.parametrize(
    ("shape", "beside"),
    [("fan_in", (30, 31)), ("fan_in", (1, 2)), ("fan_in", (0, 30))],
)
def test_a_pair_beside_a_star_of_ten_changes_nothing(shape: Shape, beside: tuple[int, int]) -> None:
    assert _name([*((i, 0) for i in range(1, 11)), beside]) == shape


def test_parallel_paths_of_which_one_breaks_off() -> None:
    assert _name([(0, i) for i in range(1, 7)] + [(i, 9) for i in range(1, 6)]) == "scatter_gather"
    assert _name([(0, i) for i in range(1, 9)] + [(i, 19) for i in range(1, 4)]) == "none"


def test_columns_must_be_of_one_length() -> None:
    with pytest.raises(DataError):
        name_shape([0, 1], [1, 2], [0, 1], [0])
