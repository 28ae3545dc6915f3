"""Products of two amounts need 128 bits: exact shares for the kernels, which have 64."""

from __future__ import annotations

from finvest.graph.compiled import kernel

_NEAR = 2.0**50
"""Below it a quotient estimated in floating point is off by less than two."""


@kernel
def share(total: int, weight: int, whole: int) -> tuple[int, int]:
    """Return quotient and remainder of ``total × weight / whole``.

    Each number is below 2⁶², `whole` above zero, and the quotient below 2⁶².
    """
    estimate = total * 1.0 * weight / whole  # how much, not what: the remainder below makes it exact
    if estimate >= _NEAR:
        return _by_bits(total, weight, whole)
    quotient = int(estimate)
    # Products wrap around, but their difference is small and comes out right.
    remainder = total * weight - quotient * whole
    while remainder < 0:
        remainder += whole
        quotient -= 1
    while remainder >= whole:
        remainder -= whole
        quotient += 1
    return quotient, remainder


@kernel
def _by_bits(total: int, weight: int, whole: int) -> tuple[int, int]:
    """Multiply and divide bit by bit of `total`; no number on the way leaves 64 bits."""
    each, over = weight // whole, weight % whole
    quotient, remainder = 0, 0
    for place in range(62, -1, -1):
        quotient *= 2
        remainder *= 2
        if remainder >= whole:
            remainder -= whole
            quotient += 1
        if total >> place & 1:
            quotient += each
            remainder += over
            if remainder >= whole:
                remainder -= whole
                quotient += 1
    return quotient, remainder
