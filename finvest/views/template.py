"""The templates of everything that is shown: every value is escaped, a missing one is an error."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup


@cache
def environment() -> Environment:
    """Return the templates' environment, made once."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("finvest.views"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(name: str, **values: object) -> str:
    """Fill the template called `name`."""
    return environment().get_template(name).render(**values)


def markup(made: str) -> Markup:
    """Mark what another template made as safe to stand in this one."""
    from markupsafe import Markup

    return Markup(made)  # noqa: S704 - only ever the output of `render`
