"""The published JSON Schema of a tariff, and its complaints in French."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from preau.core.wording import listing
from preau.pricing.tariff.errors import TariffError

SCHEMA_FILE: Final = Path(__file__).with_name("tarif.schema.json")

_TYPES: Final = {
    "object": "un ensemble de clés",
    "array": "une liste",
    "string": "un texte",
    "number": "un nombre",
    "integer": "un nombre entier",
    "boolean": "true ou false",
    "null": "rien",
}


@cache
def _validator() -> Draft202012Validator:
    return Draft202012Validator(json.loads(SCHEMA_FILE.read_text(encoding="utf-8")))


def check_shape(data: Any) -> None:
    """Check a tariff against the published schema. TariffError names the first wrong place."""
    errors = list(_validator().iter_errors(data))
    # A misspelt key is said before the one that is missing because of it.
    misspelt = next((each for each in errors if each.validator == "additionalProperties"), None)
    error = misspelt or best_match(errors)
    if error is not None:
        raise TariffError(_sentence(error), tuple(error.absolute_path))


def _sentence(error: Any) -> str:
    said = _SENTENCES.get(str(error.validator))
    if said is None:
        return "cette valeur n’est pas celle qui est attendue"
    return said if isinstance(said, str) else said(error)


def _required(error: Any) -> str:
    missing = [key for key in error.validator_value if key not in error.instance]
    return f"il manque {listing([f'« {key} »' for key in missing])}"


def _additional(error: Any) -> str:
    known = sorted(error.schema.get("properties", {}))
    extra = [key for key in error.instance if key not in known]
    names = listing([f"« {key} »" for key in known])
    return f"clé inconnue {listing([f'« {key} »' for key in extra])} ; ici se lisent {names}"


def _type(error: Any) -> str:
    wanted = error.validator_value
    kinds = wanted if isinstance(wanted, list) else [wanted]
    return f"{' ou '.join(_TYPES[kind] for kind in kinds)} est attendu"


def _enum(error: Any) -> str:
    words = [f"« {word} »" for word in error.validator_value]
    return f"un de ces mots est attendu : {listing(words)}"


_SENTENCES: Final[Mapping[str, str | Callable[[Any], str]]] = {
    "required": _required,
    "additionalProperties": _additional,
    "type": _type,
    "enum": _enum,
    "const": lambda error: f"« {error.validator_value} » est attendu",
    "minItems": "cette liste est trop courte",
    "maxItems": "cette liste est trop longue",
    "minProperties": "il manque quelque chose ici",
    "maxProperties": "il y a trop de choses ici",
    "minimum": lambda error: f"au moins {error.validator_value} est attendu",
    "maximum": lambda error: f"au plus {error.validator_value} est attendu",
    "exclusiveMinimum": lambda error: f"plus de {error.validator_value} est attendu",
    "minLength": "ce texte est vide",
    "maxLength": lambda error: f"ce texte dépasse {error.validator_value} caractères",
    "pattern": "ce texte n’a pas la forme attendue",
    "propertyNames": "ce nom n’a pas la forme attendue (lettres, chiffres, _)",
    "uniqueItems": "un mot est écrit deux fois",
}
