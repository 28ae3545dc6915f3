"""What every loader is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finvest.model.records import Batch, LoaderCard, Source, Tally
    from finvest.reading.profile import Profile


class Loader(Protocol):
    """What every loader is. It knows no case, keeps nothing between batches, and can run in a child process."""

    card: ClassVar[LoaderCard]

    def recognises(self, head: bytes, name: str) -> bool:
        """Tell from the first 64 KiB and the file's name whether this loader reads such a file."""
        ...

    def read(self, source: Source, profile: Profile | None = None, **options: Any) -> Iterator[Batch | Tally]:  # noqa: ANN401
        """Yield the source's records in bounded batches, and a tally for what each part of it counted.

        Raises
        ------
        SourceError
            If the source as a whole is refused. What was yielded before is then thrown away by the caller.
        """
        ...
