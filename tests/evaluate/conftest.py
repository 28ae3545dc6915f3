"""A small labelled set, made anew for each test that asks: four fan-ins of strangers among everyday payments."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2025, 1, 1)
WINDOWS = ("train1", "train2", "val", "test")
HEAD = "window,label,pattern_type,pattern_id"


@dataclass
class SmallSet:
    """Files of a set, to be changed before they are written."""

    folder: Path
    rows: list[dict[str, object]] = field(default_factory=list)
    pattern: dict[str, str] = field(default_factory=dict)
    accounts: list[str] = field(default_factory=list)

    def pay(self, src: str, dst: str, amount: float, day: float, pattern: str = "", kind: str = "TRANSFER") -> None:
        tx = f"T{len(self.rows):05d}"
        self.rows.append(
            {
                "tx_id": tx,
                "timestamp": START + timedelta(days=day),
                "src": src,
                "dst": dst,
                "amount": amount,
                "type": kind,
                "src_bank": "bank_a",
                "dst_bank": "bank_b",
            }
        )
        if pattern:
            self.pattern[tx] = pattern

    def window(self, row: dict[str, object]) -> str:
        at = row["timestamp"]
        assert isinstance(at, datetime)
        return WINDOWS[min((at - START).days // 10, 3)]

    def labels(self) -> dict[str, list[str]]:
        moved = [r for r in self.rows if not str(r["src"]).startswith("EXT") and not str(r["dst"]).startswith("EXT")]
        tx = [f"tx_id,{HEAD}"]
        ends: dict[tuple[str, str], set[str]] = {}
        for row in moved:
            pattern = self.pattern.get(str(row["tx_id"]), "")
            tx.append(f"{row['tx_id']},{self.window(row)},{int(bool(pattern))},{'fan_in' * bool(pattern)},{pattern}")
            if pattern:
                for side in ("src", "dst"):
                    for window in (self.window(row), "all"):
                        ends.setdefault((str(row[side]), window), set()).add(pattern)
        accounts = [f"account_id,{HEAD}"]
        for window in (*WINDOWS, "all"):
            for account in self.accounts:
                own = sorted(ends.get((account, window), ()))
                accounts.append(
                    f"{account},{window},{int(bool(own))},{';'.join('fan_in' for _ in own)},{';'.join(own)}"
                )
        patterns = ["pattern_id,pattern_type,transactions,accounts,first,last,amount"]
        patterns += [f"{p},fan_in,6,7,2025-01-01,2025-01-02,1.5" for p in sorted(set(self.pattern.values()))]
        return {"transactions": tx, "accounts": accounts, "patterns": patterns}

    def write(self, labels: dict[str, list[str]] | None = None) -> Path:
        self.folder.mkdir(exist_ok=True)
        pl.DataFrame(self.rows).write_parquet(self.folder / "transactions.parquet")
        table = ["account_id,bank,city,init_balance", *(f"{a},bank_a,x,1.0" for a in self.accounts)]
        (self.folder / "accounts.csv").write_text("\n".join(table) + "\n")
        (self.folder / "SOURCE.txt").write_text("made for a test")
        for name, lines in (self.labels() if labels is None else labels).items():
            (self.folder / f"labels_{name}.csv.gz").write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))
        return self.folder


@pytest.fixture
def small(tmp_path: Path) -> SmallSet:
    made = SmallSet(tmp_path / "small", accounts=[f"A{i:03d}" for i in range(120)])
    random = np.random.default_rng(5)
    for i in range(60):  # everyone pays the same two others, now and then
        for day in range(0, 40, 10):
            for other in (1, 2):
                made.pay(
                    f"A{i:03d}", f"A{(i + other) % 60:03d}", round(10 + 90 * random.random(), 2), day + random.random()
                )
    for day in range(0, 40, 10):  # and half of them their landlord, each month
        for i in range(30):
            made.pay(f"A{i:03d}", "A059", 700.0, day + i / 10)
    for p in range(12):
        for k in range(6):
            made.pay(f"A{60 + (5 * p + k) % 48:03d}", f"A{108 + p:03d}", 500.25 + k, 3 * p + 1 + k / 8, pattern=str(p))
    made.pay("EXT_SOURCE", "A000", 2000.0, 3, kind="INCOME")
    made.pay("A000", "EXT_SINK", 12.5, 4, kind="SPEND")
    made.pay("A001", "A002", 0.0, 5)
    return made
