"""How fast finvest is: made-up records, measured steps, other tools beside it. Run with ``python -m benchmarks``."""

from __future__ import annotations
