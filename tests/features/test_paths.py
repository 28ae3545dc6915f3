"""How many middles lie beside each transfer."""

from __future__ import annotations

from finvest.features.paths import parallel_counts
from finvest.findings.make import Make


def test_counts_depend_on_the_window_and_on_what_is_certain() -> None:
    make = Make()
    for i in range(4):
        make.transfer("payer", f"m{i}", 100_00, 2 * i)
        make.transfer(f"m{i}", "owner", 100_00, 2 * i + 1, dated=i == 0)
    make.transfer("somebody", "shop", 5_00, 3, channel="card_pos")
    make.transfer("somebody", "somebody else", 5_00, 3)
    view = make.view()
    counts = parallel_counts(view, (4, 10))
    assert len(counts) == 9
    assert counts.columns == ["n", "middles_4", "middles_10", "middles_certain_4", "middles_certain_10"]
    tx = view.frame("transactions").join(counts, on="n")
    first = tx.filter(tx["amount"] == 100_00).sort("earliest")
    assert first["middles_10"].to_list() == [4] * 8
    assert first["middles_certain_10"].max() == 4
    assert first["middles_4"].to_list() == [2, 2, 2, 2, 2, 2, 2, 2]
    assert tx.filter(tx["amount"] == 5_00)["middles_10"].to_list() == [0]
