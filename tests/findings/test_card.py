"""The card: what it refuses, and where an innocent explanation ends and what to ask for begins."""

from __future__ import annotations

import re
from typing import Any, ClassVar

import pytest

from finvest.findings.card import Card, Check
from finvest.findings.checks import listed_company
from finvest.findings.detector import Detector
from finvest.findings.parameters import param
from finvest.model.errors import ContractError, UsageError
from tests.findings.conftest import CARD, detector, row, view


def card(**columns: Any) -> Card:
    return Card(**{**CARD, **columns})


@pytest.mark.parametrize(
    ("text", "explanation", "ask"),
    [
        ("A shop. Ask.", "A shop.", "Ask."),
        ("A shop! Ask.", "A shop!", "Ask."),
        ("Is it a shop? Ask the till. And the bank.", "Is it a shop?", "Ask the till. And the bank."),
        ("Rents, e.g. for a flat, are round. Ask.", "Rents, e.g. for a flat, are round.", "Ask."),
        ("Shops, e.g. Lidl, sell food. Ask.", "Shops, e.g. Lidl, sell food.", "Ask."),
        ("Flat No. 5 is let. Ask.", "Flat No. 5 is let.", "Ask."),
        ("It is approx. 300 a month. Ask.", "It is approx. 300 a month.", "Ask."),
        ("Dr. Roe is paid. Ask Mrs. Roe.", "Dr. Roe is paid.", "Ask Mrs. Roe."),
        ("A shop.\nAsk.", "A shop.", "Ask."),
        ("A shop.  “Why?” Ask.", "A shop.", "“Why?” Ask."),
        ("It is paid to A. Ask.", "It is paid to A.", "Ask."),
        ("Ein Laden. Über wen? Frage.", "Ein Laden.", "Über wen? Frage."),
        ("The sum is 300. 5 receipts are enough. Ask.", "The sum is 300. 5 receipts are enough.", "Ask."),
    ],
)
def test_an_explanation_ends_with_its_sentence_not_with_an_abbreviation(text: str, explanation: str, ask: str) -> None:
    (told,) = card(innocent={"shop": text}).counter_checks
    assert (told.explanation, told.ask) == (explanation, ask)


@pytest.mark.parametrize("text", ["Rents, e.g. for flats.", "Flat No. 5 is let.", "A shop. ask the till", "A shop.  "])
def test_a_single_sentence_is_refused_whatever_dots_it_has(text: str) -> None:
    with pytest.raises(ContractError, match=r"TST-01: 'shop' must be a sentence that explains, and then what to ask"):
        card(innocent={"shop": text})


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"id": "xmp1"}, "a card's id must be like XMP-01: three capitals, a dash, two digits; it is 'xmp1'"),
        ({"id": 1}, "a card's id must be like XMP-01: three capitals, a dash, two digits; it is 1"),
        ({"id": "XMP-01\n"}, r"a card's id must be like XMP-01: three capitals, a dash, two digits; it is 'XMP-01\n'"),
        ({"strength": "strongish"}, "TST-01: strength must be weak, moderate, strong or review; it is 'strongish'"),
        ({"title": None}, "TST-01: title must be a text; it is a NoneType"),
        ({"sentence": ("{who}",)}, "TST-01: sentence must be a text; it is a tuple"),
        ({"needs": "transactions"}, "TST-01: needs must be a tuple of texts, like ('transactions',); it is a str"),
        ({"sources": "S1"}, "TST-01: sources must be a tuple of texts, like ('S1',); it is a str"),
        ({"needs": (1,)}, "TST-01: needs must be a tuple of texts, like ('transactions',); it has an int"),
        ({"needs": ("transaction.amount",)}, "TST-01: needs names no table 'transaction'; did you mean transactions?"),
        ({"needs": ("xyzzy",)}, "TST-01: needs names no table 'xyzzy'; docs/data-dictionary.md lists them"),
        (
            {"roles": ("who",)},
            "TST-01: roles must be a dict, like {'payer': ('account', 'undetermined')}; it is a tuple",
        ),
        ({"roles": {}}, "TST-01: roles must be a dict, like {'payer': ('account', 'undetermined')}; it is empty"),
        (
            {"roles": {"who": "account"}},
            "TST-01: role 'who' must be a kind (account or party) and a role (exploiter, facilitator, possible_victim, "
            "buyer or undetermined); it is 'account'",
        ),
        ({"roles": {"who": ("person", "buyer")}}, "it is ('person', 'buyer')"),
        ({"roles": {"who": ("account", "victim")}}, "it is ('account', 'victim')"),
        (
            {"innocent": ("A shop. Ask.",)},
            "TST-01: innocent must be a dict of a name to a text, like {'rents': 'Rents are often round. Ask the "
            "holder what for.'}; it is a tuple",
        ),
        ({"innocent": "A shop. Ask."}, "it is a str"),
        ({"innocent": {"shop": ("A shop.", "Ask.")}}, "TST-01: 'shop' must be a text; it is a tuple"),
        ({"innocent": {1: "A shop. Ask."}}, "TST-01: the name of an innocent explanation must be a text; it is an int"),
        ({"checks": (Check(),)}, "TST-01: checks must be a dict of a name in innocent to a Check; it is a tuple"),
    ],
)
def test_what_a_card_has_of_another_kind_is_refused_with_what_is_wanted(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ContractError, match=re.escape(said)):
        card(**wrong)


@pytest.mark.parametrize("wrong", [lambda _, rows: rows["who"], listed_company, None, True])
def test_a_check_that_is_none_is_refused_with_what_is_wanted(wrong: Any) -> None:
    said = r"TST-01: the check 'shop' must be a Check, like Check\(function\) or listed_company\('payer'\); it is a "
    with pytest.raises(ContractError, match=said):
        card(innocent={"shop": "A shop. Ask."}, checks={"shop": wrong})


@pytest.mark.parametrize("keeps", [-0.1, 1.1, 50, "half", None, True, float("nan")])
def test_a_share_that_is_none_is_refused(keeps: Any) -> None:
    with pytest.raises(ContractError, match=f"keeps must be a number from 0 to 1; it is {re.escape(repr(keeps))}"):
        Check(keeps=keeps)


def test_a_check_of_anything_but_a_function_is_refused() -> None:
    with pytest.raises(ContractError, match="a Check is made of a function of view and rows; it was given a str"):
        Check("count")  # type: ignore[arg-type]


# ---- parameters


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"default": "5"}, "a parameter's default must be a number; 'payments' has '5'"),
        ({"default": None}, "a parameter's default must be a number; 'payments' has None"),
        ({"default": 5, "low": "2"}, "a parameter's low must be a number; 'payments' has '2'"),
        ({"default": 5, "high": [9]}, "a parameter's high must be a number; 'payments' has [9]"),
        ({"default": 1, "low": 2}, "a parameter's default must lie within its bounds; 'payments' has 1"),
        ({"default": 9, "high": 2}, "a parameter's default must lie within its bounds; 'payments' has 9"),
        ({"default": float("nan"), "low": 2}, "a parameter's default must lie within its bounds; 'payments' has nan"),
    ],
)
def test_a_parameter_that_could_not_run_is_refused_where_it_is_made(wrong: dict[str, Any], said: str) -> None:
    with pytest.raises(ContractError, match=re.escape(said)):
        param("payments", **wrong)


def test_a_threshold_that_is_no_param_is_refused_by_its_name() -> None:
    with pytest.raises(ContractError, match=r"Own: least must be made with param\(meaning, default=5, low=\.\.\.\)"):

        class Own(Detector):
            card = Card(**CARD)
            least: int = 5

    with pytest.raises(
        ContractError, match=r"Bare: least must be made with param\(meaning, default=\.\.\., low=\.\.\.\)"
    ):

        class Bare(Detector):
            card = Card(**CARD)
            least: int


def test_what_is_no_parameter_of_a_class_is_left_alone() -> None:
    class Own(Detector):
        card = Card(**CARD)
        kinds: ClassVar[tuple[str, ...]] = ("cash",)

    assert Own().get_params() == {}


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({"low": 2}, "least must be 2 or more; it is -9"),
        ({"low": 2, "high": 8}, "least must be 2 to 8; it is -9"),
        ({"high": -10}, "least must be -10 or less; it is -9"),
    ],
)
def test_bounds_are_said_as_they_are(bounds: dict[str, int], said: str) -> None:
    class Own(Detector):
        card = Card(**CARD)
        least: int = param("payments", default=bounds.get("low", -10), low=bounds.get("low"), high=bounds.get("high"))

    with pytest.raises(UsageError, match=f"^TST-01: {said}$"):
        Own().set_params(least=-9).detect(view())


@pytest.mark.parametrize("text", ["A shop.", "A shop", "What does it sell?", ""])
def test_an_explanation_without_what_to_ask_is_refused_by_its_name(text: str) -> None:
    with pytest.raises(ContractError, match=r"TST-01: 'shop' must be a sentence that explains, and then what to ask"):
        Card(**CARD | {"innocent": {"shop": text}})


def test_a_check_of_no_explanation_is_refused() -> None:
    with pytest.raises(
        ContractError, match=r"TST-01: checks names no innocent explanation with gift, till; innocent has shop"
    ):
        Card(
            **CARD | {"innocent": {"shop": "A shop. Ask."}, "checks": dict.fromkeys(("till", "shop", "gift"), Check())}
        )


def test_a_card_tells_explanations_in_its_order_with_the_checks_of_the_same_names() -> None:
    till = Check(lambda _, rows: rows["who"], 0.5)
    about = Card(**CARD | {"innocent": {"gift": "A gift. Why? Ask.", "shop": "A shop. Ask."}, "checks": {"shop": till}})
    told = [(c.name, c.explanation, c.ask, c.check, c.keeps) for c in about.counter_checks]
    assert told == [("gift", "A gift.", "Why? Ask.", None, 0.0), ("shop", "A shop.", "Ask.", till.decides, 0.5)]
    assert detector(row(), title="x").card.family == "TST"


def test_a_detector_without_a_docstring_has_its_cards_sentence() -> None:
    assert type(detector(row())).__doc__ == "Anything."
