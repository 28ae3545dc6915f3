"""What was measured of each detector, kept in `docs/figures.json` for its page: sets, settings, date and figures."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import finvest
from finvest.evaluate.evaluation import RANKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from finvest.evaluate.evaluation import Evaluation, Measured
    from finvest.findings.detector import Detector
    from finvest.registry import Registry

FILE = Path(__file__).parents[1] / "docs" / "figures.json"

_HEAD = "| set | times | what | window | AP | 95 % | base rate | false alarms in 10,000 | patterns found | verdict |"


def write(done: Sequence[Evaluation], registry: Registry, path: Path) -> None:
    """Write the figures of detectors and their ranking, of one setting.

    Parameters
    ----------
    done : sequence of Evaluation
    registry : Registry
        For the versions of the detectors.
    path : pathlib.Path
    """
    settings = done[0].settings if done else {}
    ids = [*settings, RANKING]
    told = {
        "measured": datetime.now(UTC).date().isoformat(),
        "finvest": finvest.__version__,
        "detectors": {
            id_: {
                "version": registry.detector(id_).card.version if id_ != RANKING else None,
                "settings": settings.get(id_, {}),
                "figures": [_figure(e, m) for e in done for m in e.measured if m.method == id_],
            }
            for id_ in ids
        },
    }
    path.write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _figure(e: Evaluation, m: Measured) -> dict[str, Any]:
    found = next(f for f in e.found if (f.method, f.window) == (m.method, m.window))
    return {
        "set": e.name,
        "dated": e.dated,
        "task": m.task,
        "window": m.window,
        "ap": round(m.ap, 4),
        "low": None if m.low is None else round(m.low, 4),
        "high": None if m.high is None else round(m.high, 4),
        "base_rate": round(m.base_rate, 4),
        "false_alarms": round(m.false_alarms, 1),
        "found": found.found,
        "of": len(found.patterns),
        "verdict": m.verdict,
    }


def section(id_: str, detector: type[Detector] | None, path: Path = FILE) -> list[str]:
    """Return the lines of a page that tell the figures of a detector, or of the ranking; none where none are kept.

    Parameters
    ----------
    id_ : str
        Catalogue id, or ``ranking``.
    detector : type of Detector, optional
        To say where it has changed since.
    path : pathlib.Path
    """
    if not path.is_file():
        return []
    kept = json.loads(path.read_text(encoding="utf-8"))
    of = kept["detectors"].get(id_)
    if of is None or not of["figures"]:
        return []
    told = f"Measured on {kept['measured']} by `finvest evaluate` on synthetic labelled sets, one setting for all."
    if detector is not None:
        now = {"version": detector.card.version, "settings": detector().get_params()}
        then = {"version": of["version"], "settings": of["settings"]}
        if now != then:
            named = ", ".join(f"{k} = {v}" for k, v in then["settings"].items())
            told += f" The detector has changed since: this was version {then['version']} with {named}."
    rows = [
        f"| {f['set']} | {'dates' if f['dated'] else 'known'} | {f['task']} | {f['window']} | {f['ap']:.3f} | "
        f"{_between(f)} | {f['base_rate']:.4f} | {f['false_alarms']:.0f} | {f['found']} of {f['of']} | {f['verdict']} |"
        for f in of["figures"]
    ]
    return [told, "", _HEAD, "|---" * _HEAD.count(" | ") + "|---|", *rows, ""]


def _between(figure: dict[str, Any]) -> str:
    return "" if figure["low"] is None else f"{figure['low']:.3f} to {figure['high']:.3f}"
