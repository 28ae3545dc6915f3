"""`compose.yaml`: a server that answers on this machine only, and whose password stands in no file."""

from __future__ import annotations

import re
from pathlib import Path

TEXT = (Path(__file__).parents[1] / "compose.yaml").read_text("utf-8")


def test_the_password_comes_from_the_environment() -> None:
    assert re.findall(r"NEO4J_AUTH: (.*)", TEXT) == [
        "neo4j/${NEO4J_PASSWORD:?set NEO4J_PASSWORD, at least eight characters}"
    ]


def test_the_image_is_the_official_one_of_the_line_that_is_tested() -> None:
    from tests.exchange.neo4j.server import VERSION

    assert f"image: neo4j:{VERSION.rpartition('.')[0]}-community" in TEXT


def test_ports_are_of_this_machine_and_data_are_in_a_named_volume() -> None:
    assert re.findall(r"- (\S+):\d+:\d+$", TEXT, re.MULTILINE) == ["127.0.0.1"] * 2
    assert re.search(r"^ +- neo4j:/data$", TEXT, re.MULTILINE)
    assert re.search(r"^volumes:\n  neo4j:$", TEXT, re.MULTILINE)
    assert "healthcheck:" in TEXT
