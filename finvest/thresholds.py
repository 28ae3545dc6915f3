"""Every threshold a fifth lower and higher, and what changes (``make thresholds``).

Tried on the sample case, whose answer key says what is planted and what only looks so, and on each detector's own
smallest example.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from finvest.findings.changes import tried
from finvest.findings.make import Make
from finvest.model.errors import FinvestError
from finvest.scoring import score
from finvest.seeds import made
from finvest.synth import sample
from finvest.synth.marking import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from finvest.findings.detector import Detector
    from finvest.registry import Registry
    from finvest.synth.key import Key
    from finvest.view import CaseView

PAGE = Path(__file__).parents[1] / "docs" / "thresholds.md"

_HEAD = """<!-- Written by `make thresholds`; change the code, not this page. -->

# Thresholds

Each threshold of each detector a fifth lower and higher (a small whole number by one), the others as they are, on the
sample case and on the detector's own smallest example. What is planted and what only looks so says the answer key.
"no change" means: the same planted patterns found, the same look-alikes left alone, as many findings that stand.

| detector | parameter | default | tried | on the sample case | own example |
|---|---|---|---|---|---|
"""


@dataclass(frozen=True, slots=True)
class _Result:
    """What a detector with some parameters does."""

    standing: int
    found: frozenset[str]
    accused: frozenset[str]
    example: bool
    failed: str = ""


def rows(view: CaseView, key: Key, registry: Registry) -> Iterator[tuple[str, str, float, float, str, str]]:
    """Try every threshold.

    Yields
    ------
    tuple
        Catalogue id, parameter, default, value tried, what changes on the case, what becomes of the own example.
    """
    for id_, cls in registry.detectors().items():
        make = Make()
        cls().plant(make)
        example = make.view()
        usual = _run(cls(), view, key, example)
        for name, now, then in tried(cls(), cls().get_params()):
            other = _run(cls().set_params(**{name: then}), view, key, example)
            kept = "found" if other.example else "not found"
            yield id_, name, now, then, _difference(usual, other), kept


def _run(detector: Detector, view: CaseView, key: Key, example: CaseView) -> _Result:
    try:
        detector.check_parameters()
    except FinvestError as error:
        return _Result(0, frozenset(), frozenset(), example=False, failed=str(error))
    done = score(view, [detector])
    if done.failed:
        return _Result(0, frozenset(), frozenset(), example=False, failed=done.failed[detector.card.id])
    answers = mark(key, done.all).by_indicator.get(detector.card.id)
    found = frozenset(answers.found if answers else ())
    accused = frozenset(answers.accused if answers else ())
    return _Result(len(done), found, accused, example=bool(len(score(example, [detector]))))


def _difference(usual: _Result, other: _Result) -> str:
    if other.failed:
        return other.failed
    told = [f"{usual.standing} → {other.standing} findings"] if usual.standing != other.standing else []
    changes = (
        ("misses", usual.found - other.found),
        ("finds", other.found - usual.found),
        ("accuses", other.accused - usual.accused),
        ("no longer accuses", usual.accused - other.accused),
    )
    told += [f"{what} {', '.join(sorted(names))}" for what, names in changes if names]
    return "; ".join(told) or "no change"


def page(view: CaseView, key: Key, registry: Registry) -> str:
    """Return the page."""
    lines = [f"| {i} | `{name}` | {now:g} | {then:g} | {changes} | {kept} |"
             for i, name, now, then, changes, kept in rows(view, key, registry)]  # fmt: skip
    return _HEAD + "\n".join(lines) + "\n"


def main(given: Iterable[str] | None = None) -> int:
    """Write the page."""
    parser = argparse.ArgumentParser(prog="python -m finvest.thresholds", description=__doc__)
    parser.add_argument("--out", type=Path, default=PAGE, help="file to write")
    parser.add_argument("--seed", type=int, default=sample.DEFAULT, help="seed of the generator")
    asked = parser.parse_args(None if given is None else list(given))
    with TemporaryDirectory(prefix="finvest-") as folder:
        case, key = made(Path(folder), asked.seed)
        text = page(case.view(), key, case.registry)
    asked.out.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
