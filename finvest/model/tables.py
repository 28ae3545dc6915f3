"""The tables of a case: every column with its type and its meaning, in one place.

The data dictionary (`docs/data-dictionary.md`), the typed tables of a view and the loaders' contract come from here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

TEXT = pl.String()
WHOLE = pl.Int64()
TRUTH = pl.Boolean()
DAY = pl.Date()
INSTANT = pl.Datetime("us", "UTC")
MINOR = pl.Decimal(38, 0)
"""Amounts: whole minor units of the row's currency (cents for EUR, yen for JPY)."""

PROTECTED = frozenset(
    {"nationality", "ethnicity", "religion", "sex", "sexual_orientation", "health", "migration_status"}
)
"""The deny list: columns that no view contains and no detector may name (Charter of Fundamental Rights, Art. 21)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    Attributes
    ----------
    name : str
    dtype : polars.DataType
    meaning : str
        One line for the data dictionary.
    """

    name: str
    dtype: pl.DataType
    meaning: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a case.

    Attributes
    ----------
    name : str
    meaning : str
    columns : tuple of Column
        Provenance columns included.
    """

    name: str
    meaning: str
    columns: tuple[Column, ...]

    @property
    def schema(self) -> pl.Schema:
        """Column names and Polars types, in order."""
        return pl.Schema({c.name: c.dtype for c in self.columns})

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    def empty(self) -> pl.DataFrame:
        """Return a frame of this table without rows."""
        return pl.DataFrame(schema=self.schema)

    def complete(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Return `frame` with every column of the table, in order and type; what it lacks is null.

        Raises
        ------
        TypeError
            If the frame has a column that the table does not know, or one of another type.
        """
        schema = self.schema
        if unknown := set(frame.columns) - set(schema):
            raise TypeError(f"table {self.name} has no column {sorted(unknown)}")
        wrong = {c: t for c, t in frame.schema.items() if t not in (schema[c], pl.Null())}
        if wrong:
            raise TypeError(f"table {self.name}: expected {[(c, schema[c]) for c in wrong]}, got {wrong}")
        return frame.select(
            pl.col(c).cast(t) if c in frame.columns else pl.lit(None, t).alias(c) for c, t in schema.items()
        )


PROVENANCE = (
    Column("source", TEXT, "SHA-256 of the original file"),
    Column("record", WHOLE, "ordinal of the record in the source, whatever the profile"),
    Column("line", WHOLE, "first line of the record, where the format has lines (from 1)"),
    Column("loader", TEXT, "name of the loader that read it"),
    Column("evaluation", TEXT, "4x4 code of source and information (A1 to X4); X4 where nobody said"),
    Column("handling", TEXT, "handling code H0 to H3"),
)


def _table(name: str, meaning: str, *columns: tuple[str, pl.DataType, str]) -> Table:
    return Table(name, meaning, (*(Column(*c) for c in columns), *PROVENANCE))


_DEFINED = (
    _table(
        "transactions",
        "One record of a movement of money, as one account's books (or a payment file) show it",
        ("transaction_id", TEXT, "stable id: start of the source's SHA-256 and the record's ordinal"),
        ("books", TEXT, "whose books it was read from: originator, beneficiary, or both"),
        ("status", TEXT, "booked, pending, information or reverted; only booked ones become edges"),
        ("booked_at", INSTANT, "earliest instant at which it can have been booked"),
        ("precision", TEXT, "how precisely the time was written: date, minute, second, microsecond"),
        ("booked_as_written", TEXT, "the time as the source wrote it"),
        ("zone", TEXT, "time zone in which it was written (IANA name or offset)"),
        ("value_date", DAY, "value date"),
        ("originator", TEXT, "account that sends"),
        ("beneficiary", TEXT, "account that receives"),
        ("originator_known_by", TEXT, "how the sender is identified: account, number, name, none"),
        ("beneficiary_known_by", TEXT, "how the receiver is identified: account, number, name, none"),
        ("amount", MINOR, "amount that left the originator, minor units, never negative"),
        ("currency", TEXT, "ISO 4217 code; XXX where the source does not say"),
        ("received_amount", MINOR, "amount that reached the beneficiary, where it differs"),
        ("received_currency", TEXT, "its currency"),
        ("fee", MINOR, "fee taken on the way, minor units of `currency`"),
        ("balance_after", MINOR, "running balance of the account whose books these are; may be negative"),
        ("amount_base", MINOR, "amount converted to the case's base currency"),
        ("rate", TEXT, "rate of that conversion, as exact decimal text"),
        ("rate_source", TEXT, "where the rate comes from, with its date"),
        (
            "channel",
            TEXT,
            "how it moved: cash_atm, cash_branch, card_pos, card_online, transfer, instant, direct_debit, wire, "
            "remittance, p2p, crypto, cheque, prepaid, other",
        ),
        ("mcc", TEXT, "merchant category code (ISO 18245), four digits"),
        ("merchant", TEXT, "merchant as written"),
        ("terminal", TEXT, "card or cash machine terminal"),
        ("city", TEXT, "city of the terminal"),
        ("country", TEXT, "country of the terminal, ISO 3166 alpha-2"),
        ("reference", TEXT, "payment reference as written"),
        ("originator_name", TEXT, "name of the sender as written"),
        ("beneficiary_name", TEXT, "name of the receiver as written"),
        ("conductor", TEXT, "who acted at the counter, as identified"),
        ("bank_reference", TEXT, "reference of the bank that keeps the books"),
        ("end_to_end_id", TEXT, "reference set by the originator (ISO 20022 EndToEndId)"),
        ("uetr", TEXT, "unique end-to-end transaction reference"),
        ("is_return", TRUTH, "a returned or rejected payment coming back"),
        ("batch_items", WHOLE, "number of payments inside a batch line; null for a single payment"),
        ("reversal_of", TEXT, "transaction that this one reverses"),
        ("origin", TEXT, "observed, corroborated or inferred"),
        ("duplicate_of", TEXT, "transaction that shows the same line of the same books"),
        ("surplus", TEXT, "fields beyond the header and columns the profile keeps aside, as JSON"),
    ),
    _table(
        "pairs",
        "Two transactions, one in each account's books, of one movement",
        ("pair_id", TEXT, "hash of both transactions' ids"),
        ("movement", TEXT, "movement that the pair makes"),
        ("originator_transaction", TEXT, "the debit"),
        ("beneficiary_transaction", TEXT, "the credit"),
        ("kind", TEXT, "transfer or batch"),
        ("state", TEXT, "paired, proposed or rejected"),
        ("how", TEXT, "rule: uetr, servicer, end_to_end, reference_other_amount, unique, or decision"),
        ("rule_version", WHOLE, "version of the rules"),
        ("amount", MINOR, "amount that left"),
        ("received_amount", MINOR, "amount that arrived"),
        ("days", WHOLE, "days from debit to credit"),
        ("score", WHOLE, "thousandths; 1000 for automatic pairs"),
        ("reasons", TEXT, "what agrees, as JSON"),
        ("rivals", WHOLE, "other records that were possible"),
        ("group", TEXT, "equal pairs of one day that can only be accepted together"),
        ("decision", TEXT, "decision that made or ended it"),
    ),
    _table(
        "identifiers",
        "By what an account or party is known, as written and as comparison key",
        ("subject", TEXT, "account or party"),
        ("subject_kind", TEXT, "account or party"),
        ("scheme", TEXT, "iban, local, name, company_number, lei, phone, email, card, none …"),
        ("issuer", TEXT, "bank (BIC or name) or register; for names, the account whose books show the name"),
        ("value", TEXT, "as written"),
        ("key", TEXT, "comparison key"),
    ),
    _table(
        "accounts",
        "Where money is held",
        ("account", TEXT, "opaque id"),
        ("kind", TEXT, "bank, cash, external, unknown, wallet"),
        ("own_books", TRUTH, "a statement of this account is on file"),
        ("bank", TEXT, "BIC or name of the bank"),
        ("currency", TEXT, "currency of the account"),
        ("holder", TEXT, "party that holds it"),
        ("holder_name", TEXT, "holder as written"),
        ("opened", DAY, "day of opening"),
        ("closed", DAY, "day of closing"),
        ("channel", TEXT, "how it was opened"),
        ("branch", TEXT, "branch that opened it"),
    ),
    _table(
        "parties",
        "A person, company, public body or unknown holder",
        ("party", TEXT, "opaque id"),
        ("kind", TEXT, "person, company, public, unknown"),
        ("name", TEXT, "name as written"),
        ("name_key", TEXT, "comparison key of the name"),
        ("birth_year", WHOLE, "year of birth"),
        ("country", TEXT, "country of residence or seat"),
        (
            "subject_category",
            TEXT,
            "suspect, convicted, victim, possible_victim, witness, contact, unclassified",
        ),
        ("nationality", TEXT, "protected: in no view"),
        ("ethnicity", TEXT, "protected: in no view"),
        ("religion", TEXT, "protected: in no view"),
        ("sex", TEXT, "protected: in no view"),
        ("sexual_orientation", TEXT, "protected: in no view"),
        ("health", TEXT, "protected: in no view"),
        ("migration_status", TEXT, "protected: in no view"),
    ),
    _table(
        "links",
        "A dated relation between parties, accounts, addresses, contacts",
        ("link", TEXT, "opaque id"),
        ("kind", TEXT, "holds, signs, directs, owns, employs, controls, lives_at, uses, related_to …"),
        ("from_kind", TEXT, "table of the first end"),
        ("from_id", TEXT, "first end"),
        ("to_kind", TEXT, "table of the second end"),
        ("to_id", TEXT, "second end"),
        ("share_low", TEXT, "smallest share of ownership, exact decimal text of a percentage"),
        ("share_high", TEXT, "largest share of ownership"),
        ("start", DAY, "first day"),
        ("end", DAY, "last day"),
    ),
    _table(
        "addresses",
        "A place as written",
        ("address", TEXT, "opaque id"),
        ("text", TEXT, "as written"),
        ("key", TEXT, "comparison key"),
        ("city", TEXT, "city"),
        ("postcode", TEXT, "postal code"),
        ("country", TEXT, "country, ISO 3166 alpha-2"),
    ),
    _table(
        "contacts",
        "A telephone, e-mail or other contact of a party or account",
        ("contact", TEXT, "opaque id"),
        ("kind", TEXT, "phone, email, handle"),
        ("value", TEXT, "as written"),
        ("key", TEXT, "comparison key"),
        ("subject", TEXT, "party or account"),
        ("start", DAY, "first day"),
        ("end", DAY, "last day"),
    ),
    _table(
        "companies",
        "What a register says of a company",
        ("party", TEXT, "party that is this company"),
        ("number", TEXT, "register number as written"),
        ("number_key", TEXT, "comparison key of the number"),
        ("register", TEXT, "register"),
        ("country", TEXT, "country of the register"),
        ("name", TEXT, "name"),
        ("legal_form", TEXT, "legal form"),
        ("activity", TEXT, "NACE code"),
        ("incorporated", DAY, "day of incorporation"),
        ("dissolved", DAY, "day of dissolution"),
        ("address", TEXT, "registered address as written"),
        ("status", TEXT, "active, dissolved, in liquidation …"),
        ("declared_staff", WHOLE, "declared headcount"),
        ("web_domain", TEXT, "web domain"),
    ),
    _table(
        "filings",
        "A company's dated figures",
        ("filing", TEXT, "opaque id"),
        ("party", TEXT, "company"),
        ("start", DAY, "first day of the period"),
        ("end", DAY, "last day of the period"),
        ("currency", TEXT, "currency of the figures"),
        ("turnover", MINOR, "turnover"),
        ("wages", MINOR, "wages"),
        ("contributions", MINOR, "social contributions"),
        ("staff", WHOLE, "staff"),
    ),
    _table(
        "employments",
        "Who works for whom, for how much",
        ("employment", TEXT, "opaque id"),
        ("employer", TEXT, "party"),
        ("worker", TEXT, "party"),
        ("start", DAY, "first day of the period"),
        ("end", DAY, "last day of the period"),
        ("hours", TEXT, "hours worked, exact decimal text"),
        ("currency", TEXT, "currency of the sums"),
        ("gross", MINOR, "gross pay"),
        ("net", MINOR, "net pay"),
        ("deductions", TEXT, "kind and sum of each deduction, as JSON"),
        ("payee_account", TEXT, "account that was paid"),
        ("posted", TRUTH, "posted worker"),
    ),
    _table(
        "licences",
        "A permission to do business",
        ("licence", TEXT, "opaque id"),
        ("party", TEXT, "holder"),
        ("kind", TEXT, "labour_provider, placement, posting, premises, lender …"),
        ("number", TEXT, "number"),
        ("start", DAY, "first day"),
        ("end", DAY, "last day"),
    ),
    _table(
        "premises",
        "A place of business or housing",
        ("premises", TEXT, "opaque id"),
        ("address", TEXT, "address"),
        ("rooms", WHOLE, "rooms"),
        ("square_metres", WHOLE, "area"),
        ("tenant", TEXT, "party"),
        ("landlord", TEXT, "party"),
        ("occupants", WHOLE, "registered occupants"),
        ("start", DAY, "first day"),
        ("end", DAY, "last day"),
    ),
    _table(
        "benefits",
        "A public benefit paid",
        ("benefit", TEXT, "opaque id"),
        ("claimant", TEXT, "party"),
        ("kind", TEXT, "kind of benefit"),
        ("payee_account", TEXT, "account that was paid"),
        ("start", DAY, "first day"),
        ("end", DAY, "last day"),
        ("amount", MINOR, "amount"),
        ("currency", TEXT, "its currency"),
    ),
    _table(
        "adverts",
        "An advertisement",
        ("advert", TEXT, "opaque id"),
        ("site", TEXT, "site"),
        ("kind", TEXT, "sexual_service, job, lodging"),
        ("posted_at", INSTANT, "when it appeared"),
        ("phone", TEXT, "telephone, comparison key"),
        ("email", TEXT, "e-mail, comparison key"),
        ("handle", TEXT, "handle"),
        ("text", TEXT, "text"),
        ("city", TEXT, "city"),
        ("price", MINOR, "price"),
        ("currency", TEXT, "its currency"),
        ("image_hash", TEXT, "hash of the image; images are never stored"),
    ),
    _table(
        "travel",
        "A journey booked",
        ("travel", TEXT, "opaque id"),
        ("passenger", TEXT, "party"),
        ("payer", TEXT, "party or account"),
        ("route", TEXT, "route"),
        ("departed", DAY, "day"),
        ("one_way", TRUTH, "single journey"),
        ("disputed", TRUTH, "the card payment was disputed"),
    ),
    _table(
        "devices",
        "A device or login seen at an account",
        ("device", TEXT, "opaque id"),
        ("account", TEXT, "account"),
        ("party", TEXT, "party, where known"),
        ("kind", TEXT, "class of the device"),
        ("address", TEXT, "network address"),
        ("seen_at", INSTANT, "when"),
    ),
    _table(
        "watchlist",
        "A name or identifier to watch for",
        ("entry", TEXT, "opaque id"),
        ("name", TEXT, "name"),
        ("name_key", TEXT, "comparison key"),
        ("scheme", TEXT, "scheme of the identifier"),
        ("value", TEXT, "identifier"),
        ("reason", TEXT, "why it is on the list"),
    ),
    _table(
        "balances",
        "A statement's totals, for reconciliation and coverage",
        ("account", TEXT, "account"),
        ("statement", TEXT, "the bank's statement id"),
        ("currency", TEXT, "currency"),
        ("start", DAY, "first day that the statement covers"),
        ("end", DAY, "last day that the statement covers"),
        ("opening", MINOR, "opening balance, may be negative"),
        ("closing", MINOR, "closing balance, may be negative"),
        ("movements", MINOR, "sum of the booked entries, signed"),
        ("entries", WHOLE, "number of booked entries"),
        (
            "proof",
            TEXT,
            "reconciled (opening + entries = closing), declared (by the bank), assumed (first to last entry), or failed",
        ),
    ),
    _table(
        "orders",
        "A payment order; never an edge by itself",
        ("order", TEXT, "opaque id"),
        ("originator", TEXT, "account"),
        ("beneficiary", TEXT, "account"),
        ("amount", MINOR, "amount"),
        ("currency", TEXT, "currency"),
        ("requested", DAY, "requested day"),
        ("end_to_end_id", TEXT, "reference"),
        ("transaction", TEXT, "transaction that carried it out"),
    ),
    _table(
        "labels",
        "Answers of a labelled set; in no view",
        ("subject_kind", TEXT, "account, transaction or pattern"),
        ("subject", TEXT, "account or transaction"),
        ("pattern", TEXT, "id of the pattern"),
        ("kind", TEXT, "kind of pattern, as finvest names it"),
        ("positive", TRUTH, "true: planted; false: a look-alike or innocent"),
    ),
    _table(
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
    _table(
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
    _table(
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
    _table(
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

TABLES: dict[str, Table] = {t.name: t for t in _DEFINED}
"""Every table by name."""


def table(name: str) -> Table:
    """Return the table called `name`.

    Raises
    ------
    KeyError
        If there is none; the message lists what there is.
    """
    try:
        return TABLES[name]
    except KeyError:
        raise KeyError(f"no table {name!r}; there are {', '.join(TABLES)}") from None
