"""`preau backup FILE`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from preau.core.backup import BackupError, back_up


class Command(BaseCommand):
    """Save everything into one file."""

    help = "Sauvegarde la base et les fichiers dans un seul fichier."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="fichier à écrire, qui n’existe pas encore")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            held = back_up(file.absolute())
        except BackupError as error:
            raise CommandError(str(error)) from error
        rows, tables = sum(held.counts.values()), len(held.counts)
        self.stdout.write(
            f"{tables} tables, {rows} lignes et {held.files} fichiers sauvegardés\u00a0: {file}"
        )
