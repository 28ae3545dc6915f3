"""Every sentence that a card can produce: no forbidden word, no accusation, what was seen apart from what is assumed.

The words are those of good practice with victims (an account is controlled, somebody is a possible victim, a person is
advertised or undocumented) and of the difference between facts and assessments (Directive 2016/680, Art. 7).
"""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from finvest.findings.make import Make
from finvest.registry import Registry
from finvest.scoring import score

if TYPE_CHECKING:
    from collections.abc import Iterator

    from finvest.findings.detector import Detector

DETECTORS = Registry().detectors()

FORBIDDEN = {
    "names for people": r"mules?|prostitut\w*|whores?|hookers?|pimps?|johns?|slaves?|illegals?|illegal (?:\w+ )?"
    r"(?:workers?|migrants?|immigrants?)|illegally",
    "guilt": r"guilty|guilt|criminals?|culprits?|perpetrators?|offenders?|traffickers?|launderers?|fraudsters?|thieves|"
    r"thief|gangs?|accomplices?|suspects?",
    "certainty": r"proves?|proven|obviously|clearly|undoubtedly|certainly|beyond doubt|no doubt|must be",
}
"""In no text of a card: neither for people nor of guilt, nor as certain what a pattern can only suggest."""

JUDGES = (
    r"suspicious\w*|probably|likely|apparently|presumably|seems?|suggests?|launder\w*|traffick\w*|exploit\w*|stole\w*"
)
"""In no sentence of a finding, which says what the records show; what it may mean stands on the card."""

_VICTIM = r"(?<!possible )(?<!possible-)\bvictims?\b"


def found(detector: type[Detector], what: str) -> list[str]:
    """Return the sentences of an example, as a reader sees them."""
    make = Make()
    getattr(detector(), what)(make)
    done = score(make.view(), [detector()])
    assert not done.failed
    return [f.sentence for f in done.all] + [gap for gaps in done.unjudged.values() for gap in gaps]


def texts(detector: type[Detector]) -> Iterator[str]:
    """Yield every text of a detector that a reader can see."""
    card = detector.card
    yield from (card.title, card.what, card.sentence)  # sources are titles that others gave
    for check in card.counter_checks:
        yield from (check.name, check.explanation, check.ask)
    for f in fields(detector):  # type: ignore[arg-type]
        yield f.metadata["meaning"]
    for what in ("plant", "look_alike"):
        yield from found(detector, what)


each = pytest.mark.parametrize("id_", DETECTORS)


def hits(pattern: str, text: str) -> list[str]:
    return re.findall(rf"\b(?:{pattern})\b", text, re.IGNORECASE)


@each
def test_no_text_has_a_forbidden_word(id_: str) -> None:
    for text in texts(DETECTORS[id_]):
        for why, pattern in FORBIDDEN.items():
            assert not hits(pattern, text), (why, text)
        assert not re.findall(_VICTIM, text, re.IGNORECASE), f"only ever a possible victim: {text}"


@each
def test_a_sentence_says_what_was_seen_and_nothing_of_what_it_means(id_: str) -> None:
    told = found(DETECTORS[id_], "plant")
    assert told
    for text in (DETECTORS[id_].card.sentence, *told, *found(DETECTORS[id_], "look_alike")):
        assert not hits(JUDGES, text), text


@each
def test_sentences_are_whole_and_filled_in(id_: str) -> None:
    for text in (*found(DETECTORS[id_], "plant"), *found(DETECTORS[id_], "look_alike")):
        assert text.rstrip().endswith((".", "?")) or ": " in text, text
        assert not re.search(r"[{}]|\bNone\b|\bnan\b|\binf\b|\bTrue\b|\bFalse\b", text), text
        assert "  " not in text, text
    card = DETECTORS[id_].card
    for text in (
        card.what,
        card.sentence,
        *(c.explanation for c in card.counter_checks),
        *(c.ask for c in card.counter_checks),
    ):
        assert text[-1] in ".?)", text
        assert text[0].isupper() or text[0] in "{0123456789", text


@each
def test_whoever_may_be_a_victim_is_named_by_a_mask_alone(id_: str) -> None:
    make = Make()
    DETECTORS[id_]().plant(make)
    done = score(make.view(), [DETECTORS[id_]()])
    for finding in done.all:
        assert finding.basis == "assessment"
        for subject in finding.subjects:
            if subject.role == "possible_victim" and not finding.withdrawn:
                assert re.fullmatch(r"(?:controlled account|person) [0-9a-f]{6}", subject.label)


@pytest.mark.parametrize("text", ["a mule account", "she is guilty", "It proves that", "an illegal worker", "The Gang"])
def test_the_words_are_seen(text: str) -> None:
    assert any(hits(pattern, text) for pattern in FORBIDDEN.values())


@pytest.mark.parametrize("text", ["victims of theft", "the victim's account"])
def test_a_victim_is_only_ever_a_possible_one(text: str) -> None:
    assert re.findall(_VICTIM, text, re.IGNORECASE)
    assert not re.findall(_VICTIM, "a possible victim, possible victims", re.IGNORECASE)
