"""Make a synthetic case: the files that banks and registers would send, and the answer key."""

from __future__ import annotations

import hashlib
from random import Random
from typing import TYPE_CHECKING

from finvest.synth import (
    awkward,
    cast,
    commerce,
    daily,
    economy,
    labels,
    load_list,
    people,
    readme,
    registers,
    scenarios,
    statements,
)
from finvest.synth.answers import Shown, answers
from finvest.synth.books import books
from finvest.synth.key import NAME, Key
from finvest.synth.movements import Ledger
from finvest.synth.scenarios import trail

if TYPE_CHECKING:
    from pathlib import Path

DEFAULT = 7
"""Seed of `sample_data/`."""


def write(folder: Path, seed: int = DEFAULT) -> Key:
    """Write a synthetic case into a folder and return its answer key.

    Parameters
    ----------
    folder : pathlib.Path
        Made where it does not exist; files of the same names are overwritten.
    seed : int
        Equal seeds give equal bytes, on every system.

    Returns
    -------
    Key
        As it stands in ``answer_key.json``, which is no part of the case.
    """
    files, key, told = _made(seed)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    key.write(folder / NAME)
    (folder / labels.NAME).write_bytes(told.encode())
    (folder / load_list.NAME).write_bytes(load_list.text(key).encode())
    (folder / "README.md").write_bytes(readme.text(key).encode())
    return key


def make(seed: int = DEFAULT) -> tuple[dict[str, bytes], Key]:
    """Return the files of a synthetic case by name, and its answer key."""
    files, key, _ = _made(seed)
    return files, key


def _made(seed: int) -> tuple[dict[str, bytes], Key, str]:
    """Return files, answer key, and the answers as a table."""
    # Every room draws from its own stream, so that a change in one leaves the others as they are.
    who = economy.build(Random(f"{seed}/economy"))
    parts = cast.choose(who, Random(f"{seed}/cast"))
    ledger = Ledger(Random(f"{seed}/delays"))
    daily.live(who, parts, ledger, Random(f"{seed}/daily"))
    commerce.trade(who, parts, ledger, Random(f"{seed}/commerce"))
    patterns = scenarios.play(who, parts, ledger, Random(f"{seed}/scenarios"))
    odd = awkward.add(who, ledger, Random(f"{seed}/awkward"))
    # The last one: what the others are is not changed by it.
    followed = trail.play(who, ledger, Random(f"{seed}/trail"))
    whole = {m.number for p in patterns if p.kind == "planted" or p.indicator == "GRF-05" for m in p.movements}
    whole |= {m.number for m in ledger.movements if {m.payer.label, m.payee.label} & set(trail.PARTS)}
    files, shown = dict[str, bytes](), list[Shown]()
    for complete in books(who, ledger.movements, odd.lines, whole, seed, followed.known).values():
        for export in awkward.exports(complete, odd):
            name = export.name + statements.LAYOUTS[export.account.layout].suffix
            written = statements.write(export)
            files[name] = written.content
            digest = hashlib.sha256(written.content).hexdigest()
            shown.append(Shown(name, digest, export, written.records))
    lists = registers.write(who, Random(f"{seed}/registers"), Random(f"{seed}/protected"))
    story = people.play(who, seed)
    lists |= story.files
    files |= lists
    key = answers(seed, shown, patterns, odd, followed, lists, story)
    return dict(sorted(files.items())), key, labels.text(shown, patterns, followed, story)
