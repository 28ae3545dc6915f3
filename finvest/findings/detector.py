"""The detector contract: a card, typed parameters, and `look`, which returns a frame. One class a file."""

from __future__ import annotations

from dataclasses import Field, dataclass, fields
from numbers import Integral, Real
from typing import Any, ClassVar, Self, dataclass_transform

import polars as pl

from finvest.features.scores import grows
from finvest.findings.card import Card, Check
from finvest.findings.make import Make
from finvest.findings.parameters import bounds, param, within
from finvest.findings.report import CHECK, Report
from finvest.findings.returned import check_columns, collected
from finvest.model.errors import ContractError, NotAssessable, UsageError
from finvest.model.tables import DAY, INSTANT
from finvest.view import CaseView

__all__ = ["Card", "CaseView", "Check", "Detector", "Make", "NotAssessable", "grows", "param"]
"""What a detector's file needs of the contract."""


@dataclass_transform(kw_only_default=True, eq_default=False, field_specifiers=(param,))
class Detector:
    """Looks for one indicator.

    A subclass has a `card`, parameters made with `param`, `look`, and the two small examples `plant` (it finds this)
    and `look_alike` (it does not, or a counter-check withdraws it).
    """

    card: ClassVar[Card]

    def __init_subclass__(cls) -> None:
        if not isinstance(card := vars(cls).get("card"), Card | None):
            raise ContractError(f"{cls.__name__}: card must be a Card; it is a {type(card).__name__}")
        for name, kind in vars(cls).get("__annotations__", {}).items():
            default = vars(cls).get(name)
            if name != "card" and "ClassVar" not in str(kind) and not isinstance(default, Field):
                given = "..." if default is None else repr(default)
                raise ContractError(
                    f"{cls.__name__}: {name} must be made with param(meaning, default={given}, low=...)"
                )
        if cls.__doc__ is None and "card" in vars(cls):
            cls.__doc__ = cls.card.what
        dataclass(kw_only=True, eq=False, repr=False)(cls)

    def look(self, view: CaseView) -> pl.LazyFrame | pl.DataFrame:
        """Return one row a suspicion.

        Parameters
        ----------
        view : CaseView

        Returns
        -------
        polars.DataFrame or polars.LazyFrame
            For each role of the card a column of numbers or lists of numbers; ``score`` in [0, 1], higher is more
            suspicious; ``evidence`` (lists of transaction numbers) and ``evidence_<table>`` for other tables; where a
            row cannot be judged, ``not_assessable`` with the reason. Every other column is a fact.

        Raises
        ------
        NotAssessable
            If nothing can be said on this case.
        """
        raise NotImplementedError

    def plant(self, make: Make) -> None:
        """Make the smallest positive example."""
        raise NotImplementedError

    def look_alike(self, make: Make) -> None:
        """Make its innocent twin."""
        raise NotImplementedError

    def detect(self, view: CaseView) -> Report:
        """Look at a case, run the counter-checks, and return what was found, in an order that rows cannot change.

        Raises
        ------
        UsageError
            If a parameter is out of bounds or of another type.
        ContractError
            If `look` breaks the contract.
        """
        self.check_parameters()
        why = view.lacks(self.card.needs)
        try:
            return Report(self, view, pl.DataFrame() if why else self._complete(view), why)
        except NotAssessable as error:
            return Report(self, view, pl.DataFrame(), str(error))

    def check_parameters(self) -> None:
        """Check every parameter.

        Raises
        ------
        UsageError
            If one is out of bounds or of another type.
        """
        for f in fields(self):  # type: ignore[arg-type]
            value, low, high = getattr(self, f.name), f.metadata["low"], f.metadata["high"]
            whole = isinstance(f.default, int)
            if not isinstance(value, Integral if whole else Real):
                wanted = "a whole number" if whole else "a number"
                raise UsageError(f"{self.card.id}: {f.name} must be {wanted}; it is a {type(value).__name__}")
            if not within(value, low, high):
                raise UsageError(f"{self.card.id}: {f.name} must be {bounds(low, high) or 'a number'}; it is {value}")

    def _complete(self, view: CaseView) -> pl.DataFrame:
        rows, roles = collected(self.card, self.look(view)), [*self.card.roles]
        evidence = [c for c in rows.columns if c == "evidence" or c.startswith("evidence_")]
        if not evidence or {*roles, "score"} - {*rows.columns}:
            wanted = ", ".join([*roles, "score", "evidence"])
            raise ContractError(f"{self.card.id}: look() must return {wanted}; it returned {', '.join(rows.columns)}")
        check_columns(self.card, view, rows, evidence)
        if not rows["score"].is_between(0, 1).fill_null(value=False).all():
            raise ContractError(f"{self.card.id}: every score must lie in [0, 1]")
        if "not_assessable" not in rows.columns:
            rows = rows.with_columns(not_assessable=pl.lit(None, pl.String))
        rows = rows.with_columns(_sorted_set(rows, c) for c in [*evidence, *roles])
        judged = pl.col("not_assessable").is_null()
        for what in ([*evidence], roles):
            if rows.select((judged & (pl.sum_horizontal(pl.col(what).list.len()) == 0)).any()).item():
                raise ContractError(f"{self.card.id}: every row of look() must have {' or '.join(what)}")
        rows = _with_period_and_amounts(view, rows)
        try:
            results = [check.results(view, rows).alias(CHECK + check.name) for check in self.card.counter_checks]
        except ContractError as error:
            raise ContractError(f"{self.card.id}: {error}") from error
        rows = rows.with_columns(results).with_columns(found_score="score")
        for check in self.card.counter_checks:
            kept = pl.when(pl.col(CHECK + check.name).fill_null(value=False)).then(check.keeps).otherwise(1.0)
            rows = rows.with_columns(score=pl.col("score") * kept)
        first = [pl.col(c).list.first() for c in [*roles, *evidence]]
        return rows.sort(-pl.col("score"), *first, *(pl.col(c).list.len() for c in evidence), maintain_order=True)

    # ---- parameters, as scikit-learn has them, so that a pattern is tuned like any estimator

    def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002, FBT001, FBT002 - scikit-learn's signature
        """Return the parameters by name."""
        return {f.name: getattr(self, f.name) for f in fields(self)}  # type: ignore[arg-type]

    def set_params(self, **params: Any) -> Self:  # noqa: ANN401
        """Set parameters.

        Raises
        ------
        UsageError
            If there is no such parameter.
        """
        if wrong := params.keys() - self.get_params().keys():
            has = ", ".join(self.get_params()) or "none"
            raise UsageError(f"{self.card.id} has no parameter {', '.join(sorted(wrong))}; it has {has}")
        self.__dict__.update(params)
        return self

    def fit(self, views: object, answers: object = None) -> Self:  # noqa: ARG002 - nothing to learn
        """Do nothing; detectors are rules."""
        return self

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - scikit-learn stays unimported until it asks
        from sklearn.utils import Tags, TargetTags

        return Tags(estimator_type=None, target_tags=TargetTags(required=False))

    def __repr__(self) -> str:
        changed = {f.name: getattr(self, f.name) for f in fields(self) if getattr(self, f.name) != f.default}  # type: ignore[arg-type]
        return f"{type(self).__name__}({', '.join(f'{k}={v!r}' for k, v in changed.items())})"


def _sorted_set(rows: pl.DataFrame, column: str) -> pl.Expr:
    """Make a column of numbers or nested lists one flat, sorted list without repeats."""
    dtype, expr = rows.schema[column], pl.col(column)
    if not isinstance(dtype, pl.List):
        return pl.concat_list(column).list.drop_nulls().cast(pl.List(pl.UInt32))
    while isinstance(dtype.inner, pl.List):
        expr, dtype = expr.list.eval(pl.element().explode(empty_as_null=False)), dtype.inner
    numbers = expr.list.drop_nulls().list.unique().list.sort().cast(pl.List(pl.UInt32))
    return numbers.fill_null(pl.lit([], pl.List(pl.UInt32)))


_SEVERAL = (pl.col("currency").n_unique() > 1) & (pl.col("amount_base").null_count() == 0)
_BASE = {
    "amount_base": pl.when(_SEVERAL).then(pl.col("amount_base").sum()),
    "rate_sources": pl.col("rate_source").drop_nulls().unique().sort(),
}
"""Sum in the base currency, where there are several and all were converted, and where the rates come from."""


def _with_period_and_amounts(view: CaseView, rows: pl.DataFrame) -> pl.DataFrame:
    """Add start, end, and the sum of the evidence per currency, where the detector did not."""
    if {"start", "first_day"} & {*rows.columns} or "evidence" not in rows.columns:
        missing = {"start": INSTANT, "end": INSTANT, "first_day": DAY, "last_day": DAY}
        rows = rows.with_columns(pl.lit(None, t).alias(c) for c, t in missing.items() if c not in rows.columns)
    else:
        span = {
            "start": pl.col("earliest").min(),
            "end": pl.col("latest").max(),
            "first_day": pl.col("day").min(),
            "last_day": pl.col("day").max(),
        }
        rows = rows.hstack(view.measure(rows["evidence"], **span))
    if "amounts" in rows.columns or "evidence" not in rows.columns:
        return rows if "amounts" in rows.columns else rows.with_columns(amounts=pl.lit(None))
    amounts = view.frame("transactions", "amount_base")["amount_base"]
    if view.base is not None and amounts.null_count() < len(amounts):
        rows = rows.hstack(view.measure(rows["evidence"], **_BASE))
    pairs = view.measure(rows["evidence"], currency=pl.col("currency"), amount=pl.col("amount")).with_row_index("row")
    totals = (
        pairs.explode("currency", "amount", empty_as_null=False)
        .drop_nulls("amount")
        .group_by("row", "currency")
        .agg(pl.col("amount").sum())
        .sort("row", "currency")
        .group_by("row", maintain_order=True)
        .agg(amounts=pl.struct("currency", "amount"))
    )
    return rows.hstack(pairs.join(totals, on="row", how="left", maintain_order="left").select("amounts"))
