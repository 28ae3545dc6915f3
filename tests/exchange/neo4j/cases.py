"""Cases for the tests on a server: many transfers, and hostile words in every place that holds text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import polars as pl

from finvest.case import Case

ROOT = Path(__file__).parents[3]

ABOUT = {"title": "Orchid", "purpose": "a test", "legal_basis": "an order", "actor": "A 12"}

_ENDINGS = (
    "' OR 1=1 //",
    "'}) DETACH DELETE n //",
    '"}) DETACH DELETE n //',
    "`) DETACH DELETE n //",
    "`]->() DELETE r //",
    "\\' MATCH (n) DETACH DELETE n //",
    '\\" MATCH (n) DETACH DELETE n //',
    "\\u0027}) MATCH (n) DETACH DELETE n //",
    "\\u0060) MATCH (n) DETACH DELETE n //",
    "/* */ MATCH (n) DETACH DELETE n /* */",
    "; MATCH (n) DETACH DELETE n;",
    "'; CALL dbms.shutdown(); //",
    "' UNION MATCH (n) RETURN n //",
    "' RETURN 1 AS x UNION CALL db.labels() YIELD label RETURN label //",
    "' LOAD CSV FROM 'file:///etc/passwd' AS l CREATE (:Leak {l: l}) //",
    "' WITH 1 AS x LOAD CSV FROM 'http://127.0.0.1:1/' + x AS l RETURN l //",
    "$rows",
    "$`id`",
    "{id: $id}",
    "${jndi:ldap://127.0.0.1/a}",
    "%s%s%n",
    "{0}{{}}",
    "{r.id}",
    "</script><script>alert(1)</script>",
    '=HYPERLINK("http://127.0.0.1")',
    "line\nbreak\r\nand\ttab",
    "quote\"quote''quote``",
    "back\\slash\\",
    "comma,semicolon;pipe|",
    "null",
)
PAYLOADS = tuple(f"x{n:02d}{text}" for n, text in enumerate(_ENDINGS)) + tuple(
    f"y{n:02d}{text}" for n, text in enumerate(
        (
            "\u02bc}) DETACH DELETE n //",
            "\uff07}) DETACH DELETE n //",
            "\u2018}) DETACH DELETE n //",
            "\u2028MATCH (n) DETACH DELETE n",
            "\u2029MATCH (n) DETACH DELETE n",
            "\u202eetaleD",
            "\ufeffBOM",
            "\u0085next",
            "\x0bvertical",
            "\x0cform",
            "\x1bescape[2J",
            "\x7fdelete",
            "😀🧪",
            "e\u0301 é",
            "עברית العربية",
            "漢字",
            "true",
            "NaN",
            "-1",
            "1e309",
            "datetime()",
            "randomUUID()",
            "apoc.export.csv.all('x', {})",
            "CREATE CONSTRAINT x FOR (n:X) REQUIRE n.id IS UNIQUE",
            "DROP CONSTRAINT `finvest_account_id`",
            "DROP DATABASE neo4j",
            "ALTER USER neo4j SET PASSWORD 'x'",
            "SHOW USERS",
            "TERMINATE TRANSACTION '*'",
            "CALL { MATCH (n) DETACH DELETE n } IN TRANSACTIONS",
        )
    )
)  # fmt: skip
"""60 texts that would do harm if any were ever part of a statement, or break what does not quote."""


def sample(folder: Path) -> Case:
    """Return the sample case, loaded and scored."""
    case = Case.create(folder, **ABOUT)
    case.load_list(ROOT / "sample_data" / "load.toml")
    case.score()
    return case


def many(folder: Path, transfers: int, seed: int = 1) -> Case:
    """Return a case of some transfers between a fiftieth of as many accounts, in three currencies."""
    random = Random(seed)
    accounts = max(transfers // 50, 10)
    begin = datetime(2024, 1, 1, tzinfo=UTC)
    sides = [(random.randrange(accounts), random.randrange(accounts - 1)) for _ in range(transfers)]
    rows = pl.DataFrame(
        {
            "transaction_id": [f"t{n:09d}" for n in range(transfers)],
            "originator": [f"a{a:07d}" for a, _ in sides],
            "beneficiary": [f"a{b + (b >= a):07d}" for a, b in sides],
            "amount": [random.randrange(1, 5_000_000) for _ in range(transfers)],
            "currency": [random.choice(("EUR", "GBP", "JPY")) for _ in range(transfers)],
            "booked_at": [begin + timedelta(seconds=random.randrange(30_000_000)) for _ in range(transfers)],
            "reference": [f"invoice {random.randrange(10**6)}" for _ in range(transfers)],
        }
    )
    return of_tables(folder, {"transactions": rows})


def hostile(folder: Path) -> Case:
    """Return a case with a payload in every name, reference, address, contact and identifier."""
    n = range(len(PAYLOADS))
    begin = datetime(2024, 1, 1, tzinfo=UTC)
    tables = {
        "parties": pl.DataFrame(
            {
                "party": [f"p{i}" for i in n],
                "kind": ["person" if i % 2 else "company" for i in n],
                "name": list(PAYLOADS),
                "country": ["DE"] * len(PAYLOADS),
            }
        ),
        "accounts": pl.DataFrame({"account": list(PAYLOADS), "kind": "bank", "holder_name": list(PAYLOADS)}),
        "links": pl.DataFrame(
            {
                "link": [f"l{text}" for text in PAYLOADS],
                "kind": ["holds" if i % 3 else PAYLOADS[i] for i in n],
                "from_kind": "parties",
                "from_id": [f"p{i}" for i in n],
                "to_kind": "accounts",
                "to_id": list(PAYLOADS),
            }
        ),
        "addresses": pl.DataFrame({"address": [f"d{i}" for i in n], "text": list(PAYLOADS), "city": list(PAYLOADS)}),
        "contacts": pl.DataFrame(
            {
                "contact": [f"k{i}" for i in n],
                "kind": "handle",
                "value": list(PAYLOADS),
                "subject": [f"p{i}" for i in n],
            }
        ),
        "transactions": pl.DataFrame(
            {
                "transaction_id": [f"t{text}" for text in PAYLOADS],
                "originator": list(PAYLOADS),
                "beneficiary": [PAYLOADS[i - 1] for i in n],
                "amount": [100 + i for i in n],
                "currency": "EUR",
                "booked_at": [begin + timedelta(hours=i) for i in n],
                "reference": list(PAYLOADS),
            }
        ),
    }
    return of_tables(folder, tables)


def of_tables(folder: Path, tables: dict[str, pl.DataFrame]) -> Case:
    case = Case.create(folder / "case", **ABOUT)
    for name, frame in tables.items():
        path = folder / f"{name}.parquet"
        frame.write_parquet(path)
        case.load(path)
    return case
