"""From a file to rows of a case: which loader, which profile, and what a person has to answer first."""

from __future__ import annotations

import inspect
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from finvest.model.errors import SourceError, UsageError
from finvest.model.records import Source, Tally
from finvest.reading.layout import OPTIONS, answer
from finvest.reading.profile import Profile
from finvest.reading.profiles import shipped_profiles
from finvest.reading.propose import propose

if TYPE_CHECKING:
    from finvest.reading.loader import Loader
    from finvest.reading.propose import Proposal, Question
    from finvest.registry import Registry
    from finvest.store.store import Store


class Asker(Protocol):
    """A person who is asked about a layout that finvest does not know."""

    def show(self, proposal: Proposal) -> None:
        """Show a proposed profile: how it reads the first rows."""
        ...

    def answer(self, question: Question) -> str:
        """Answer what the file does not say."""
        ...

    def accepts(self) -> bool:
        """Say whether to read the file so."""
        ...


HEAD = 65_536
"""Bytes by which a file is recognised."""

GENERAL = ("delimited", "excel", "native")
"""Loaders of any table; one that knows what a file is comes before them."""

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
    layout : Profile or None
        The profile with every question answered, for the next file of this layout.
    """

    name: str
    source: str
    loader: str
    profile: str
    tally: Tally
    already: bool
    layout: Profile | None = None

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
    ask: Asker | None,
    profile: str | Path | None,
    options: dict[str, Any],
) -> Loaded:
    """Load one file into a case, all of it or nothing.

    Raises
    ------
    SourceError
        If the file as a whole is refused, or leaves a question open that nobody answers.
    UsageError
        If there is no such file, loader or profile.
    """
    if not path.is_file():
        raise UsageError(f"{path}: {'it is a folder; give its files' if path.is_dir() else 'there is no such file'}")
    given = dict(options)
    wanted, accept = given.pop("loader", None), given.pop("accept", False)
    source = Source.of(path)
    if not source.size:
        raise SourceError(path.name, "the file is empty; ask for it again")
    with path.open("rb") as file:
        head = file.read(HEAD)
    loader = registry.loader(wanted) if wanted else recognised(registry, head, path.name)
    chosen: Profile | None = None
    told = given
    if loader.card.name in BY_PROFILE:
        chosen = named_profile(profile) if profile is not None else proposed_profile(path, given, ask, accept=accept)
        chosen = answer(chosen, **{k: v for k, v in given.items() if k in OPTIONS}) if profile is not None else chosen
        told = {k: v for k, v in given.items() if k not in OPTIONS and k != "encoding"}
    elif profile is not None:
        raise UsageError(f"{path.name}: loader {loader.card.name} takes no profile; leave --profile out")
    _known(loader, told)
    digest, name = (chosen.digest(), chosen.name) if chosen is not None else ("", "")
    before = store.manifest.current_load(source.sha256)
    if before is not None and store.same_load(before, loader.card.name, digest, told):
        counts = (before["loaded"], before["quarantined"], before["headers"], before["blanks"])
        return Loaded(path.name, source.sha256, loader.card.name, name, Tally(*counts), already=True, layout=chosen)
    kept = store.keep(source)
    batches = loader.read(kept, chosen, **told)
    try:
        tally = store.load(kept, batches, loader=loader.card.name, profile=digest, options=told, actor=actor)
    except BaseException:
        if before is None:
            kept.path.unlink(missing_ok=True)  # a case keeps no original that no table rests on
        raise
    return Loaded(path.name, source.sha256, loader.card.name, name, tally, already=False, layout=chosen)


def _known(loader: Loader, options: dict[str, Any]) -> None:
    """Refuse options that a loader does not take; one that takes any says so itself."""
    taken = inspect.signature(loader.read).parameters.values()
    if any(p.kind is p.VAR_KEYWORD for p in taken):
        return
    names = [p.name for p in taken if p.name not in {"source", "profile"}]
    if unknown := sorted(set(options) - set(names)):
        there = f"there are {', '.join(names)}" if names else "it takes none"
        raise UsageError(f"loader {loader.card.name} has no option {', '.join(unknown)}; {there}")


def named_profile(profile: str | Path) -> Profile:
    """Return a shipped profile by its name, or one from a file.

    Raises
    ------
    UsageError
        If there is none.
    """
    if Path(profile).suffix == ".toml":
        if not Path(profile).is_file():
            raise UsageError(f"{profile}: there is no such file")
        return Profile.load(Path(profile))
    shipped = shipped_profiles()
    if str(profile) in shipped:
        return shipped[str(profile)]
    raise UsageError(f"no profile {str(profile)!r}; there are {', '.join(shipped)}, or give a .toml file of your own")


def proposed_profile(path: Path, options: dict[str, Any], ask: Asker | None, *, accept: bool) -> Profile:
    """Return the shipped profile that fits a file, or one proposed from the file, with every question answered.

    Parameters
    ----------
    path : pathlib.Path
    options : dict
        Answers known beforehand; what a person answers is added.
    ask : Asker, optional
    accept : bool
        Take a proposed profile without showing it.

    Raises
    ------
    SourceError
        If a question stays open, or a new layout is not accepted.
    """
    proposal = propose(path)
    new = proposal.profile.name not in shipped_profiles()
    if new and ask is not None and not accept:
        ask.show(proposal)
    asked = [
        question
        for question in proposal.questions
        if question.option not in options and not (question.option == "currency" and "decimals" in options)
    ]
    for question in asked:
        if ask is None:
            raise SourceError(path.name, " ".join(f"{q.text} Give {_flag(q.option)}." for q in asked))
        options[question.option] = _typed(question.option, ask.answer(question))
    profile = proposal.answers(**{k: v for k, v in options.items() if k in OPTIONS or k == "encoding"})
    if new and not accept and (ask is None or not ask.accepts()):
        hint = "accept the proposed profile with --yes, or give one of your own with --profile"
        raise SourceError(path.name, f"its layout is new: {hint}")
    return profile


def _flag(option: str) -> str:
    return "--day-first or --month-first" if option == "day_first" else f"--{option.replace('_', '-')}"


def _typed(option: str, text: str) -> Any:  # noqa: ANN401
    if option == "day_first":
        return text == "true"
    return int(text) if option == "decimals" else text


def recognised(registry: Registry, head: bytes, name: str) -> Loader:
    """Return the loader that recognises a file.

    Raises
    ------
    SourceError
        If none does, or several do.
    """
    able = [loader for loader in registry.loaders().values() if loader.recognises(head, name)]
    able = [loader for loader in able if loader.card.name not in GENERAL] or able
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
    except (IsADirectoryError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path.name}: expected tables [[file]], each with a path and options like account") from error
