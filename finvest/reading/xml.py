"""XML from outside, read hardened and in bounded memory: shared by every loader of an XML format.

No entity is resolved, nothing is fetched, a document type declaration is refused outright, and the parser's own limits
on depth and on the length of one value stay on. Names are local names: a namespace decides nothing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, BinaryIO

from lxml import etree

from finvest.model.errors import DataError, SourceError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

    from finvest.model.records import Source

_CHUNK = 1 << 20


class Broken(DataError):  # noqa: N818 - an end as good as any: what came before is kept
    """The XML ends or breaks before its last element is closed; what was yielded before is whole.

    Attributes
    ----------
    line : int
        Line of the break, from 1.
    first_byte : int
        Offset of the break in the file, as near as the parser says.
    """

    def __init__(self, source: str, line: int, first_byte: int) -> None:
        self.line, self.first_byte = line, first_byte
        super().__init__(f"{source}:{line}: expected well-formed XML; it ends or breaks here")


def elements(source: Source, names: Sequence[str]) -> Iterator[tuple[str, str, etree._Element]]:
    """Yield the elements with the given local names as they are opened and closed.

    Parameters
    ----------
    source : Source
        XML file.
    names : sequence of str
        Local names.

    Yields
    ------
    event : str
        "start" or "end"; at its start an element has no children yet.
    name : str
        Local name.
    element : lxml element
        Whoever has done with a closed one clears it.

    Raises
    ------
    SourceError
        If the file declares a document type or is no XML from its first element on.
    Broken
        If it breaks later.
    """
    with source.path.open("rb") as file:
        _refuse_document_type(source, file)
        file.seek(0)
        parser = _parse(file, ("start", "end"), [f"{{*}}{name}" for name in names])
        try:
            for event, element in parser:
                yield event, local_name(element), element
        except etree.XMLSyntaxError as error:
            # The exception itself knows no place where the parser stopped at an entity.
            line, column = next(((e.line, e.column) for e in parser.error_log.filter_from_errors()), error.position)
            at = _offset(source.path, line, column)
            raise Broken(source.name, max(line, 1), min(at, source.size)) from None


def _parse(file: BinaryIO, events: tuple[str, ...], tags: list[str] | None) -> etree.iterparse:
    return etree.iterparse(
        file,
        events=events,
        tag=tags,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=False,
        # Without comments and processing instructions a text is one piece: 1<!-- -->00 is 100.
        remove_comments=True,
        remove_pis=True,
    )


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return _local(element.tag)


@lru_cache(maxsize=4096)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def line_of(element: etree._Element) -> int:
    """Return the line on which an element begins, from 1."""
    line = element.sourceline
    return line if isinstance(line, int) else 1


def leaves(element: etree._Element, *, skip: Collection[str] = ()) -> dict[str, str]:
    """Return every text and attribute inside an element by its path of local names.

    Parameters
    ----------
    element : lxml element
    skip : collection of str
        Local names of children to leave out.

    Notes
    -----
    A repeated element has its ordinal in the path, an attribute an at sign:
    ``{"Amt": "5", "Amt@Ccy": "EUR", "RmtInf/Ustrd": "a", "RmtInf/Ustrd[2]": "b"}``. Blank texts are left out.
    """
    found: dict[str, str] = {}
    _collect(element, "", found, skip)
    return found


def drop(element: etree._Element) -> None:
    """Free a closed element and the siblings of its name before it, which were cleared the same way."""
    element.clear()
    before = element.getprevious()
    while before is not None and before.tag == element.tag:
        following = before.getprevious()
        parent = before.getparent()
        if parent is not None:
            parent.remove(before)
        before = following


def _collect(element: etree._Element, path: str, found: dict[str, str], skip: Collection[str] = ()) -> None:
    seen: dict[str, int] = {}
    for child in element:
        name = local_name(child)
        if name in skip:
            continue
        seen[name] = number = seen.get(name, 0) + 1
        key = f"{path}{name}" if number == 1 else f"{path}{name}[{number}]"
        if len(child):
            _collect(child, f"{key}/", found)
        elif text := (child.text or "").strip():
            found[key] = text
        for attribute, value in child.attrib.items():
            found[f"{key}@{_local(attribute)}"] = str(value).strip()


def _refuse_document_type(source: Source, file: BinaryIO) -> None:
    """Look at the first element only: a declaration stands before it."""
    try:
        _, element = next(iter(_parse(file, ("start",), None)))
    except (etree.XMLSyntaxError, StopIteration):
        raise SourceError(source.name, "expected XML; it is empty or breaks before its first element") from None
    if element.getroottree().docinfo.internalDTD is not None:
        raise SourceError(
            source.name, "expected XML without a document type declaration; finvest reads no DOCTYPE and no entities"
        )


def _offset(path: Path, line: int, column: int) -> int:
    """Return the offset of a line and column, both from 1."""
    start, number = 0, 1
    with path.open("rb") as file:
        while number < line and (chunk := file.read(_CHUNK)):
            if number + chunk.count(b"\n") < line:
                number += chunk.count(b"\n")
                start += len(chunk)
                continue
            at = -1
            for _ in range(line - number):
                at = chunk.index(b"\n", at + 1)
            return start + at + max(column, 1)
    return start + max(column, 1) - 1
