"""YAML and JSON as plain data, with exact decimals: no binary float is ever made."""

from __future__ import annotations

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final

import yaml

from preau.core.money import EXACT
from preau.pricing.tariff.errors import Place, TariffError

_NUMBER: Final = re.compile(r"[-+]?[0-9][0-9_]*([.,][0-9]+)?( ?%)?")
_LARGEST_FILE: Final = 500_000
_LARGEST_NUMBER: Final = Decimal(10) ** 12


class _Loader(yaml.SafeLoader):
    """Numbers become `Decimal` from their own text, dates stay text, a key never comes twice."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Aliases are not read: a few of them can make a file endless."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise TariffError("les renvois de YAML (*) ne sont pas lus ici", line=mark.line + 1)
        return super().compose_node(parent, index)


def _decimal(loader: _Loader, node: yaml.ScalarNode) -> object:
    text = loader.construct_scalar(node).replace("_", "")
    try:
        value = Decimal(text)
    except InvalidOperation:
        return text
    return value if value.is_finite() and abs(value) < _LARGEST_NUMBER else text


def _text(loader: _Loader, node: yaml.ScalarNode) -> str:
    return loader.construct_scalar(node)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> dict[object, object]:
    found: dict[object, object] = {}
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node)
        name = str(key) if isinstance(key, Decimal) else key
        if not isinstance(name, str):
            raise TariffError("une clé est un mot", line=key_node.start_mark.line + 1)
        if name in found:
            raise TariffError(
                f"la clé « {name} » est écrite deux fois", line=key_node.start_mark.line + 1
            )
        found[name] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_constructor("tag:yaml.org,2002:float", _decimal)
_Loader.add_constructor("tag:yaml.org,2002:int", _decimal)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _text)
_Loader.add_constructor("tag:yaml.org,2002:map", _mapping)
# YAML 1.1 reads 12:30 as a number in base 60, and 010 in base 8: here they are text or decimal.
_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if not tag.endswith((":int", ":float", ":timestamp"))
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float",
    re.compile(r"^[-+]?(?:[0-9][0-9_]*\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,2})?$"),
    list("-+0123456789."),
)


def read_text(text: str) -> Any:
    """Read YAML (or JSON, which is YAML too). TariffError, a French sentence with the line."""
    if len(text) > _LARGEST_FILE:
        raise TariffError("ce fichier est trop long pour un tarif")
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - a safe loader of ours
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise TariffError(
            "ce texte n’est pas du YAML lisible (vérifiez les deux-points, les retraits et les "
            "guillemets)",
            line=mark.line + 1 if mark else None,
        ) from error
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        if isinstance(error, TariffError):
            raise
        raise TariffError("ce texte n’est pas du YAML lisible") from error


def line_of(text: str, place: Place) -> int | None:
    """The line of the file where `place` is written, as near as the text tells."""
    try:
        node = yaml.compose(text, Loader=_Loader)
    except (yaml.YAMLError, RecursionError):
        return None
    line = None
    for step in place:
        found = _step_into(node, step)
        if found is None:
            break
        line, node = found
    return line


def _step_into(node: yaml.Node | None, step: str | int) -> tuple[int, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == str(step):
                return key.start_mark.line + 1, value
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    return None


def read_json(text: str) -> Any:
    """Read JSON with exact decimals. ValueError when it is none."""
    return json.loads(text, parse_float=Decimal, parse_int=Decimal, parse_constant=_refuse)


def _refuse(word: str) -> object:
    raise ValueError(f"{word} is no number")


def number(value: object) -> Decimal | None:
    """A number written as such or as text: 10.05, "10,05", "1.85 %" (= 0.0185); else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(value)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        text = value.strip().replace("_", "").replace(",", ".")
        if text.endswith("%"):
            return EXACT.divide(Decimal(text[:-1].strip()), Decimal(100))
        return Decimal(text)
    return None


class Dumper(yaml.SafeDumper):
    """Decimals as plain numbers."""


def _dump_decimal(dumper: Dumper, value: Decimal) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:float", f"{value:f}")


Dumper.add_representer(Decimal, _dump_decimal)
Dumper.add_representer(int, lambda dumper, value: _dump_decimal(dumper, Decimal(value)))
# What our own reader would take for a number is quoted, and nothing else.
Dumper.yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers


def write_text(data: object) -> str:
    """Write plain data as YAML that `read_text` reads back the same."""
    written: str = yaml.dump(
        data,
        Dumper=Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=100,
        default_flow_style=None,
    )
    return written
