"""From a file to rows of a case: which loader, which profile, and what a person has to answer first."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from finvest.model.errors import SourceError, UsageError
from finvest.model.profile import Profile
from finvest.model.profiles import matching_profile, shipped_profiles
from finvest.model.records import Source, Tally

if TYPE_CHECKING:
    from finvest.model.records import Loader
    from finvest.registry import Registry
    from finvest.store.store import Store

Ask = Callable[[str, tuple[str, ...]], str]
"""Answers a question; given its text and the answers to choose from, none where any text will do."""

HEAD = 65_536
"""Bytes by which a file is recognised."""

BY_PROFILE = ("delimited", "excel")
"""Loaders that need a profile."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one file.

    Attributes
    ----------
    name, source : str
        Name and SHA-256 of the file.
    loader, profile : str
        What read it.
    tally : Tally
        Records loaded, quarantined, headers, blanks.
    already : bool
        The same file was loaded so before; nothing changed.
    """

    name: str
    source: str
    loader: str
    profile: str
    tally: Tally
    already: bool

    def __repr__(self) -> str:
        state = "loaded already" if self.already else f"{self.tally.loaded:,} of {self.tally.records:,} records loaded"
        return f"<Loaded {self.name}: {state}, {self.tally.quarantined} quarantined>"

    def row(self) -> dict[str, Any]:
        """Return it as a row of a table."""
        return {
            "file": self.name,
            "loader": self.loader,
            "profile": self.profile,
            "records": self.tally.records,
            "loaded": self.tally.loaded,
            "quarantined": self.tally.quarantined,
            "headers": self.tally.headers,
            "blanks": self.tally.blanks,
            "already": self.already,
            "source": self.source,
        }


def load(
    store: Store,
    registry: Registry,
    path: Path,
    actor: str,
    ask: Ask | None,
    profile: str | Path | None,
    options: dict[str, Any],
) -> Loaded:
    """Load one file into a case, all of it or nothing.

    Raises
    ------
    SourceError
        If the file as a whole is refused.
    UsageError
        If there is no such file, loader or profile.
    """
    if not path.is_file():
        raise UsageError(f"{path}: there is no such file")
    given = dict(options)
    wanted = given.pop("loader", None)
    source = Source.of(path)
    if not source.size:
        raise SourceError(path.name, "the file is empty; ask for it again")
    with path.open("rb") as file:
        head = file.read(HEAD)
    loader = registry.loader(wanted) if wanted else recognised(registry, head, path.name)
    chosen = chosen_profile(path, head, profile) if loader.card.name in BY_PROFILE else None
    digest = chosen.digest() if chosen is not None else ""
    name = chosen.name if chosen is not None else ""
    before = store.manifest.current_load(source.sha256)
    if before is not None and store.same_load(before, loader.card.name, digest, given):
        counts = (before["loaded"], before["quarantined"], before["headers"], before["blanks"])
        return Loaded(path.name, source.sha256, loader.card.name, name, Tally(*counts), already=True)
    kept = store.keep(source)
    batches = loader.read(kept, chosen, **given)
    tally = store.load(kept, batches, loader=loader.card.name, profile=digest, options=given, actor=actor)
    return Loaded(path.name, source.sha256, loader.card.name, name, tally, already=False)


def chosen_profile(path: Path, head: bytes, profile: str | Path | None) -> Profile:
    """Return the profile to read a file with: the one that was given, or the shipped one that fits it.

    Raises
    ------
    UsageError
        If there is no such profile.
    SourceError
        If none was given and none fits.
    """
    shipped = shipped_profiles()
    if profile is not None:
        if Path(profile).suffix == ".toml":
            return Profile.load(Path(profile))
        if str(profile) in shipped:
            return shipped[str(profile)]
        raise UsageError(
            f"no profile {str(profile)!r}; there are {', '.join(shipped)}, or give a .toml file of your own"
        )
    found = matching_profile(head, path.name, shipped)
    if found is None:
        raise SourceError(path.name, "no shipped profile fits it; give one with --profile")
    return found


def recognised(registry: Registry, head: bytes, name: str) -> Loader:
    """Return the loader that recognises a file.

    Raises
    ------
    SourceError
        If none does, or several do.
    """
    able = [loader for loader in registry.loaders().values() if loader.recognises(head, name)]
    if len(able) == 1:
        return able[0]
    names = ", ".join(loader.card.name for loader in able) or ", ".join(registry.loaders())
    why = "more than one loader reads it" if able else "it is in no format that finvest knows"
    raise SourceError(name, f"{why}; say which one with --loader ({names})")


def read_list(path: Path) -> list[tuple[Path, dict[str, Any]]]:
    """Read a load list: files, each with the options that it needs.

    Parameters
    ----------
    path : pathlib.Path
        TOML with a table ``[[file]]`` for each file: ``path``, relative to the list, and any option of `load`.

    Raises
    ------
    UsageError
        If it is not such a list.
    """
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["file"]
        return [(path.parent / e["path"], {k: v for k, v in e.items() if k != "path"}) for e in entries]
    except FileNotFoundError:
        raise UsageError(f"{path}: there is no such file") from None
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path.name}: expected tables [[file]], each with a path and options like account") from error
