from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from finvest.model.errors import SourceError, UsageError
from finvest.reading import proof
from finvest.reading.header_words import key, words_of_banks
from finvest.reading.profile import Profile
from finvest.reading.propose import Proposal, propose

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def proposed(tmp_path: Path) -> Callable[[str | bytes], Proposal]:
    def of(content: str | bytes) -> Proposal:
        path = tmp_path / "bank.csv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return propose(path)

    return of


def asked(proposal: Proposal) -> list[str]:
    return [q.option for q in proposal.questions]


@pytest.mark.parametrize(
    ("texts", "formats", "day_first"),
    [
        (["13.01.2024", "01.02.2024"], ("%?.%?.%Y",), True),
        (["01/13/24"], ("%?/%?/%y",), False),
        (["01/02/2024"], ("%?/%?/%Y",), None),
        (["13/02/2024", "02/13/2024"], ("%?/%?/%Y",), None),
        (["2024-01-02"], ("%Y-%m-%d",), None),
        (["20240102"], ("%Y%m%d",), None),
        (["23-Jan-15"], ("%d-%b-%y",), None),
        (["2024-01-02T10:11:12.345"], ("%Y-%m-%dT%H:%M:%S.%f",), None),
        (["13.01.2024 1:05 PM"], ("%?.%?.%Y %I:%M %p",), True),
        (["2024-01-02 10:11", "2024-01-02"], ("%Y-%m-%d %H:%M", "%Y-%m-%d"), None),
        (["soon"], (), None),
    ],
)
def test_dates_prove_their_order_or_leave_it_open(
    texts: list[str], formats: tuple[str, ...], day_first: bool | None
) -> None:
    assert proof.date_formats(texts) == (formats, day_first)
    for text in formats:
        Profile.from_toml(f'name = "x"\n[columns]\ndate = "D"\namount = "A"\n[dates]\nformats = ["{text}"]')


@pytest.mark.parametrize(
    ("texts", "signs"),
    [
        (["1.234,56"], (",", ".")),
        (["1,234.56", "-5"], (".", ",")),
        (["1 234,5"], (",", " ")),
        (["1'234.50"], (".", "'")),
        (["1,234"], ("", "")),
        (["1,234", "0.5"], (".", ",")),
        (["1.234.567"], (",", ".")),
        (["12", "-7"], (".", "")),
        (["1.5", "2,5"], ("", "")),
    ],
)
def test_amounts_prove_their_signs_or_leave_them_open(texts: list[str], signs: tuple[str, str]) -> None:
    assert proof.amount_signs(texts) == signs


@pytest.mark.parametrize(
    ("head", "names"),
    [
        (b"abc", ("utf-8",)),
        ("Währung".encode(), ("utf-8",)),
        ("Währung".encode()[:3], ("utf-8",)),
        (b"\xef\xbb\xbfabc", ("utf-8",)),
        ("\ufeffabc".encode("utf-16-le"), ("utf-16",)),
        ("abcd".encode("utf-16-be"), ("utf-16-be",)),
        ("abcd".encode("utf-16-le"), ("utf-16-le",)),
        ("5 € Währung".encode("cp1252"), ("cp1252",)),
        ("Währung 12".encode("latin-1"), ("cp1252", "latin-1")),
    ],
)
def test_encodings(head: bytes, names: tuple[str, ...]) -> None:
    assert proof.encodings(head) == names


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("Datum;Naam;Tegenrekening;Af;Bij;Saldo;Munteenheid;Rekening", {"debit": "Af", "credit": "Bij"}),
        ("Date opération;Libellé;Débit;Crédit;Devise;Compte", {"debit": "Débit", "reference": "Libellé"}),
        ("Fecha;Concepto;Importe;Divisa;Cuenta", {"date": "Fecha", "amount": "Importe"}),
        ("Data contabile;Descrizione;Importo;Divisa;Conto", {"date": "Data contabile", "own_number": "Conto"}),
        ("Data operacji;Tytuł;Kwota;Waluta;Rachunek", {"amount": "Kwota", "reference": "Tytuł"}),
        ("Data tranzacției;Detalii;Sumă;Monedă;Cont", {"amount": "Sumă", "currency": "Monedă"}),
    ],
)
def test_headers_of_several_languages(
    header: str, columns: dict[str, str], proposed: Callable[[str | bytes], Proposal]
) -> None:
    row = ["13.01.2024", *["5,00"] * header.count(";")]
    found = proposed(f"{header}\n{';'.join(row)}\n").profile.columns
    assert {ours: found[ours].columns[0] for ours in columns} == columns


def test_no_header_means_two_columns_of_ours() -> None:
    words = words_of_banks()["transactions"]
    keys = [(key(word), ours) for ours, known in words.items() for word in known]
    assert len({word for word, _ in set(keys)}) == len(set(keys))


def test_what_the_file_does_not_say_is_asked(proposed: Callable[[str | bytes], Proposal]) -> None:
    proposal = proposed('Date,Amount,Memo\n01/02/2024,"1,234",x\n')
    assert asked(proposal) == ["day_first", "decimal", "account", "currency", "positive"]
    with pytest.raises(UsageError, match=r"day first.*day_first"):
        proposal.answers()
    profile = proposal.answers(day_first=True, decimal=",", account="1", currency="EUR", positive="debit")
    assert (profile.dates, profile.decimal, profile.positive) == (("%d/%m/%Y",), ",", "debit")
    assert profile.open() == ()
    assert Profile.from_toml(profile.to_toml()) == profile
    assert (
        proposal.answers(day_first=True, decimal=".", account="1", currency="EUR", positive="credit", zone="UTC").zone
        == "UTC"
    )


def test_decimals_answer_for_the_currency(proposed: Callable[[str | bytes], Proposal]) -> None:
    profile = proposed("Date,Amount,Account\n2024-01-02,-1.5,1\n").answers(decimals=2)
    assert (profile.decimals, profile.open()) == (2, ())


def test_the_currency_in_the_header_and_rows_before_it(proposed: Callable[[str | bytes], Proposal]) -> None:
    proposal = proposed("Kontoumsätze;\nVon;Bis\n\nDatum;Betrag (EUR);Konto;Notiz\n13.01.2024;-1,50;1;x\n")
    assert proposal.profile.header_row == 4
    assert proposal.profile.columns["currency"].value == "EUR"
    assert proposal.profile.keep == ("Notiz",)
    assert asked(proposal) == []
    assert proposal.sample.filter(proposal.sample["column"] == "amount").row(0) == ("amount", "Betrag (EUR)", "-1,50")


def test_sign_and_status_words(proposed: Callable[[str | bytes], Proposal]) -> None:
    proposal = proposed(
        "Datum;Bedrag;Af Bij;Status;Rekening;Munteenheid\n13-01-2024;5,00;Af;Completed;1;EUR\n"
        "14-01-2024;5,00;Bij;Open;1;EUR\n"
    )
    assert proposal.profile.words == {
        "status": {"Completed": "booked", "Open": "pending"},
        "sign": {"Af": "debit", "Bij": "credit"},
    }
    assert asked(proposal) == []
    unknown = proposed("Datum,Amount,Status,Account,Currency\n2024-01-02,-5,Odd,1,EUR\n")
    assert "status" not in unknown.profile.columns
    assert unknown.profile.keep == ("Status",)


def test_files_that_show_both_sides(proposed: Callable[[str | bytes], Proposal]) -> None:
    proposal = proposed("Date,From account,To account,Amount,Currency\n2024-01-02,1,2,5,EUR\n")
    assert proposal.profile.both
    assert asked(proposal) == []


def test_a_shipped_profile_is_proposed_and_its_dates_are_proved(proposed: Callable[[str | bytes], Proposal]) -> None:
    header = (
        "Transaction Date,Transaction Time,Time Zone,Transaction ID,Description,Credit Amount,Debit Amount,Currency,"
        "Transfer Amount,Transfer Amount Currency,Status,Running Balance,Additional Description,Store Name,Source,"
        "Target,Reference ID"
    )
    proposal = proposed(f"{header}\n12/31/2021,10:00:00,UTC,1,x,,5,USD,,,Completed,1,,,a,b,\n")
    assert proposal.profile.name == "payoneer"
    assert asked(proposal) == ["account"]
    assert proposal.profile.dates == ("%m/%d/%Y",)


def test_a_shipped_profile_whose_dates_or_amounts_are_others_is_not_proposed(
    proposed: Callable[[str | bytes], Proposal],
) -> None:
    assert proposed("Date,Amount\n2024-01-02,1.5\n").profile.name == "plain_signed"
    assert proposed("Date,Amount\n31/01/2024,1.5\n").profile.dates == ("%d/%m/%Y",)
    assert proposed('Date,Amount\n2024-01-02,"1.234,5"\n').profile.decimal == ","


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"just a line\n", b"a,b\n1,2\n", b"a\0b,c\n1,2\n", b"Datum,Amount\nsoon,1\n"]
)
def test_what_is_no_table_of_records_is_refused(content: bytes, proposed: Callable[[str | bytes], Proposal]) -> None:
    with pytest.raises(SourceError):
        proposed(content)
