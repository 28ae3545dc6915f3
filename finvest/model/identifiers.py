"""By what accounts and parties are known: checks and comparison keys. What was written is kept beside the key."""

from __future__ import annotations

import hashlib
import re

import polars as pl

_IBAN = re.compile(r"[A-Z]{2}(?!0[01]|99)[0-9]{2}[A-Z0-9]{11,30}")  # check digits are 02 to 98
_BIC = re.compile(r"[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_LETTERS = {
    "Ä": "AE",
    "Ö": "OE",
    "Ü": "UE",
    "ẞ": "SS",
    "Æ": "AE",
    "Œ": "OE",
    "Ø": "OE",
    "Å": "AA",
    "Þ": "TH",
    "Đ": "D",
    "Ł": "L",
}

_KEEPS_ZERO = frozenset({"39", "378"})
"""Calling codes (Italy, San Marino) under which the leading zero is part of the number."""

IBAN, IBAN_UNVERIFIED, LOCAL, NAME, NONE, CASH, CARD = (
    "iban", "iban_unverified", "local", "name", "none", "cash", "card",
)  # fmt: skip
"""Schemes by which an account is known."""

SHORTEST_IBAN = 15


def iban_key(text: str) -> str:
    """Return an IBAN without spaces, in capitals; the check digits are not looked at."""
    return re.sub(r"[\s\-]", "", text).upper()


def is_iban(text: str) -> bool:
    """Tell whether `text` is an IBAN whose check digits are right (ISO 13616, ISO 7064 MOD 97-10)."""
    key = iban_key(text)
    if not _IBAN.fullmatch(key):
        return False
    digits = "".join(str(int(c, 36)) for c in key[4:] + key[:4])
    return int(digits) % 97 == 1


def is_bic(text: str) -> bool:
    """Tell whether `text` has the form of a BIC (ISO 9362)."""
    return _BIC.fullmatch(text.strip().upper()) is not None


def bank_key(text: str) -> str:
    """Return the comparison key of a bank: eight characters of a BIC, else the letters and digits of its name."""
    return text.strip().upper()[:8] if is_bic(text) else text_key(text)


def number_key(text: str) -> str:
    """Return a local account or company number in capitals, letters and digits only; zeros in front are kept."""
    return re.sub(r"[^0-9A-Z]", "", text.upper())


def text_keys(text: pl.Expr) -> pl.Expr:
    """Return letters and digits of a text in capitals, in its own order, accents and umlauts written out."""
    plain = text.str.normalize("NFKC").str.replace_all("ß", "SS").str.to_uppercase().str.normalize("NFC")
    plain = plain.str.replace_many(list(_LETTERS), list(_LETTERS.values()))
    return plain.str.normalize("NFKD").str.replace_all(r"[^\p{Alphabetic}\p{Nd}]|\p{M}", "")


def text_key(text: str) -> str:
    """Return the key of one text, see `text_keys`."""
    return str(pl.select(text_keys(pl.lit(text))).item())


def name_keys(name: pl.Expr) -> pl.Expr:
    """Return the comparison key of a name: its words in capitals without accents, in alphabetical order."""
    words = name.str.replace_all(r"[^\p{Alphabetic}\p{Nd}\p{M}]+", " ").str.split(" ")
    return words.list.eval(text_keys(pl.element()).sort()).list.join(" ").str.strip_chars(" ")


def name_key(name: str) -> str:
    """Return the key of one name, see `name_keys`."""
    return str(pl.select(name_keys(pl.lit(name))).item())


def phone_key(text: str, country_code: str | None = None) -> str:
    """Return a telephone number as ``+`` and digits where its country is known, else its digits.

    Parameters
    ----------
    text : str
        Number as written.
    country_code : str, optional
        Calling code that a number with a single leading zero belongs to, for example ``"49"``.
    """
    digits = re.sub(r"[^0-9]", "", text.replace("(0)", ""))
    if text.lstrip(" (").startswith("+"):
        return "+" + digits
    if digits.startswith("00"):
        return "+" + digits[2:]
    if digits.startswith("0") and country_code is not None:
        return f"+{country_code}{digits if country_code in _KEEPS_ZERO else digits[1:]}"
    return digits


def opaque(letter: str, *parts: str) -> str:
    """Return an opaque, stable id: a letter and 64 bits of the SHA-256 of its parts."""
    return letter + hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def account_id(scheme: str, issuer: str, key: str) -> str:
    """Return the opaque id of an account.

    One number at two banks gives two ids, because the bank is the issuer. An IBAN names its bank itself.

    Parameters
    ----------
    scheme : str
        How it is known, one of this module's schemes.
    issuer : str
        Key of the bank; for what only one statement knows, the id of the account whose books these are.
    key : str
        Comparison key of the number or name.
    """
    return opaque("a", scheme, "" if scheme in {IBAN, IBAN_UNVERIFIED} else issuer, key)
