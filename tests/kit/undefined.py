"""A template that prints a variable nobody gave fails the test.

Django asks `string_if_invalid` what to print. A truthy one is printed before any filter runs, so
that `{{ name|default:"…" }}` could no longer do its work; this one is falsy, goes through filters
as the empty text that Django would use, and raises when something reads it: printed, compared,
measured, or turned into text by a filter. `{% if %}` and `{% for %}` never see it: for them Django
makes an unknown variable `None`, which is how templates ask whether something is there.
"""

from __future__ import annotations

import inspect
from typing import Any, NoReturn

from django.conf import settings
from django.template import engines
from django.template.base import FilterExpression, Node, VariableNode


class UndefinedVariableError(AssertionError):
    """A template used a variable that its view did not give."""


class Undefined(str):
    """Stands for an unknown variable. False, and silent only as long as nobody reads it."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return False

    def _tell(self, *_: Any) -> NoReturn:
        raise UndefinedVariableError(f"undefined in a template: {_where()}")

    __str__ = __html__ = __len__ = __iter__ = _tell
    __format__ = __add__ = __radd__ = __mod__ = _tell
    __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = _tell
    __hash__ = str.__hash__


def _where() -> str:
    """The expression and the template, read from the frames that led here."""
    expression, template = "?", "?"
    for frame in inspect.stack():
        node = frame.frame.f_locals.get("self")
        if isinstance(node, FilterExpression) and expression == "?":
            expression = node.token
        if isinstance(node, Node) and template == "?":
            if isinstance(node, VariableNode) and expression == "?":
                expression = node.filter_expression.token
            origin = getattr(node, "origin", None)
            template = f"{origin or '?'}, near {getattr(node, 'token', '?')}"
    return f"{expression} ({template})"


def install() -> None:
    """Use `Undefined` in our templates, also in engines made anew by a test."""
    for template_settings in settings.TEMPLATES:
        options: Any = template_settings["OPTIONS"]
        options["string_if_invalid"] = Undefined()
    for engine in engines.all():
        engine.engine.string_if_invalid = Undefined()  # type: ignore[attr-defined]
