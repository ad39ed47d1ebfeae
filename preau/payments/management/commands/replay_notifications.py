"""`preau replay_notifications`: read again what the bank said, from the words that were kept."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand

from preau.core.errors import RefusedError
from preau.payments.actions.treat import read_again
from preau.payments.models import BankNotification


class Command(BaseCommand):
    """Read kept messages again: whatever is replayed, an account moves once."""

    help = "Relit les messages gardés de la banque. Aucun compte ne bouge deux fois."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ids", nargs="*", type=int, help="lesquels ; tous par défaut")

    def handle(self, *, ids: list[int], **options: Any) -> None:
        found = BankNotification.objects.filter(treated_at=None).order_by("pk")
        if ids:
            found = found.filter(pk__in=ids)
        said: Counter[str] = Counter()
        for notification in found.iterator():
            try:
                said[str(read_again(notification=notification).label)] += 1
            except RefusedError:
                said["compte occupé, à relire"] += 1
        for words, number in sorted(said.items()):
            self.stdout.write(f"{number:7d}  {words}")
