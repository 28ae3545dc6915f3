"""A case on disk: originals under their SHA-256, Parquet parts, and the manifest that says which of them hold.

::

    case.toml             purpose, legal basis, actor
    sources/<sha256>      the originals, byte for byte
    parts/<table>/…       rows, each with source, record and line
    manifest.sqlite       sources, loads, parts, decisions, log

A part that the manifest does not name does not exist: a load that was cut short leaves no trace in any table.
"""

from __future__ import annotations

import hashlib
import shutil
from typing import TYPE_CHECKING, Any

import polars as pl

from finvest.model.columns import lean
from finvest.model.errors import CaseError
from finvest.model.records import Batch, Source, Tally
from finvest.model.tables import table
from finvest.store.casefile import CaseFile
from finvest.store.manifest import Manifest, Part, written

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

EVALUATION, HANDLING = "X4", "H0"
"""Codes of a record about which nobody said anything."""


class Store:
    """The folder of a case.

    Parameters
    ----------
    folder : pathlib.Path
        An existing case.

    Raises
    ------
    CaseError
        If it is none, or damaged.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.casefile = CaseFile.read(folder)
        self.manifest = Manifest(folder / "manifest.sqlite")

    @classmethod
    def create(cls, folder: Path, casefile: CaseFile) -> Store:
        """Make a new case folder.

        Raises
        ------
        CaseError
            If the folder holds something already.
        """
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise CaseError(f"{folder} is not empty; a new case needs a new folder")
        for part in ("sources", "parts"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        Manifest.create(folder / "manifest.sqlite")
        casefile.write(folder)  # last: a folder without case.toml is no case
        return cls(folder)

    def keep(self, source: Source) -> Source:
        """Copy an original into the case, under its hash, read-only; return it as it lies there.

        Raises
        ------
        CaseError
            If it changed while it was copied, or what lies there already is not it.
        """
        kept = self.folder / "sources" / source.sha256
        if kept.exists():
            if Source.of(kept).sha256 != source.sha256:
                raise CaseError(f"{kept} was changed; put the original back")
        else:
            unfinished = kept.with_suffix(".part")
            unfinished.unlink(missing_ok=True)  # of a copy that was cut short
            shutil.copyfile(source.path, unfinished)
            if Source.of(unfinished).sha256 != source.sha256:
                unfinished.unlink()
                raise CaseError(f"{source.name} changed while it was copied; load it again")
            unfinished.chmod(0o444)
            unfinished.replace(kept)
        return Source(kept, source.name, source.sha256, source.size)

    def load(
        self,
        source: Source,
        batches: Iterable[Batch | Tally],
        *,
        loader: str,
        profile: str,
        options: dict[str, Any],
        actor: str,
    ) -> Tally:
        """Write what a loader yields, and make it hold all at once when it has ended.

        Returns
        -------
        Tally
            What became of the records.
        """
        how = hashlib.sha256(repr((loader, profile, sorted(options.items()))).encode()).hexdigest()
        # Never the files of the load that holds: they stay whole until this one has ended.
        stem = f"{source.sha256[:16]}-{how[:8]}-{self.manifest.loads():04d}"
        tally = Tally()
        parts: list[Part] = []
        try:
            for batch in batches:
                if isinstance(batch, Tally):
                    tally += batch
                elif len(batch.frame):
                    name = f"{stem}-{len(parts):05d}"
                    parts.append(self._write_part(batch.table, batch.frame, name, source, loader))
            self.manifest.add_load(source, loader, profile, options, tally, parts, actor)
        except BaseException:
            for part in parts:
                (self.folder / part.path).unlink(missing_ok=True)
            raise
        return tally

    @staticmethod
    def same_load(load: dict[str, Any], loader: str, profile: str, options: dict[str, Any]) -> bool:
        """Tell whether an earlier load used the same loader, profile and options."""
        return (load["loader"], load["profile"], load["options"]) == (loader, profile, written(options))

    def _write_part(self, name: str, frame: pl.DataFrame, stem: str, source: Source | None, loader: str) -> Part:
        columns = table(name)
        given = frame.columns
        frame = columns.complete(frame).with_columns(
            pl.col("evaluation").fill_null(EVALUATION), pl.col("handling").fill_null(HANDLING)
        )
        if source is not None and "source" not in given:
            frame = frame.with_columns(source=pl.lit(source.sha256), loader=pl.lit(loader))
        path = self.folder / "parts" / name / f"{stem}.parquet"
        path.parent.mkdir(exist_ok=True)
        frame.write_parquet(path, compression="zstd")
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return Part(path.relative_to(self.folder).as_posix(), name, len(frame), digest)

    def replace(self, name: str, frame: pl.DataFrame) -> None:
        """Let a derived table (findings, pairs) consist of these rows."""
        number = len(self.manifest.log())
        while (self.folder / "parts" / name / f"{name}-{number:08d}.parquet").exists():
            number += 1  # never over the part that holds
        part = self._write_part(name, frame, f"{name}-{number:08d}", None, "finvest")
        for path in self.manifest.replace_part(part):
            (self.folder / path).unlink(missing_ok=True)

    def frame(self, name: str) -> pl.DataFrame:
        """Return the rows of a table that hold now; raises what `scan` raises."""
        return lean(self.scan(name).collect())

    def scan(self, name: str) -> pl.LazyFrame:
        """Return the rows of a table that hold now, to be read when asked for.

        Raises
        ------
        CaseError
            If a part is missing or is not the one that was written.
        """
        parts = self.manifest.parts(name)
        for part in parts:
            path = self.folder / part.path
            if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != part.sha256:
                raise CaseError(f"{path} is missing or was changed; load its source again")
        if not parts:
            return table(name).empty().lazy()
        # A folder's name may hold what would be a pattern of files or of partitions.
        return pl.scan_parquet([self.folder / p.path for p in parts], glob=False, hive_partitioning=False)
