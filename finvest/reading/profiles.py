"""Which profiles there are, and which one fits a file."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from finvest.model.errors import SourceError, UsageError
from finvest.reading.fields import fields
from finvest.reading.framing import frames
from finvest.reading.profile import Profile, named

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@cache
def shipped_profiles() -> Mapping[str, Profile]:
    """Return the profiles that come with finvest, by name."""
    texts = [(f.name, f.read_text("utf-8")) for f in (files("finvest.loaders") / "profiles").iterdir()]
    found = [Profile.from_toml(text, name) for name, text in sorted(texts) if name.endswith(".toml")]
    return {profile.name: profile for profile in found}


def profiles_in(folder: Path) -> dict[str, Profile]:
    """Return the profiles of a folder of the user's, by name.

    Raises
    ------
    UsageError
        If one is no profile, or two have the same name.
    """
    found: dict[str, Profile] = {}
    for path in sorted(folder.glob("*.toml")):
        profile = Profile.load(path)
        if profile.name in found:
            raise UsageError(f"{path.name}: another profile in {folder.name} is named {profile.name} too")
        found[profile.name] = profile
    return found


def matching_profile(head: bytes, name: str, profiles: Iterable[Profile] | Mapping[str, Profile]) -> Profile | None:
    """Return the one profile that fits the start of a delimited file.

    Parameters
    ----------
    head : bytes
        Start of the file, its header row included.
    name : str
        Name of the file.
    profiles : iterable or mapping of Profile
        Profiles to try.

    Returns
    -------
    Profile or None
        None where none fits, or two fit equally well.
    """
    every = profiles.values() if isinstance(profiles, Mapping) else profiles
    return best([p for p in every if p.matches(header_of(head, name, p) or ())])


def best(fitting: list[Profile]) -> Profile | None:
    """Return the profile that recognises a file by most headers; None where two are as good."""
    fitting.sort(key=lambda p: -len(p.recognise))
    tied = len(fitting) > 1 and len(fitting[0].recognise) == len(fitting[1].recognise)
    return None if tied or not fitting else fitting[0]


def header_of(head: bytes, name: str, profile: Profile) -> list[str] | None:
    """Return the headers that a profile finds at the start of a file; None where there are none."""
    if profile.header_row == 0:
        return list(profile.names)
    try:
        for part in frames(io.BytesIO(head), name, **profile.signs):
            rows = fields(part, **profile.signs)
            rows = rows.filter(rows["record"] == profile.header_row)
            if len(rows):
                row = rows["fields"][0]
                return None if row is None else named(row)
    except SourceError:
        return None
    return None
