"""``preau deadline``: answer a deadline rule for one day, from the command line."""

import json
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from preau.activities.deadlines import (
    DeadlineRuleError,
    first_refused,
    in_words,
    load_rule,
    parse_day,
    parse_hour,
)


def answer(
    rule: str,
    *,
    day: str,
    period_start: str | None = None,
    first_booked: str | None = None,
    closed: Sequence[str] = (),
    start: str | None = None,
) -> dict[str, str]:
    """Compute a deadline from texts: the rule in JSON, days as YYYY-MM-DD, the hour as HH:MM.

    Gives ``first_refused`` (ISO 8601 with the offset of Paris) and ``text`` (French words).
    DeadlineRuleError, a French sentence naming the key, when something cannot be read.
    """
    refused = first_refused(
        load_rule(rule),
        day=parse_day("day", day),
        period_start=_optional_day("period_start", period_start),
        first_booked=_optional_day("first_booked", first_booked),
        closed=[parse_day("closed", text) for text in closed],
        start=None if start is None else parse_hour("start", start),
    )
    return {"first_refused": refused.isoformat(), "text": in_words(refused)}


def _optional_day(key: str, text: str | None) -> date | None:
    return None if text is None else parse_day(key, text)


class Command(BaseCommand):
    """Needs no database and no setting: the rule and the days are all it reads."""

    help = "Calcule la date limite d’une règle (docs/regles.md) pour un jour d’accueil."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of the contract."""
        parser.add_argument("--rule", required=True, help="la règle, en JSON")
        parser.add_argument("--day", required=True, help="jour d’accueil, AAAA-MM-JJ")
        parser.add_argument("--period-start", help="premier jour de la période, AAAA-MM-JJ")
        parser.add_argument("--first-booked", help="premier jour réservé, AAAA-MM-JJ")
        parser.add_argument(
            "--closed", nargs="*", action="extend", default=[], help="jours de fermeture"
        )
        parser.add_argument("--start", help="heure de début de l’accueil, HH:MM")
        parser.add_argument("--json", action="store_true", help="répondre en JSON")

    def handle(self, *_: object, **options: Any) -> None:
        """Print the deadline, as a French phrase or as JSON."""
        names = ("day", "period_start", "first_booked", "closed", "start")
        try:
            result = answer(options["rule"], **{name: options[name] for name in names})
        except DeadlineRuleError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False))
        else:
            self.stdout.write(f"Jusqu’au {result['text']}.")
