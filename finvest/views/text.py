"""Texts that others wrote, made fit to be shown: nothing invisible, nothing endless, numbers in groups of four."""

from __future__ import annotations

import re
import unicodedata

from finvest.model.identifiers import iban_key, is_iban

LONGEST = 400
"""Characters of one text that a reader is shown; how many more there are is said."""

# Controls, marks that turn the direction of writing or take no room, and what XML cannot hold. The joiners that
# emoji and some scripts need (U+200C, U+200D) stay.
_UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
                     "\u2060-\u206f\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]")  # fmt: skip
_SPACE = re.compile(r"[\t\n\r ]+")

_LIKE_IBAN = re.compile(r"\b[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}\b")

_NARROW, _WIDE = frozenset("fijlrtI.,:;'|!()[]{}- /\\"), frozenset("mwMW@%—")


def plain(text: str) -> str:
    """Return a text on one line, with what cannot be seen written out: a NUL becomes ``[U+0000]``."""
    return _UNSEEN.sub(lambda m: f"[U+{ord(m[0]):04X}]", _SPACE.sub(" ", text)).strip()


def shorten(text: str, longest: int = LONGEST) -> str:
    """Return a plain text, and of a very long one its beginning and how much more there is."""
    text = plain(text)
    return text if len(text) <= longest else f"{text[:longest]}… ({len(text) - longest:,} more characters)"


def number(text: str) -> str:
    """Group an IBAN in fours; leave any other number as written."""
    text = plain(text)
    if not is_iban(text):
        return text
    key = iban_key(text)
    return " ".join(key[i : i + 4] for i in range(0, len(key), 4))


def label(text: str) -> str:
    """Group every IBAN in a label or a sentence in fours."""
    return _LIKE_IBAN.sub(lambda m: number(m[0]), plain(text))


def width(text: str, size: float) -> float:
    """Estimate how wide a text is drawn, in pixels; rather too wide, because fonts differ."""
    return sum(_em(c) for c in text) * size


def clip(text: str, room: float, size: float) -> str:
    """Cut a text to the room that it has, and say so with an ellipsis."""
    if width(text, size) <= room:
        return text
    room -= size
    kept = 0
    while kept < len(text) and (room := room - _em(text[kept]) * size) >= 0:
        kept += 1
    while kept and (unicodedata.combining(text[kept]) or text[kept - 1] == "\u200d"):
        kept -= 1  # no letter without its accent, no half of an emoji
    return text[:kept].rstrip() + "…"


def _em(c: str) -> float:
    if unicodedata.combining(c) or c == "\u200d":
        return 0.0
    if c.isdigit():
        return 0.56
    if unicodedata.east_asian_width(c) in "WF":
        return 1.05
    if c in _NARROW:
        return 0.31
    return 0.9 if c in _WIDE else 0.7 if c.isupper() else 0.55
