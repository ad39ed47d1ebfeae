"""Centres and their age groups."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from django.db.models import ProtectedError

from preau.core import audit
from preau.core.errors import RefusedError
from preau.core.locks import refusing, short_transaction
from preau.core.models import Act, User
from preau.core.trace import write_changes
from preau.org.models import AgeGroup, Centre

CENTRE_FIELDS = ("name", "kind", "address", "director_name", "email", "phone", "resident_towns")
GROUP_FIELDS = ("name", "min_age", "max_age", "levels")


def open_centre(*, actor: User, values: Mapping[str, Any]) -> Centre:
    """Make a centre of `values` (names among `CENTRE_FIELDS`).

    Raises `RefusedError` when another has that name.
    """
    with short_transaction(), _named_once():
        made = Centre.objects.create(**{name: values[name] for name in CENTRE_FIELDS})
        audit.record(Act.SETTINGS_CHANGED, actor=actor, on=made, detail="centre ouvert")
    return made


def change_centre(*, actor: User, centre: Centre, values: Mapping[str, Any]) -> list[str]:
    """Change a centre; returns the changes in words. Raises `RefusedError` for a name in use."""
    with short_transaction(), _named_once():
        held = Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)
        wanted = {name: values[name] for name in CENTRE_FIELDS}
        return write_changes(actor=actor, row=held, values=wanted)


def add_age_group(*, actor: User, centre: Centre, values: Mapping[str, Any]) -> AgeGroup:
    """Add a group of ages (whole years, both included) to a centre.

    Periods already made keep the groups they were made with. Raises `RefusedError` for a name in
    use or ages out of order.
    """
    with short_transaction(), _named_once():
        held = Centre.objects.select_for_update(no_key=True).get(pk=centre.pk)
        _check_ages(values)
        wanted = {name: values[name] for name in GROUP_FIELDS}
        made = AgeGroup.objects.create(centre=held, **wanted)
        audit.record(Act.SETTINGS_CHANGED, actor=actor, on=held, detail=f"groupe ajouté : {made}")
    return made


def change_age_group(*, actor: User, group: AgeGroup, values: Mapping[str, Any]) -> list[str]:
    """Change a group; returns the changes in words.

    Raises `RefusedError` for a name in use or ages out of order.
    """
    with short_transaction(), _named_once():
        held = AgeGroup.objects.select_for_update(no_key=True).get(pk=group.pk)
        _check_ages(values)
        wanted = {name: values[name] for name in GROUP_FIELDS}
        return write_changes(actor=actor, row=held, values=wanted)


def remove_age_group(*, actor: User, group: AgeGroup) -> None:
    """Remove a group that no day ever used. Raises `RefusedError` for another."""
    try:
        with short_transaction():
            held = AgeGroup.objects.select_for_update().select_related("centre").get(pk=group.pk)
            said = str(held)
            held.delete()
            detail = f"groupe retiré : {said}"
            audit.record(Act.SETTINGS_CHANGED, actor=actor, on=held.centre, detail=detail)
    except ProtectedError as error:
        raise RefusedError(
            f"{group} a des places ou des demandes : il ne peut plus être retiré. Changez son nom "
            "ou ses âges."
        ) from error


def _check_ages(values: Mapping[str, Any]) -> None:
    if values["min_age"] > values["max_age"]:
        raise RefusedError("L’âge de départ est après l’âge de fin.")


def _named_once() -> AbstractContextManager[None]:
    return refusing(
        "org_centre_name",
        "age_group_named_once",
        sentence="Ce nom est déjà pris. Choisissez-en un autre.",
    )
