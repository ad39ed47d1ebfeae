"""From an empty database to somebody who signs in, without a default password anywhere."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from preau.core.models import User
from preau.messaging.models import Mail
from preau.org.models import Organisation, StaffRole
from tests.factories import Cast

OPTIONS = {
    "name": "Loisirs neufs",
    "email": "accueil@neufs.example",
    "phone": "05 00 00 00 00",
    "zone": "C",
    "first_name": "Noa",
    "last_name": "Exemple",
    "to": "noa@neufs.example",
}


@pytest.mark.django_db
def test_an_empty_site_opens_for_one_administrator() -> None:
    """Otherwise an association needs a programmer to begin."""
    out = StringIO()
    call_command("open_organisation", **OPTIONS, stdout=out)
    noa = User.objects.get()
    assert f"Identifiant de Noa Exemple : {noa.username}" in out.getvalue()
    assert StaffRole.objects.get().role == "administrator"
    assert noa.temporary_until
    (mail,) = Mail.objects.all()
    assert mail.to == "noa@neufs.example"
    with pytest.raises(CommandError, match="déjà une organisation"):
        call_command("open_organisation", **OPTIONS)
    assert User.objects.count() == 1


@pytest.mark.django_db
def test_a_wrong_address_makes_nothing() -> None:
    with pytest.raises(CommandError, match="courriel"):
        call_command("open_organisation", **OPTIONS | {"email": "pas une adresse"})
    with pytest.raises(CommandError, match="adresse"):
        call_command("open_organisation", **OPTIONS | {"to": "pas une adresse"})
    assert not Organisation.objects.exists()
    assert not User.objects.exists()


def test_a_site_that_lives_is_left_alone(cast: Cast) -> None:
    before = User.objects.count()
    with pytest.raises(CommandError):
        call_command("open_organisation", **OPTIONS)
    assert User.objects.count() == before
