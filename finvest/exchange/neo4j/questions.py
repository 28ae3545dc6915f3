"""Questions that analysts ask of a case on a graph server, in Cypher: each one is tried on a real server in the tests.

Amounts are minor units beside their currency, sums never mix currencies. A transfer happened at one instant from its
``earliest`` to its ``latest``; "in time order" means that it can have been so, as finvest's detectors say it: no
transfer's latest lies before the earliest of one that came before it on the path.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Question:
    """One question with its query.

    Attributes
    ----------
    name : str
        What it is called for on the command line.
    title : str
        The question.
    text : str
        One statement of Cypher for Neo4j 5.9 and later; every value is a parameter.
    parameters : mapping of str to str
        Meaning of each.
    note : str
        What to know when reading the answer.
    """

    name: str
    title: str
    text: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    note: str = ""


_ACCOUNT = {"account": "id of an account"}
_PERIOD = {"since": "first day, YYYY-MM-DD", "until": "last day, YYYY-MM-DD"}
_LEAST = {"least": "smallest number that is worth a look"}

_IN_ORDER = "all(j IN range(1, size(e) - 1) WHERE all(i IN range(0, j - 1) WHERE e[i].earliest <= e[j].latest))"
_WITHIN = (
    "all(i IN range(0, size(e) - 1) WHERE all(j IN range(0, size(e) - 1)\n"
    "    WHERE e[i].earliest <= e[j].latest + duration({days: $days})))"
)
_SOON = "g.counted\n    AND f.earliest <= g.latest AND g.earliest <= f.latest + duration({days: $days})"
_NEVER_TWICE = "all(i IN range(0, size(x) - 1) WHERE NOT x[i] IN x[i + 1..])"
_HOPS = "The numbers in braces are the fewest and most transfers on a path; each more makes the answer much larger."

NEIGHBOURS = (
    Question(
        "counterparties",
        "Who paid an account, and whom did it pay?",
        """MATCH (a:Account {id: $account})-[t:TRANSFER {counted: true}]-(b:Account)
WHERE a <> b
WITH b, t, CASE WHEN startNode(t) = a THEN 'paid' ELSE 'received' END AS way
RETURN b.id AS account, b.label AS label, way, t.currency AS currency,
       count(t) AS transfers, sum(t.amount_minor) AS minor
ORDER BY account, way, currency""",
        _ACCOUNT,
        "Sums are what left the payer, in the payer's currency.",
    ),
    Question(
        "statement",
        "What moved on an account in a period?",
        """MATCH (a:Account {id: $account})-[t:TRANSFER]-(b:Account)
WHERE date($since) <= t.booked_on <= date($until)
RETURN t.id AS transfer, t.booked_on AS day, CASE WHEN startNode(t) = a THEN 'paid' ELSE 'received' END AS way,
       b.id AS other, t.amount_minor AS minor, t.currency AS currency, t.precision AS precision,
       t.counted AS counted
ORDER BY day, transfer""",
        _ACCOUNT | _PERIOD,
    ),
    Question(
        "by-month",
        "What came in and went out, month by month?",
        """MATCH (a:Account {id: $account})-[t:TRANSFER {counted: true}]-(b:Account)
WHERE a <> b
WITH t, CASE WHEN startNode(t) = a THEN 'paid' ELSE 'received' END AS way
RETURN t.booked_on.year AS year, t.booked_on.month AS month, way, t.currency AS currency,
       count(t) AS transfers, sum(t.amount_minor) AS minor
ORDER BY year, month, way, currency""",
        _ACCOUNT,
    ),
    Question(
        "mutual",
        "With whom did money go both ways?",
        """MATCH (a:Account {id: $account})-[o:TRANSFER {counted: true}]->(b:Account)
WHERE a <> b
WITH a, b, count(o) AS paid
MATCH (b)-[i:TRANSFER {counted: true}]->(a)
RETURN b.id AS account, paid, count(i) AS received
ORDER BY account""",
        _ACCOUNT,
    ),
    Question(
        "largest",
        "Which transfers of a currency were at least so large?",
        """MATCH (x:Account)-[t:TRANSFER]->(y:Account)
WHERE t.currency = $currency AND t.amount_minor >= $minor
RETURN t.id AS transfer, t.booked_on AS day, x.id AS payer, y.id AS payee, t.amount_minor AS minor
ORDER BY minor DESC, transfer""",
        {"currency": "ISO 4217", "minor": "smallest amount, in minor units"},
    ),
    Question(
        "group",
        "What enters and leaves a group of accounts, and what moves inside it?",
        """MATCH (x:Account)-[t:TRANSFER {counted: true}]->(y:Account)
WHERE x.id IN $accounts OR y.id IN $accounts
WITH t, CASE WHEN NOT x.id IN $accounts THEN 'enters' WHEN NOT y.id IN $accounts THEN 'leaves' ELSE 'inside' END AS what
RETURN what, t.currency AS currency, count(t) AS transfers, sum(t.amount_minor) AS minor
ORDER BY what, currency""",
        {"accounts": "list of ids of accounts"},
    ),
    Question(
        "fan-in",
        "Which accounts were paid by many in a period?",
        """MATCH (x:Account)-[t:TRANSFER {counted: true}]->(y:Account)
WHERE x <> y AND date($since) <= t.booked_on <= date($until)
WITH y, count(DISTINCT x) AS payers, count(t) AS transfers
WHERE payers >= $least
RETURN y.id AS account, payers, transfers
ORDER BY payers DESC, account""",
        _PERIOD | _LEAST,
        "Shops, landlords and public bodies are paid by many, too.",
    ),
    Question(
        "fan-out",
        "Which accounts paid many in a period?",
        """MATCH (x:Account)-[t:TRANSFER {counted: true}]->(y:Account)
WHERE x <> y AND date($since) <= t.booked_on <= date($until)
WITH x, count(DISTINCT y) AS payees, count(t) AS transfers
WHERE payees >= $least
RETURN x.id AS account, payees, transfers
ORDER BY payees DESC, account""",
        _PERIOD | _LEAST,
        "Employers pay many, too.",
    ),
)

PATHS = (
    Question(
        "pass-through",
        "What came in and left again soon, almost whole?",
        """MATCH (x:Account)-[i:TRANSFER {counted: true}]->(a:Account {id: $account})
      -[o:TRANSFER {counted: true}]->(y:Account)
WHERE x <> a AND y <> a AND i.received_currency = o.currency
  AND i.earliest <= o.latest AND o.earliest <= i.latest + duration({hours: $hours})
  AND i.received_minor * $low <= o.amount_minor * 100 AND o.amount_minor * 100 <= i.received_minor * $high
RETURN i.id AS came, o.id AS went, x.id AS payer, y.id AS payee,
       i.received_minor AS minor_in, o.amount_minor AS minor_out
ORDER BY came, went""",
        _ACCOUNT
        | {
            "hours": "most hours between in and out",
            "low": "smallest part that leaves, in per cent",
            "high": "largest part that leaves, in per cent",
        },
        "Of a transfer that is known to the day only, every hour of the day counts.",
    ),
    Question(
        "chains",
        "Along which chains can money of an account have gone, in time order and within some days?",
        f"""MATCH (a:Account {{id: $account}})-[f:TRANSFER {{counted: true}}]->(b:Account)
WHERE date($since) <= f.booked_on <= date($until)
MATCH (b)((n:Account)-[g:TRANSFER]->(m:Account) WHERE date($since) <= g.booked_on <= date($until)
    AND {_SOON}){{1,2}}(z:Account)
WITH [f] + g AS e, [a] + n AS x, z
WHERE {_NEVER_TWICE} AND NOT z IN x
  AND {_IN_ORDER}
  AND {_WITHIN}
RETURN [t IN e | t.id] AS transfers, z.id AS account
ORDER BY transfers""",
        _ACCOUNT | _PERIOD | {"days": "most days from the first transfer to the last"},
        _HOPS + " The first transfer comes on top.",
    ),
    Question(
        "cycles",
        "Along which circles can money have come back to an account, in time order and within some days?",
        f"""MATCH (a:Account {{id: $account}})-[f:TRANSFER {{counted: true}}]->(b:Account)
MATCH (b)((n:Account)-[g:TRANSFER]->(m:Account) WHERE {_SOON}){{1,3}}
      (z:Account {{id: $account}})
WITH [f] + g AS e, [a] + n AS x
WHERE {_NEVER_TWICE}
  AND {_IN_ORDER}
  AND {_WITHIN}
RETURN [t IN e | t.id] AS transfers, [n IN x | n.id] AS accounts
ORDER BY transfers""",
        _ACCOUNT | {"days": "most days from the first transfer to the last"},
        _HOPS + " The first transfer comes on top.",
    ),
    Question(
        "shortest",
        "By which shortest path can money have gone from one account to another, in time order?",
        f"""MATCH (a:Account {{id: $payer}})((x:Account)-[e:TRANSFER
    WHERE e.counted AND date($since) <= e.booked_on <= date($until)]->(y:Account)){{1,3}}(z:Account {{id: $payee}})
WHERE {_NEVER_TWICE} AND NOT z IN x
  AND {_IN_ORDER}
WITH size(e) AS hops, [t IN e | t.id] AS transfers
WITH min(hops) AS fewest, collect({{hops: hops, transfers: transfers}}) AS paths
UNWIND paths AS path
WITH fewest, path WHERE path.hops = fewest
RETURN path.hops AS hops, path.transfers AS transfers
ORDER BY transfers""",
        {"payer": "id of the account where it begins", "payee": "id of the account where it ends"} | _PERIOD,
        "All paths of the fewest transfers. " + _HOPS,
    ),
    Question(
        "reached",
        "Which accounts can money of an account have reached, in time order, and over how many others?",
        f"""MATCH (a:Account {{id: $account}})((x:Account)-[e:TRANSFER
    WHERE e.counted AND date($since) <= e.booked_on <= date($until)]->(y:Account)){{1,3}}(z:Account)
WHERE {_NEVER_TWICE} AND NOT z IN x
  AND {_IN_ORDER}
RETURN z.id AS account, min(size(e)) AS hops, count(*) AS paths
ORDER BY hops, account""",
        _ACCOUNT | _PERIOD,
        _HOPS,
    ),
    Question(
        "between",
        "Who stands between two accounts, paid by one and paying the other?",
        """MATCH (x:Account {id: $payer})-[i:TRANSFER {counted: true}]->(m:Account)
      -[o:TRANSFER {counted: true}]->(y:Account {id: $payee})
WHERE m <> x AND m <> y
RETURN m.id AS account, count(DISTINCT i) AS came, count(DISTINCT o) AS went
ORDER BY account""",
        {"payer": "id of an account", "payee": "id of another"},
    ),
)

PEOPLE = (
    Question(
        "controllers",
        "Who holds, signs for or controls an account on a day?",
        """MATCH (p:Party)-[r:HOLDS|SIGNS|CONTROLS]->(a:Account {id: $account})
WHERE coalesce(r.start <= date($day), true) AND coalesce(r.end >= date($day), true)
RETURN DISTINCT p.id AS party, p.name AS name, type(r) AS how
ORDER BY party, how""",
        _ACCOUNT | {"day": "YYYY-MM-DD"},
        "A relation without a first or last day counts as open there.",
    ),
    Question(
        "common-controllers",
        "Which payers and payees are in the same hands?",
        """MATCH (p:Party)-[:HOLDS|SIGNS|CONTROLS]->(x:Account)-[t:TRANSFER {counted: true}]->(y:Account)
      <-[:HOLDS|SIGNS|CONTROLS]-(p)
WHERE x <> y
WITH DISTINCT p, x, y, t
RETURN p.id AS party, x.id AS payer, y.id AS payee, t.currency AS currency,
       count(t) AS transfers, sum(t.amount_minor) AS minor
ORDER BY party, payer, payee, currency""",
        note="Most people who move money between their own accounts are saving.",
    ),
    Question(
        "directed",
        "Which companies that paid each other have a director, owner or controller in common?",
        """MATCH (p:Party)-[:DIRECTS|OWNS|CONTROLS]->(c:Party)-[:HOLDS]->(x:Account)
      -[t:TRANSFER {counted: true}]->(y:Account)
      <-[:HOLDS]-(d:Party)<-[:DIRECTS|OWNS|CONTROLS]-(p)
WHERE c <> d
WITH DISTINCT p, c, d, t
RETURN p.id AS party, c.id AS payer, d.id AS payee, t.currency AS currency,
       count(t) AS transfers, sum(t.amount_minor) AS minor
ORDER BY party, payer, payee, currency""",
    ),
    Question(
        "directors",
        "Who directs many companies?",
        """MATCH (p:Party)-[:DIRECTS]->(c:Party)
WITH p, count(DISTINCT c) AS companies
WHERE companies >= $least
RETURN p.id AS party, companies
ORDER BY companies DESC, party""",
        _LEAST,
        "Company services and family businesses do, too.",
    ),
    Question(
        "shared-contacts",
        "Which contacts do several accounts or parties share?",
        """MATCH (s)-[:HAS_CONTACT]->(c:Contact)
WITH DISTINCT c, s ORDER BY s.id
WITH c, collect(s.id) AS subjects
WHERE size(subjects) >= $least
RETURN c.id AS contact, c.kind AS kind, subjects
ORDER BY contact""",
        _LEAST,
        "Families, offices and lodgings share telephones.",
    ),
    Question(
        "shared-addresses",
        "Which addresses do several parties share?",
        """MATCH (s:Party)-[:LIVES_AT]->(a:Address)
WITH DISTINCT a, s ORDER BY s.id
WITH a, collect(s.id) AS parties
WHERE size(parties) >= $least
RETURN a.id AS address, parties
ORDER BY address""",
        _LEAST,
    ),
    Question(
        "contact-money",
        "Where did accounts that share a contact send money?",
        """MATCH (c:Contact {id: $contact})<-[:HAS_CONTACT]-(x:Account)-[t:TRANSFER {counted: true}]->(y:Account)
WHERE x <> y
WITH DISTINCT x, y, t
RETURN y.id AS account, count(DISTINCT x) AS payers, t.currency AS currency, sum(t.amount_minor) AS minor
ORDER BY account, currency""",
        {"contact": "id of a contact"},
    ),
    Question(
        "ownership",
        "What did companies receive, and who owns them?",
        """MATCH (o:Party)-[r:OWNS]->(c:Party)-[:HOLDS]->(a:Account)<-[t:TRANSFER {counted: true}]-(x:Account)
WHERE a <> x
WITH DISTINCT o, r, c, t
RETURN o.id AS owner, c.id AS company, r.share_low AS share_low, r.share_high AS share_high,
       t.received_currency AS currency, count(t) AS transfers, sum(t.received_minor) AS minor
ORDER BY owner, company, currency""",
        note="Shares are exact decimal text of a percentage.",
    ),
    Question(
        "owners-above",
        "Who stands above the holder of an account, share by share?",
        """MATCH (o:Party)((p:Party)-[r:OWNS]->(q:Party)){1,4}(c:Party)-[:HOLDS]->(a:Account {id: $account})
RETURN o.id AS owner, c.id AS holder, [one IN r | one.share_low] AS shares
ORDER BY owner, holder, shares""",
        _ACCOUNT,
    ),
)

FINDINGS = (
    Question(
        "findings",
        "In which findings is an account or party, and in what role?",
        """MATCH (f:Finding)-[r:INVOLVES]->(s:Account|Party {id: $subject})
RETURN f.id AS finding, f.indicator AS indicator, f.score AS score, f.status AS status, r.role AS role
ORDER BY finding, role""",
        {"subject": "id of an account or party"},
        "A finding is an assessment that ranks accounts for review; it never says that somebody is guilty.",
    ),
    Question(
        "found-often",
        "Which accounts are in several findings that stand?",
        """MATCH (f:Finding)-[:INVOLVES]->(a:Account)
WHERE f.status <> 'withdrawn'
WITH a, count(DISTINCT f) AS findings, count(DISTINCT f.indicator) AS indicators
WHERE findings >= $least
RETURN a.id AS account, findings, indicators
ORDER BY findings DESC, account""",
        _LEAST,
    ),
    Question(
        "provenance",
        "Which transfers came from which source, and how well are their times known?",
        """MATCH ()-[t:TRANSFER]->()
RETURN t.source AS source, t.precision AS precision, count(t) AS transfers
ORDER BY source, precision""",
        note="`source` is the SHA-256 of the file; `record` on the transfer is the row in it.",
    ),
)

CHAPTERS: dict[str, tuple[Question, ...]] = {
    "Around an account": NEIGHBOURS,
    "Paths in time order": PATHS,
    "People, companies and contacts": PEOPLE,
    "Findings and sources": FINDINGS,
}

QUESTIONS: dict[str, Question] = {q.name: q for chapter in CHAPTERS.values() for q in chapter}
"""By name."""
