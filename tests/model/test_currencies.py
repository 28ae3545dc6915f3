"""Decimals of currencies against ISO 4217's list of exceptions."""

from __future__ import annotations

from finvest.model.currencies import DECIMALS, UNKNOWN

# Everything that ISO 4217 lists today with other than two decimals.
NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split()
THREE = "BHD IQD JOD KWD LYD OMR TND".split()
FOUR = "CLF UYW".split()
WITHOUT = "XXX XTS XAU XAG XPT XPD XDR XUA XSU XBA XBB XBC XBD".split()
HISTORIC_WITHOUT_DECIMALS = set("ADP BEF BYB BYR ESP GRD ITL LUF MGF PTE ROL TPE TRL".split())


def test_exceptions_of_iso_4217() -> None:
    assert {c for c, d in DECIMALS.items() if d == 0} == set(NONE) | HISTORIC_WITHOUT_DECIMALS
    assert {c for c, d in DECIMALS.items() if d == 3} == set(THREE)
    assert {c for c, d in DECIMALS.items() if d == 4} == set(FOUR)
    assert set(DECIMALS.values()) == {0, 2, 3, 4}


def test_codes_without_minor_units_must_be_declared() -> None:
    assert not set(WITHOUT) & set(DECIMALS)
    assert UNKNOWN in WITHOUT


def test_codes_are_three_capital_letters() -> None:
    assert all(len(c) == 3 and c.isascii() and c.isalpha() and c.isupper() for c in DECIMALS)


def test_money_of_europe_is_known() -> None:
    assert {"EUR", "BGN", "CHF", "CZK", "DKK", "GBP", "HUF", "NOK", "PLN", "RON", "SEK", "UAH", "TRY"} <= set(DECIMALS)
