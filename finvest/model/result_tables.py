"""The tables that finvest and its users write: answers, findings, trails, decisions, and what was not loaded."""

from __future__ import annotations

import polars as pl

from finvest.model.columns import DAY, INSTANT, MINOR, TEXT, TRUTH, WHOLE, define

RESULTS = (
    define(
        "labels",
        "Answers of a labelled set; in no view",
        ("subject_kind", TEXT, "account, transaction or pattern"),
        ("subject", TEXT, "account or transaction"),
        ("pattern", TEXT, "id of the pattern"),
        ("kind", TEXT, "kind of pattern, as finvest names it"),
        ("window", TEXT, "part of the period that the answer is for: train1, train2, val, test or all"),
        ("positive", TRUTH, "true: planted; false: a look-alike or innocent"),
    ),
    define(
        "findings",
        "What a detector reports",
        ("finding", TEXT, "hash of indicator, version, parameters, subjects, evidence"),
        ("indicator", TEXT, "catalogue id, like CTL-03"),
        ("version", WHOLE, "version of the detector"),
        ("parameters", TEXT, "as JSON"),
        ("subjects", TEXT, "role, kind, id and role hypothesis of each subject, as JSON"),
        ("start", INSTANT, "first instant of the evidence"),
        ("end", INSTANT, "last instant of the evidence"),
        ("amounts", TEXT, "sum per currency in minor units, as JSON"),
        ("score", pl.Float64(), "0 to 1, higher is more suspicious; ranks, is no amount"),
        ("evidence", TEXT, "records of each table, as JSON"),
        ("facts", TEXT, "as JSON"),
        ("checks", TEXT, "counter-checks with result, as JSON"),
        ("sentence", TEXT, "the explanation"),
        ("basis", TEXT, "always assessment"),
        ("status", TEXT, "unreviewed until a person decides"),
    ),
    define(
        "trails",
        "The result of tracing money under a stated rule",
        ("trail", TEXT, "opaque id"),
        ("rule", TEXT, "fifo, lifo, pro_rata, libr, taint_first, poison"),
        ("claim", TEXT, "claim"),
        ("hop", WHOLE, "steps from the claim"),
        ("account", TEXT, "account"),
        ("amount_in", MINOR, "traced in"),
        ("amount_out", MINOR, "traced out"),
        ("remaining", MINOR, "traced and still there"),
        ("currency", TEXT, "currency"),
        ("evidence", TEXT, "transactions, as JSON"),
    ),
    define(
        "decisions",
        "What a person decided, with reason; kept and reversible",
        ("decision", TEXT, "opaque id"),
        ("kind", TEXT, "pair, same_account, finding, category …"),
        ("subject", TEXT, "what it is about"),
        ("outcome", TEXT, "accept, reject, dismiss"),
        ("reason", TEXT, "why"),
        ("actor", TEXT, "who"),
        ("at", INSTANT, "when"),
        ("revokes", TEXT, "earlier decision that this one takes back"),
    ),
    define(
        "quarantine",
        "Every record that was not loaded",
        ("first_byte", WHOLE, "offset of the record in the source"),
        ("last_byte", WHOLE, "offset after its last byte"),
        ("column", TEXT, "field that was wrong, where one was"),
        ("reason", TEXT, "reason code, see `finvest.model.quarantine`"),
        ("expected", TEXT, "what was expected, without personal data"),
        ("account", TEXT, "own account, where known"),
        ("day", DAY, "booking day, where known"),
    ),
)
