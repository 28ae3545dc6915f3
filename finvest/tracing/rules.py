"""The tracing rules: what each one does, what courts use it for, and which questions it can answer."""

from __future__ import annotations

from dataclasses import dataclass

from finvest.model.errors import UsageError


@dataclass(frozen=True, slots=True)
class Rule:
    """A convention about which money of a mixed account leaves with a payment.

    Attributes
    ----------
    name : str
        As it is asked for and recorded.
    title : str
        As a reader knows it.
    means : str
        What it does, in a sentence.
    used : str
        What courts use it for; a summary for orientation, no legal advice.
    number : int
        By which kernels know it.
    by_lots : bool
        It looks at the order in which money came in.
    backward : bool
        It can say where money came from without a claim being named.
    conserves : bool
        What it marks adds up to what was claimed; poison marks more.
    """

    name: str
    title: str
    means: str
    used: str
    number: int
    by_lots: bool = False
    backward: bool = False
    conserves: bool = True


FIFO, LIFO, PRO_RATA, LIBR, TAINT_FIRST, POISON = range(6)

RULES = {
    rule.name: rule
    for rule in (
        Rule(
            "fifo",
            "First in, first out",
            "What came in first goes out first.",
            "Clayton's Case (Devaynes v Noble, 1816). English courts presume it for running accounts and depart from "
            "it where it would be unjust.",
            FIFO,
            by_lots=True,
            backward=True,
        ),
        Rule(
            "lifo",
            "Last in, first out",
            "What came in last goes out first.",
            "No court's presumption; a usual contrast, and close to how short stays of money look.",
            LIFO,
            by_lots=True,
            backward=True,
        ),
        Rule(
            "pro_rata",
            "Pro rata (rolling charge)",
            "Each payment takes the same share of every contribution that the account then holds.",
            "Preferred by North American courts where several victims' money was mixed; called haircut in crypto "
            "tracing.",
            PRO_RATA,
            backward=True,
        ),
        Rule(
            "libr",
            "Lowest intermediate balance",
            "The holder's own money leaves first; a claim never exceeds the lowest balance since it came in.",
            "Re Hallett (1880) with Roscoe v Winder (1915): what a claimant can still point to in a mixed account.",
            LIBR,
        ),
        Rule(
            "taint_first",
            "Claimant's election",
            "Claimed money leaves first.",
            "Re Oatway (1903): a claimant may say that a purchase was made with the claimed money.",
            TAINT_FIRST,
        ),
        Rule(
            "poison",
            "Poison",
            "Once claimed money has come in, every later payment of the account counts in full.",
            "An upper bound of exposure for screening; never an amount of proceeds.",
            POISON,
            conserves=False,
        ),
    )
}
"""By name; pari passu, which ignores order, is in `finvest.tracing.pari_passu`."""


def rule_named(name: str | None) -> Rule:
    """Return a rule.

    Raises
    ------
    UsageError
        If no rule is named, or none of that name is known: the result depends on it, so there is no default.
    """
    if name is None:
        raise UsageError(f"say which rule: the result depends on it. There are {', '.join(RULES)}")
    key = name.strip().lower().replace("-", "_").replace(" ", "_")
    if key not in RULES:
        raise UsageError(f"there is no rule of that name; there are {', '.join(RULES)}")
    return RULES[key]
