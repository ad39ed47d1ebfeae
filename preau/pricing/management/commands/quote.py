"""``preau quote``: the price of a basket by a tariff file, from the command line."""

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from preau.core.money import in_words
from preau.pricing.tariff import PricingError, Quote, load_basket, load_tariff, quote


def answer(tariff_text: str, question: str) -> Quote:
    """Price the question (JSON text) by the tariff (YAML text). PricingError in French."""
    tariff = load_tariff(tariff_text)
    return quote(tariff, load_basket(question, tariff))


def as_data(found: Quote) -> dict[str, Any]:
    """The answer as plain data, amounts as text with cents. What others pay, and the deposit, only
    where there is one."""
    data: dict[str, Any] = {
        "total": f"{found.total:.2f}",
        "lines": [
            {"service": line.service, "amount": f"{line.amount:.2f}", "nature": line.nature.value}
            for line in found.lines
        ],
        "explanation": found.explanation,
    }
    if found.shares:
        data["third_parties"] = {payer: f"{sum_:.2f}" for payer, sum_ in found.shares.items()}
    if found.deposit is not None:
        data["deposit"] = f"{found.deposit:.2f}"
    return data


def read_question(text: str) -> str:
    """JSON as given, or from a file by its name, or from the standard input ("-")."""
    if text.strip()[:1] in {"{", "["}:
        return text
    return sys.stdin.read() if text == "-" else _read_file(text)


def _read_file(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise CommandError(f"Le fichier « {name[:80]} » ne se lit pas.") from error


class Command(BaseCommand):
    """Needs no database and no setting: the tariff and the question are all it reads."""

    help = "Chiffre une demande d’après un fichier de tarif (docs/tarifs.md)."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options of the contract."""
        parser.add_argument("tariff", help="le fichier du tarif, en YAML")
        parser.add_argument(
            "--input", required=True, help="la question en JSON, un fichier, ou - (entrée standard)"
        )
        parser.add_argument("--json", action="store_true", help="répondre en JSON")

    def handle(self, *_: object, **options: Any) -> None:
        """Print the price with its explanation, in French or as JSON."""
        try:
            found = answer(_read_file(options["tariff"]), read_question(options["input"]))
            data = as_data(found)
        except PricingError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(data, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(data["explanation"]))
            for payer, amount in found.shares.items():
                self.stdout.write(f"{payer} : {in_words(amount)}.")
