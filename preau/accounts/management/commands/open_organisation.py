"""`preau open_organisation`: from an empty database to somebody who can sign in."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from preau.accounts.actions.opening import open_organisation
from preau.core.errors import RefusedError
from preau.org.enums import SchoolZone

_OPTIONS = {
    "--name": "nom de l’organisation",
    "--email": "courriel que lisent les familles",
    "--phone": "téléphone que lisent les familles",
    "--first-name": "prénom de la première personne de l’administration",
    "--last-name": "son nom",
    "--to": "son adresse électronique : son mot de passe provisoire y part",
}


class Command(BaseCommand):
    """Make the organisation and its first administrator."""

    help = "Crée l’organisation et son premier accès, dont le mot de passe part par courriel."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for option, words in _OPTIONS.items():
            parser.add_argument(option, required=True, help=words)
        parser.add_argument(
            "--zone", required=True, choices=SchoolZone.values, help="zone scolaire"
        )

    def handle(self, **options: Any) -> None:
        names = ("name", "email", "phone", "zone", "first_name", "last_name", "to")
        try:
            made = open_organisation(**{name: options[name] for name in names})
        except RefusedError as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"L’organisation est ouverte. Identifiant de {made.name} : {made.username}. Son mot de "
            f"passe provisoire part pour {made.email} dès qu’un « preau worker » tourne."
        )
