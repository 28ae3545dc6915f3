"""What the texts of a column prove about how they are written: order of day and month, decimal sign, encoding."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_TIME = r"(?P<t>[T ])(?P<h>\d{1,2}):\d{2}(?P<s>:\d{2})?(?P<f>\.\d{1,6})?(?P<p> ?[AaPp][Mm])?(?P<z>Z)?"
_SHAPES = (
    (re.compile(rf"\d{{4}}(?P<sep>[-/.])\d{{1,2}}(?P=sep)\d{{1,2}}(?:{_TIME})?"), "%Y{0}%m{0}%d"),
    (re.compile(rf"(?P<a>\d{{1,2}})(?P<sep>[-/.])(?P<b>\d{{1,2}})(?P=sep)(?P<y>\d{{4}})(?:{_TIME})?"), "%?{0}%?{0}%Y"),
    (re.compile(rf"(?P<a>\d{{1,2}})(?P<sep>[-/.])(?P<b>\d{{1,2}})(?P=sep)(?P<y>\d{{2}})(?:{_TIME})?"), "%?{0}%?{0}%y"),
    (re.compile(rf"\d{{1,2}}(?P<sep>[- ])[A-Za-z]{{3}}(?P=sep)\d{{4}}(?:{_TIME})?"), "%d{0}%b{0}%Y"),
    (re.compile(rf"\d{{1,2}}(?P<sep>[- ])[A-Za-z]{{3}}(?P=sep)\d{{2}}(?:{_TIME})?"), "%d{0}%b{0}%y"),
    (re.compile(r"(?P<sep>)(?:19|20)\d{6}"), "%Y%m%d"),
)
_LAST_MONTH = 12


def date_formats(texts: Iterable[str]) -> tuple[tuple[str, ...], bool | None]:
    """Return the formats of dates, and whether the day stands first.

    Parameters
    ----------
    texts : iterable of str
        Dates as written.

    Returns
    -------
    formats : tuple of str
        Most frequent first; ``%?`` where day and month may change places.
    day_first : bool or None
        None where the texts do not prove it, or contradict each other.
    """
    formats: Counter[str] = Counter()
    first = second = False
    for text in texts:
        for shape, pattern in _SHAPES:
            if found := shape.fullmatch(text):
                groups = found.groupdict()
                formats[pattern.format(groups["sep"]) + _time(groups)] += 1
                first |= int(groups.get("a") or 0) > _LAST_MONTH
                second |= int(groups.get("b") or 0) > _LAST_MONTH
                break
    return tuple(f for f, _ in formats.most_common()), first if first != second else None


def _time(groups: dict[str, str | None]) -> str:
    if not groups.get("t"):
        return ""
    hour = "%I" if groups["p"] else "%H"
    half = groups["p"].replace(groups["p"].strip(), "%p") if groups["p"] else ""
    return (
        f"{groups['t']}{hour}:%M{':%S' if groups['s'] else ''}{'.%f' if groups['f'] else ''}{half}{groups['z'] or ''}"
    )


def amount_signs(texts: Iterable[str]) -> tuple[str, str]:
    """Return decimal sign and thousands signs of amounts.

    Returns
    -------
    decimal : str
        ``.`` or ``,``; empty where the texts do not prove it.
    thousands : str
        Signs that group digits.
    """
    decimal: set[str] = set()
    grouping: set[str] = set()
    open_signs: set[str] = set()
    for text in texts:
        signs = re.sub(r"[^.,'’\s]", "", text.strip())
        grouping |= {" " if s.isspace() else s for s in signs if s not in ".,"}
        marks = [s for s in signs if s in ".,"]
        if not marks:
            continue
        after = len(re.sub(r"[^0-9]", "", text.rpartition(marks[-1])[2]))
        if len(set(marks)) > 1:
            decimal.add(marks[-1])
            grouping.add(marks[0])
        elif len(marks) > 1:
            grouping.add(marks[0])
            decimal.add("," if marks[0] == "." else ".")
        elif after != 3:  # noqa: PLR2004 - three digits after a sign may be thousands or thousandths
            decimal.add(marks[0])
        else:
            open_signs.add(marks[0])
    if len(decimal) != 1:
        return ("." if not decimal and not open_signs else ""), "".join(sorted(grouping - {".", ","}))
    (sign,) = decimal
    return sign, "".join(sorted((grouping | open_signs) - {sign}))


def encodings(head: bytes) -> tuple[str, ...]:
    """Return the encodings that a text file can be in, likeliest first; one where the bytes prove it.

    Parameters
    ----------
    head : bytes
        The file, or its start.
    """
    marks = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    for mark, name in marks:
        if head.startswith(mark):
            return (name,)
    if head.count(b"\0", 1, 4096) > len(head[:4096]) // 4:
        return ("utf-16-be",) if head[:1] == b"\0" else ("utf-16-le",)
    for cut in range(4):  # the start of a file may end inside a character
        try:
            head[: len(head) - cut].decode("utf-8")
        except UnicodeDecodeError:
            continue
        return ("utf-8",)
    # The bytes 80 to 9F are letters and signs in cp1252, and control characters in Latin-1 that no text has.
    return ("cp1252",) if re.search(rb"[\x80-\x9f]", head) and _fits(head, "cp1252") else ("cp1252", "latin-1")


def _fits(head: bytes, encoding: str) -> bool:
    try:
        head.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
