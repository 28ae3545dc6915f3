"""Fixtures of the loaders' tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.loaders.camt_messages import Loaded, message, statement

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def load(tmp_path: Path) -> Callable[..., Loaded]:
    """Load a message, or the entries of one statement."""

    def run(text: str, *, raw: bool = False, **options: Any) -> Loaded:
        path = tmp_path / "camt.xml"
        if not raw:
            text = text if text.startswith("<?xml") else message(statement(text))
        path.write_text(text, encoding="utf-8")
        return Loaded(path, **options)

    return run
