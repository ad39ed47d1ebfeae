"""`preau restore FILE`."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from preau.core.backup import BackupError, restore


class Command(BaseCommand):
    """Put a saved file into an empty place."""

    help = "Rétablit une sauvegarde dans une base vide, et vérifie qu’elle est entière."
    requires_system_checks: list[str] = []  # the place is empty

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="fichier écrit par « preau backup »")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            held = restore(file.absolute())
        except BackupError as error:
            raise CommandError(str(error)) from error
        rows, tables = sum(held.counts.values()), len(held.counts)
        self.stdout.write(
            f"{tables} tables, {rows} lignes et {held.files} fichiers rétablis\u00a0: {file}"
        )
