"""The words of a report, for readers who do not use finvest."""

from __future__ import annotations

HANDLING: dict[str, str] = {
    "H0": "no limit beyond the law",
    "H1": "no use in court without permission",
    "H2": "not to be passed on without permission",
    "H3": "other limits, to be asked for",
}
"""Handling codes and what each allows."""

WORDS: dict[str, str] = {
    "account to review": "An account that findings point at. It does not say that the person behind it did wrong.",
    "assessment": "A conclusion drawn from records by a stated rule. It is no fact, and a person has to judge it.",
    "books": "The records of one account, as its bank keeps them. Two accounts' books can show the same movement.",
    "cash, outside the records, unknown": "Where the records end. Money that crosses such a point is not followed.",
    "controlled account": "An account that somebody else than its holder may control. The holder may be a victim.",
    "counter-check": "The test of an innocent explanation on the records of this case.",
    "detector": "The program that looks for one indicator, with its parameters and its version.",
    "evaluation": "4×4 code of a record: source (A to C, X unknown) and information (1 to 4). X4 is not yet evaluated.",
    "family": "Indicators of one kind. Findings of different families support each other more than those of one.",
    "finding": "What a detector reports: accounts, period, sum, the records it rests on, and what was checked.",
    "handling code": "; ".join(f"{code}: {meaning}" for code, meaning in HANDLING.items()) + ".",
    "indicator": "A pattern that is known from earlier cases. One indicator alone is a weak sign.",
    "movement": "Money that went from one account to another. Two records of one movement count once.",
    "originator, beneficiary": "Who sends and who receives.",
    "possible victim": "Somebody whose account may have been used by others. Never ranked, never named in this report.",
    "quarantine": "Records that could not be read exactly. They are kept, counted and listed, and enter no result.",
    "reconcile": "Opening balance plus movements equals closing balance: the statement is complete.",
    "role hypothesis": "The part that an account may have in the pattern. It is a question, not an answer.",
    "score": "0 to 1: how clearly the pattern shows, after the counter-checks. It is not a probability.",
    "SHA-256": "A fingerprint of a file. If one byte changes, the fingerprint changes.",
    "strength": "How much an indicator can count in the ranking: weak up to 0.3, moderate 0.6, strong 0.9; review: 0.",
    "withdrawn": "A finding that an innocent explanation clears on the records of this case. It counts for nothing.",
}
"""Each word and what it means, in alphabetical order."""

TRAIL_WORDS: dict[str, str] = {
    "backwards tracing": "Claimed money that repaid an overdraft is taken to stand in what the overdraft had paid for. "
    "Courts differ on whether that is allowed.",
    "claim": "Money that somebody asks for: one payment, several, or all that came into an account in a period.",
    "claimed part": "How much of a payment the rule takes to be claimed money. The rest is the holder's own.",
    "controlled account": "An account that somebody else than its holder controls, or may. Money only passes through "
    "it: the person who controls it answers for the sum, and its holder is not named.",
    "dissipated": "Claimed money that repaid an overdraft: nothing is left of it that could be pointed at.",
    "exposure": "What touched claimed money, however little of it there was. It is no amount of proceeds.",
    "freezing order": "An order that stops an account from paying out. The list says where claimed money lies.",
    "held": "It lies in accounts whose books are on file to the end, and can be frozen or given back.",
    "hop": "One step of the trail: from one account to the next. Hop 0 is the claimed payment.",
    "hypothesis": "What a named person takes two records to be, with a reason, where the records do not join them.",
    "interval": "Least and largest figure among the ways in which the records can be read. It is no proven bound.",
    "minor unit": "The smallest coin of a currency: a cent.",
    "opening balance": "What an account held before the first entry on file. Unknown, it makes the answer an interval.",
    "overdraft": "A balance below zero: the account owes its bank.",
    "restitution": "Giving back to whoever lost the money.",
    "ring": "Payments that come back to where they began.",
    "rule": "A convention about which money of a mixed account leaves first. The records cannot say; the rule does.",
    "SHA-256": WORDS["SHA-256"],
    "trail": "The way of claimed money through accounts, as records and a stated rule show it.",
    "trail ends": "The records do not show where the money went on. The trail never crosses such a point silently.",
}
"""The words of a trail's report, in alphabetical order; those that it uses are explained in it."""

ORIGIN_WORDS: dict[str, str] = {
    "books": WORDS["books"],
    "controlled account": TRAIL_WORDS["controlled account"],
    "hypothesis": TRAIL_WORDS["hypothesis"],
    "interval": TRAIL_WORDS["interval"],
    "opening balance": TRAIL_WORDS["opening balance"],
    "overdraft": TRAIL_WORDS["overdraft"],
    "overdrawn": "An account with a balance below zero: the bank lent what was paid out of it.",
    "rule": TRAIL_WORDS["rule"],
    "SHA-256": WORDS["SHA-256"],
    "source": "Where money comes into the books on file: a payment from outside, or a balance that they begin with.",
}
"""The words of a page about where money came from; those that it uses are explained in it."""

PROOF_WORDS: dict[str, str] = {
    "assumption": "What a person takes to be so, with a reason. No record shows it.",
    "at cost": "What was paid for a thing, never what it would fetch: a rise in prices is no income.",
    "estimate": "Worked out from something on file; it has a least and a most.",
    "fact": "What a record shows exactly.",
    "indirect method": "A way to show what somebody must have received from what was owned, owed and spent.",
    "interval": "The result with every line that is not exact in the person's favour, and with every one against.",
    "sensitivity": "How far the result moves when one line goes from its least to its most, all others central.",
}
"""The words of an indirect proof's page."""
