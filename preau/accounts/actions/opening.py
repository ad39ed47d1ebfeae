"""The first act on an empty site: its organisation and its first administrator."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import IntegrityError

from preau.accounts.actions.access import invite_staff, make_user
from preau.core import audit
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import Act, User
from preau.org.enums import Role
from preau.org.models import Organisation, StaffRole


def open_organisation(
    *, name: str, email: str, phone: str, zone: str, first_name: str, last_name: str, to: str
) -> User:
    """Make the organisation and an administrator, whose temporary password leaves for `to`.

    Nobody types a password, and none is by default. `email` and `phone` are what families read.
    Raises `RefusedError` when there is an organisation already, or a value is unusable.
    """
    organisation = Organisation(
        pk=1,
        name=name,
        contact_name=name,
        contact_email=email,
        contact_phone=phone,
        school_zone=zone,
    )
    _check(organisation)
    person = f"{first_name} {last_name}".strip()
    try:
        with short_transaction():
            organisation.save(force_insert=True)
            made = make_user(first_name=first_name, last_name=last_name, name=person, email=to)
            _check(made)
            StaffRole.objects.create(user=made, role=Role.ADMINISTRATOR)
            audit.record(Act.ROLE_GIVEN, actor=None, on=made, detail=Role.ADMINISTRATOR.label)
            invite_staff(actor=made, user=made)
    except IntegrityError as error:
        raise RefusedError("Cette base a déjà une organisation : rien n’est changé.") from error
    return made


def _check(row: Organisation | User) -> None:
    try:
        row.clean_fields(exclude=["id", "password", "temporary_until"])
    except ValidationError as error:
        said = "; ".join(
            f"{row._meta.get_field(field).verbose_name} : {' '.join(words)}"  # type: ignore[union-attr]  # noqa: SLF001
            for field, words in error.message_dict.items()
        )
        raise RefusedError(said) from error
