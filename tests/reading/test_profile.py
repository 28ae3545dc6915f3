from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from finvest.model.errors import UsageError
from finvest.reading.profile import Profile, named
from finvest.reading.profile_rules import Take
from finvest.reading.profiles import matching_profile, profiles_in, shipped_profiles

if TYPE_CHECKING:
    from pathlib import Path

MINIMAL = 'name = "x"\n[columns]\ndate = "Date"\namount = "Amount"\n'


def test_toml_reads_back_to_an_equal_profile() -> None:
    text = (
        MINIMAL
        + 'reference = { join = ["A", "B"] }\nother_name = { debit = "To", credit = "From" }\n'
        + 'own_bank = { value = "B" }\n'
        + 'channel = "Kind"\n[words.channel]\n"Über\\"weisung" = "transfer"\n[file]\nquote = ""\ndelimiter = "\\t"\n'
    )
    profile = Profile.from_toml(text)
    assert Profile.from_toml(profile.to_toml()) == profile
    assert profile.columns["other_name"] == Take(("To", "From"), how="sides")
    assert profile.digest() == Profile.from_toml(profile.to_toml()).digest()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "name"),
        (MINIMAL + "colour = 1\n", "columns.colour"),
        ('title = "x"\nname = 1', "name: a profile needs one"),
        ('name = "x"\nfoo = 1', "foo: no such key; there are name"),
        (MINIMAL + '[file]\nencoding = "klingon"', "file.encoding"),
        (MINIMAL + '[file]\nencoding = "cp037"', "file.encoding"),
        (MINIMAL + '[file]\nencoding = "utf-32"', "file.encoding"),
        (MINIMAL + '[file]\ndelimiter = ";;"', "file.delimiter"),
        (MINIMAL + '[file]\nheader_row = "1"', "file.header_row: must be a whole number"),
        (MINIMAL + "[file]\nheader_row = 0", "names"),
        (MINIMAL + '[dates]\nformats = ["%x"]', "'%x'"),
        (MINIMAL + '[dates]\nformats = ["%?/%m/%Y"]', "twice"),
        (MINIMAL + '[dates]\nformats = ["%Y-%m-%d %H"]', "hour and minute"),
        (MINIMAL + '[amounts]\ndecimal = ";"', "decimal sign"),
        (MINIMAL + '[amounts]\nthousands = "."', "thousands"),
        (MINIMAL + '[amounts]\npositive = "up"', "amounts.positive: 'up' is none of credit, debit"),
        (MINIMAL + 'status = "S"\n[words.status]\nx = "gone"', "'gone' is none of booked"),
        (MINIMAL + 'status = "S"', "words.status"),
        (MINIMAL + 'sign = "S"', "words.sign"),
        (MINIMAL + 'debit = "D"\ncredit = "C"', "either amount"),
        (MINIMAL + "reference = 5", "must be a source column"),
        (MINIMAL + 'own_number = "A"\noriginator_number = "B"', "not both"),
        ('keep = ["Z"]\noptional = ["Y"]\n' + MINIMAL, "not mapped, kept or ignored"),
        ('ignore = ["Date"]\n' + MINIMAL, "mapped or kept"),
        ('name = "x"\ntable = "people"', "'people' is none of"),
        ('name = "x"\ntable = "parties"\nkeep = ["a"]\n[columns]\nname = "N"', "keeps no column aside"),
        ("name = [", "bank.toml"),
    ],
)
def test_a_wrong_profile_is_refused_with_file_key_and_valid_values(text: str, says: str) -> None:
    with pytest.raises(UsageError) as refused:
        Profile.from_toml(text, "bank.toml")
    assert "bank.toml" in str(refused.value)
    assert says in str(refused.value)


def test_a_renamed_column_is_an_alarm() -> None:
    profile = Profile.from_toml('keep = ["Note"]\nignore = ["Row"]\n' + MINIMAL)
    assert profile.matches(["Row", "Date", "Amount", "Note"])
    assert not profile.matches(["Row", "Date", "Amount"])
    assert not profile.matches(["Row", "Date", "Amount", "Note", "New"])
    assert profile.missing(["Date"]) == ["Amount", "Note", "Row"]
    assert profile.unknown(["Date", "Sum"]) == ["Sum"]


def test_headers_become_distinct() -> None:
    assert named([" Account ", "Account", "", "Date"]) == ["Account", "Account (2)", "(column 3)", "Date"]


def test_what_is_open_is_told() -> None:
    profile = Profile.from_toml(MINIMAL + '[dates]\nformats = ["%?.%?.%y"]\n[amounts]\ndecimal = ""')
    assert profile.open() == ("day_first", "decimal", "account", "currency")


@pytest.mark.parametrize("name", list(shipped_profiles()))
def test_a_shipped_profile_reads_back_and_recognises_its_own_header_only(name: str) -> None:
    profile = shipped_profiles()[name]
    assert Profile.from_toml(profile.to_toml()) == profile
    head = (profile.delimiter.join(profile.headers) + "\n").encode()
    found = matching_profile(head, "x.csv", shipped_profiles())
    assert found is profile


def test_profiles_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(MINIMAL)
    assert list(profiles_in(tmp_path)) == ["x"]
    (tmp_path / "b.toml").write_text(MINIMAL)
    with pytest.raises(UsageError, match=r"b\.toml.*named x"):
        profiles_in(tmp_path)


def test_two_profiles_that_fit_equally_well_are_no_match() -> None:
    one = Profile.from_toml(MINIMAL)
    two = Profile.from_toml(MINIMAL.replace('"x"', '"y"'))
    assert matching_profile(b"Date,Amount\n", "x.csv", [one, two]) is None
    assert matching_profile(b"Date,Amount\n", "x.csv", [one]) is one
