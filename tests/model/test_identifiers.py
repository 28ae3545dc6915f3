"""Checks and comparison keys of accounts, banks, names and telephones."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from finvest.model import identifiers as known

# The examples of the IBAN registry that SWIFT keeps for ISO 13616.
REGISTRY = [
    "AD1200012030200359100100",
    "AE070331234567890123456",
    "AL47212110090000000235698741",
    "AT611904300234573201",
    "AZ21NABZ00000000137010001944",
    "BA391290079401028494",
    "BE68539007547034",
    "BG80BNBG96611020345678",
    "BH67BMAG00001299123456",
    "BR1800360305000010009795493C1",
    "BY13NBRB3600900000002Z00AB00",
    "CH9300762011623852957",
    "CR05015202001026284066",
    "CY17002001280000001200527600",
    "CZ6508000000192000145399",
    "DE89370400440532013000",
    "DK5000400440116243",
    "DO28BAGR00000001212453611324",
    "EE382200221020145685",
    "ES9121000418450200051332",
    "FI2112345600000785",
    "FO6264600001631634",
    "FR1420041010050500013M02606",
    "GB29NWBK60161331926819",
    "GE29NB0000000101904917",
    "GI75NWBK000000007099453",
    "GL8964710001000206",
    "GR1601101250000000012300695",
    "GT82TRAJ01020000001210029690",
    "HR1210010051863000160",
    "HU42117730161111101800000000",
    "IE29AIBK93115212345678",
    "IL620108000000099999999",
    "IQ98NBIQ850123456789012",
    "IS140159260076545510730339",
    "IT60X0542811101000000123456",
    "JO94CBJO0010000000000131000302",
    "KW81CBKU0000000000001234560101",
    "KZ86125KZT5004100100",
    "LB62099900000001001901229114",
    "LC55HEMM000100010012001200023015",
    "LI21088100002324013AA",
    "LT121000011101001000",
    "LU280019400644750000",
    "LV80BANK0000435195001",
    "MC5811222000010123456789030",
    "MD24AG000225100013104168",
    "ME25505000012345678951",
    "MK07250120000058984",
    "MR1300020001010000123456753",
    "MT84MALT011000012345MTLCAST001S",
    "MU17BOMM0101101030300200000MUR",
    "NL91ABNA0417164300",
    "NO9386011117947",
    "PK36SCBL0000001123456702",
    "PL61109010140000071219812874",
    "PS92PALS000000000400123456702",
    "PT50000201231234567890154",
    "QA58DOHB00001234567890ABCDEFG",
    "RO49AAAA1B31007593840000",
    "RS35260005601001611379",
    "SA0380000000608010167519",
    "SC18SSCB11010000000000001497USD",
    "SE4550000000058398257466",
    "SI56263300012039086",
    "SK3112000000198742637541",
    "SM86U0322509800000000270100",
    "ST68000100010051845310112",
    "SV62CENR00000000000000700025",
    "TL380080012345678910157",
    "TN5910006035183598478831",
    "TR330006100519786457841326",
    "UA213223130000026007233566001",
    "VA59001123000012345678",
    "VG96VPVG0000012345678901",
    "XK051212012345678906",
]


@pytest.mark.parametrize("iban", REGISTRY)
def test_examples_of_the_registry_are_right(iban: str) -> None:
    assert known.is_iban(iban)
    spaced = " ".join(iban[i : i + 4] for i in range(0, len(iban), 4)).lower()
    assert known.is_iban(spaced)
    assert known.iban_key(spaced) == iban


@given(st.sampled_from(REGISTRY), st.integers(2, 40), st.sampled_from("0123456789"))
def test_one_wrong_digit_is_noticed(iban: str, place: int, digit: str) -> None:
    assume(place < len(iban) and iban[place].isdigit() and iban[place] != digit)
    assert not known.is_iban(iban[:place] + digit + iban[place + 1 :])


@given(st.sampled_from(REGISTRY), st.integers(2, 40))
def test_two_neighbours_swapped_are_noticed(iban: str, place: int) -> None:
    assume(place + 1 < len(iban) and iban[place : place + 2].isdigit() and iban[place] != iban[place + 1])
    assert not known.is_iban(iban[:place] + iban[place + 1] + iban[place] + iban[place + 2 :])


@pytest.mark.parametrize("text", ["", "DE", "1234567890", "DE8937040044053201300O", "DE8937040044053201300²", "NO93"])
def test_what_is_no_iban(text: str) -> None:
    assert not known.is_iban(text)


def test_check_digits_run_from_02_to_98() -> None:
    """98 and 01 leave the same remainder, as do 97 and 00, 02 and 99; ISO 13616 knows only the first of each."""
    body = next(b for n in range(10_000) if known.is_iban("GB98" + (b := f"NWBK6016133{n:07d}")))
    assert not known.is_iban("GB01" + body)


def test_a_mistyped_local_number_is_kept_with_its_zeros() -> None:
    assert known.number_key("00 12-34/56 a") == "00123456A"
    assert known.number_key("0012") != known.number_key("12")


@pytest.mark.parametrize("text", ["DEUTDEFF", "deutdeff500", " DEUTDEFFXXX "])
def test_one_bank_under_its_bic(text: str) -> None:
    assert known.is_bic(text)
    assert known.bank_key(text) == "DEUTDEFF"


@pytest.mark.parametrize("text", ["", "DEUTDEF", "DEUTDEFF5", "DE12DEFF", "Bank of Test"])
def test_what_is_no_bic(text: str) -> None:
    assert not known.is_bic(text)


def test_a_bank_without_bic_is_known_by_its_name() -> None:
    assert known.bank_key("Spar-kasse Köln") == known.bank_key("SPARKASSE KOELN") == "SPARKASSEKOELN"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller, Jürgen", "JUERGEN MUELLER"),
        ("José María García", "garcia jose maria"),
        ("Łukasz Żółć", "ZOLC Lukasz"),
        ("Søren Ærø", "AEROE SOEREN"),
        ("Straße 5 GmbH", "gmbh STRASSE 5"),
        ("MU\u0308LLER", "Müller"),
        ("Σοφία", "ΣΟΦΙΑ"),
        ("  Ana   Popescu ", "Popescu;Ana"),
        ("ﬁrma", "FIRMA"),
    ],
)
def test_one_name_written_two_ways(one: str, other: str) -> None:
    assert known.name_key(one) == known.name_key(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Ana Pop", "Ana Popa"), ("Иван", "Ivan"), ("A B C", "A B"), ("A1", "A2")])
def test_two_names_stay_two(one: str, other: str) -> None:
    assert known.name_key(one) != known.name_key(other)


@given(st.lists(st.text(max_size=12), max_size=5), st.randoms())
def test_the_order_of_words_does_not_matter(words: list[str], random: object) -> None:
    shuffled = list(words)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert known.name_key(" ".join(words)) == known.name_key(" ".join(shuffled))


@given(st.text(max_size=20))
def test_a_key_is_its_own_key(text: str) -> None:
    assert known.name_key(known.name_key(text)) == known.name_key(text)
    assert known.text_key(known.text_key(text)) == known.text_key(text)
    assert known.iban_key(known.iban_key(text)) == known.iban_key(text)


def test_names_in_a_column_keep_their_rows() -> None:
    frame = pl.DataFrame({"name": ["Ö z", None, "", "--"]})
    assert frame.select(known.name_keys(pl.col("name")))["name"].to_list() == ["OE Z", None, "", ""]


@pytest.mark.parametrize(
    "written",
    [
        "+49 30 123456",
        "+49 (0)30 123456",
        "(+49) 30/12 34 56",
        "0049-30-123456",
        "030 123456",
        "030/123 456",
        "(030) 123456",
    ],
)
def test_one_german_telephone(written: str) -> None:
    assert known.phone_key(written, "49") == "+4930123456"


@pytest.mark.parametrize("written", ["+39 06 698 1234", "0039 06 6981234", "06 6981234"])
def test_an_italian_telephone_keeps_its_zero(written: str) -> None:
    assert known.phone_key(written, "39") == "+39066981234"


def test_a_telephone_of_no_known_country_is_its_digits() -> None:
    assert known.phone_key("030 123") == "030123"
    assert known.phone_key("12345", "49") == "12345"
    assert known.phone_key("") == ""


def test_opaque_ids_do_not_run_parts_together() -> None:
    assert known.opaque("a", "x", "yz") != known.opaque("a", "xy", "z")
    assert known.opaque("a", "x") == known.opaque("a", "x")
    assert len(known.opaque("a", "x")) == 17


def test_one_number_at_two_banks_is_two_accounts_and_an_iban_is_one() -> None:
    assert known.account_id(known.LOCAL, "BANKA", "123") != known.account_id(known.LOCAL, "BANKB", "123")
    for scheme in (known.IBAN, known.IBAN_UNVERIFIED):
        assert known.account_id(scheme, "BANKA", "123") == known.account_id(scheme, "BANKB", "123")
