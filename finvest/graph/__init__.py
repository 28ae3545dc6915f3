"""The money-flow graph and its kernels.

* ``money_graph``: `MoneyGraph`, every movement of money its own edge
* ``order``: when a sequence can, and when it must, have happened in an order and within a window
* ``fans``, ``cycles``, ``occurrences``, ``forwarded``, ``lots``: the kernels, each returning members
* ``two_hop``, ``gather_scatter``, ``chains``, ``blocks``, ``stacks``: the kernels of compound shapes
* ``shape``: the name of a ring's shape, from its transactions alone
* ``reference``, ``reference_shapes``, ``reference_blocks``: the same in slow, plain Python, for tests to compare with
* ``compiled``, ``index``: what kernels stand on

Importing this package costs nothing: numba is imported with the first module of a kernel.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from finvest.graph.money_graph import MoneyGraph as MoneyGraph

__all__ = ["MoneyGraph"]


def __getattr__(name: str) -> object:
    if name == "MoneyGraph":
        from finvest.graph.money_graph import MoneyGraph

        return MoneyGraph
    raise AttributeError(f"module 'finvest.graph' has no attribute {name!r}")
