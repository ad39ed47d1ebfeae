"""`preau import_organisation DIR [--dry-run]`: centres, groups and families from files (B20)."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from preau.core.errors import RefusedError
from preau.families.actions.import_files import import_folder
from preau.families.importing.tables import TableError


class Command(BaseCommand):
    """Import a folder, or rehearse it. The format is in `docs/import.md`."""

    help = "Importe centres, groupes et familles depuis des fichiers CSV ou XLSX."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="dossier des fichiers")
        parser.add_argument("--dry-run", action="store_true", help="tout vérifier, ne rien écrire")
        parser.add_argument(
            "--skip-faulty", action="store_true", help="importer les lignes sans faute"
        )

    def handle(self, *, folder: Path, **options: Any) -> None:
        try:
            report = import_folder(
                actor=None,
                folder=folder,
                dry_run=options["dry_run"],
                skip_faulty=options["skip_faulty"],
            )
        except (TableError, RefusedError) as error:
            raise CommandError(str(error)) from error
        for fault in report.faults:
            self.stdout.write(f"{fault.file}, ligne {fault.line}, {fault.column} : {fault.reason}")
        for title, counts in (("à créer", report.made), ("à changer", report.changed)):
            said = ", ".join(f"{number} {what}" for what, number in counts.items()) or "rien"
            self.stdout.write(f"{title} : {said}")
        if report.faults:
            self.stdout.write(f"{len(report.faults)} fautes")
        if not report.written:
            said = "Répétition : rien n’est écrit." if options["dry_run"] else "Rien n’est écrit."
            self.stdout.write(said)
            if report.faults and not options["dry_run"]:
                raise CommandError("Corrigez ces lignes, ou ajoutez --skip-faulty.")
            return
        self.stdout.write("Tout est écrit." if not report.faults else "Les bonnes lignes le sont.")
