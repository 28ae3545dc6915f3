"""That the money trail is what the key says, worked out from the files alone, and the same as by following it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from finvest.case import Case
from finvest.synth import sample

if TYPE_CHECKING:
    from finvest.synth.key import Hop, Place
    from tests.synth.conftest import Made

Lots = list[tuple[Fraction, bool]]
"""Parts of a balance, the oldest first: cents, and whether they are claimed."""


def _side(case: Made, account: str) -> str:
    """Name of the one file of an account."""
    return next(name for name, facts in case.key.files.items() if facts.account == account)


def _hop(case: Made, end: str) -> Hop:
    return next(hop for hop in case.key.trail.hops if hop.end == end)


def _file(case: Made, part: str) -> str:
    return next(_side(case, m.account) for m in case.key.trail.accounts if m.role == part)


# ---- the files


def test_fourteen_accounts_and_more_in_five_layouts_and_a_list_of_companies(case: Made) -> None:
    assert len({f.account for f in case.key.files.values()}) >= 14
    trail = {case.key.files[_side(case, m.account)].profile for m in case.key.trail.accounts}
    assert trail == {f.profile for f in case.key.files.values()}
    assert len(trail) == 5
    assert "companies.csv" in case.key.registers


def test_the_claim_and_what_lay_there_before(case: Made) -> None:
    trail = case.key.trail
    claimed, following = trail.hops[:2]
    assert (claimed.debit, following.debit) == (trail.claim, trail.next_payment)
    assert (claimed.cents, following.cents) == (trail.claimed, 60000_00) == (84000_00, 60000_00)
    assert claimed.credit is not None
    assert following.debit is not None
    lines = case.of(claimed.credit.file)
    opened = case.key.files[claimed.credit.file].opening
    assert opened + sum(seen.cents for place, seen in lines if place < claimed.credit) == trail.opening == 30000_00
    month = case.seen[claimed.credit].day[:8]
    assert [place for place, seen in lines if f"{month}01" <= seen.day <= case.seen[following.debit].day] == [
        claimed.credit,
        following.debit,
    ]
    days = [date.fromisoformat(case.seen[place].day) for place in (claimed.credit, following.debit)]
    assert (days[1] - days[0]).days == 1


def test_every_hop_stands_where_the_key_says(case: Made) -> None:
    trail = case.key.trail
    accounts = {m.role: _side(case, m.account) for m in trail.accounts}
    for hop in trail.hops:
        assert hop.debit is not None
        assert hop.debit.file == accounts[hop.payer]
        assert case.seen[hop.debit].cents == -hop.cents
        assert (hop.credit is None) == (hop.payee not in accounts)
        if hop.credit is not None:
            assert hop.credit.file == accounts[hop.payee]
            assert case.seen[hop.credit].cents == hop.received
            assert case.seen[hop.debit].day <= case.seen[hop.credit].day
    days = [(case.seen[h.debit].day, case.seen[h.credit].day) for h in trail.hops if h.debit and h.credit]
    assert any(left < arrived for left, arrived in days)
    assert max(hop.hop for hop in trail.hops if hop.credit) >= 5


def test_what_a_trail_has_to_show(case: Made) -> None:
    trail = case.key.trail
    assert {h.end for h in trail.hops} == {"", "cash", "exchange", "no_records", "unpaired"}
    converted = [h for h in trail.hops if h.currencies[0] != h.currencies[1]]
    assert [h.received * 100 for h in converted] == [h.cents * 94 for h in converted]
    assert len(converted) == 1
    split = [h for h in trail.hops if h.payer == "mule, a possible victim"]
    assert len({h.payee for h in split}) == 2
    unpaired = _hop(case, "unpaired")
    assert unpaired.credit in unpaired.candidates
    assert len(unpaired.candidates) >= 2
    for place in unpaired.candidates:
        assert case.seen[place].cents == unpaired.cents
        assert case.seen[place].number == ""
        assert case.seen[place].name == "Top-up by bank transfer"


def test_the_busiest_mule_is_a_possible_victim_and_somebody_controls_her(case: Made) -> None:
    trail = case.key.trail
    mules = [m for m in trail.accounts if "mule" in m.role]
    credits_ = {m.account: sum(s.cents > 0 for _, s in case.of(_side(case, m.account))) for m in mules}
    assert trail.possible_victim == [max(credits_, key=lambda account: credits_[account])]
    links = [row.split(",") for row in case.files["links.csv"].decode().splitlines()]
    holder = {row[4]: row[2] for row in links if row[0] == "holds"}
    (controls,) = (row for row in links if row[0] == "controls")
    assert controls[4] == trail.possible_victim[0]
    assert controls[2] == holder[trail.controller[0]]
    people = [row.split(",") for row in case.files["holders.csv"].decode().splitlines()]
    assert [row[0] for row in people if row[4] == "possible_victim"] == [holder[trail.possible_victim[0]]]
    directors = Counter(row.rpartition(",")[2] for row in case.files["companies.csv"].decode().splitlines())
    assert directors[next(row[3] for row in people if row[0] == controls[2])] == 1


# ---- the rules, in plain code


def _split(lots: Lots, cents: Fraction, rule: str) -> tuple[Lots, Lots]:
    """Take an amount out of a balance by a rule: what leaves, and what stays, both oldest first."""
    if rule == "pro_rata":
        share = cents / sum(amount for amount, _ in lots)
        return [(a * share, c) for a, c in lots], [(a * (1 - share), c) for a, c in lots]
    if rule == "lifo":
        order = list(range(len(lots)))[::-1]
    elif rule == "fifo":
        order = list(range(len(lots)))
    else:  # own money first, or claimed money first
        order = sorted(range(len(lots)), key=lambda i: lots[i][1] == (rule == "libr"))
    taken, missing = dict.fromkeys(order, Fraction(0)), cents
    for i in order:
        taken[i] = min(lots[i][0], missing)
        missing -= taken[i]
    assert not missing
    out = [(taken[i], claimed) for i, (_, claimed) in enumerate(lots) if taken[i]]
    return out, [(a - taken[i], claimed) for i, (a, claimed) in enumerate(lots) if a > taken[i]]


def _followed(case: Made, rule: str) -> tuple[dict[Place, Fraction], dict[str, Fraction]]:
    """Claimed cents in each payment of the accounts of the trail, and in each account at the end.

    Money goes one way through these accounts, so one is done after the other. Where the records do not join two lines
    the trail ends.
    """
    trail = case.key.trail
    files = [_file(case, part) for part in ("first mule", "mule, a possible victim", "controller",
             "controller's account in francs", "company that the controller directs", "straw man", "dealer",
             "side mule")]  # fmt: skip
    into = {p.credit: p.debit for p in case.key.pairs if not p.hard or p.hard.startswith("payer's line")}
    into |= {h.credit: h.debit for h in trail.hops if h.credit and h.debit and not h.end}
    left: dict[Place, Lots] = {trail.claim: [(Fraction(trail.claimed), True)]}
    rests = {}
    for file in files:
        lots: Lots = [(Fraction(case.key.files[file].opening), False)]
        for place, seen in case.of(file):
            amount = Fraction(abs(seen.cents))
            if seen.cents < 0:
                left[place], lots = _split(lots, amount, rule)
            else:
                came = left.get(into.get(place, place), [(amount, False)])
                factor = amount / sum(a for a, _ in came)
                lots = lots + [(a * factor, claimed) for a, claimed in came]
        rests[file] = sum((a for a, claimed in lots if claimed), Fraction(0))
    return {place: sum((a for a, c in parts if c), Fraction(0)) for place, parts in left.items()}, rests


@pytest.mark.parametrize("rule", ["fifo", "libr", "pro_rata", "lifo", "taint_first"])
def test_what_of_the_claim_is_in_the_first_payment(case: Made, rule: str) -> None:
    paid, rests = _followed(case, rule)
    assert round(paid[case.key.trail.next_payment]) == case.key.trail.by_rule[rule]
    at = {account: rests[_side(case, account)] for account in case.key.trail.resting}
    assert at[case.key.trail.resting[0]] > 0
    if rule in {"pro_rata", "lifo", "taint_first"}:
        assert sum(rest > 0 for rest in at.values()) >= 3


# ---- and as finvest follows it


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("trail")
    sample.write(folder / "records")
    case = Case.create(folder / "case", title="t", purpose="p", legal_basis="invented", actor="analyst 7")
    case.load_list(folder / "records" / "load.toml")
    return case


@pytest.mark.parametrize("rule", ["fifo", "libr", "pro_rata", "lifo", "taint_first"])
def test_following_gives_what_plain_code_gives(followed: Case, default: Made, rule: str) -> None:
    trail = default.key.trail
    paid, rests = _followed(default, rule)
    found = followed.follow(f"{trail.claim.file}:{trail.claim.record}", rule=rule)
    unknown = _file(default, "side mule")  # its bank writes no balances
    rows = found.movements.select("records", "low", "high").iter_rows()
    got = {record: (low, high) for records, low, high in rows for record in records}
    start = {name: facts.sha256[:12] for name, facts in default.key.files.items()}
    for hop in trail.hops:
        assert hop.debit is not None
        low, high = got.get(f"{start[hop.debit.file]}-{hop.debit.record:08d}", (0, 0))
        if hop.debit in paid and hop.debit.file != unknown:
            assert abs(low - paid[hop.debit]) <= 1
            assert abs(high - paid[hop.debit]) <= 1
    lying = {
        who: (low, high) for who, low, high in found.hops.select("account", "remaining_low", "remaining_high").rows()
    }
    for member in trail.accounts[1:]:
        file = _side(default, member.account)
        if file in rests and file != unknown:
            low, high = lying.get(member.account_id, (0, 0))
            assert abs(low - rests[file]) <= 1
            assert abs(high - rests[file]) <= 1


def test_the_possible_victim_is_no_recipient_and_her_account_is_not_to_be_frozen(followed: Case, default: Made) -> None:
    trail = default.key.trail
    victim, controller = (
        next(m.account_id for m in trail.accounts if [m.account] == asked)
        for asked in (trail.possible_victim, trail.controller)
    )
    found = followed.follow(f"{trail.claim.file}:{trail.claim.record}", rule="taint_first")
    assert found.hops.filter(account=victim)["conduit"].to_list() == [True]
    assert victim not in found.freeze["account"]
    holder = found.hops.filter(account=controller)["person"][0]
    carried = found.recipients.filter(person=holder, currency="EUR")
    assert carried["received_low"].to_list() == [60000_00]
    assert carried["through"].to_list() == [1]
