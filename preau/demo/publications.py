"""Papers that the centres of the demonstration put on line."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import typst

from preau.core import clock
from preau.core.models import User
from preau.core.uploads import Cleaned
from preau.org.models import Centre
from preau.publications.actions.publish import Notice, publish

_PAPERS = [
    (
        "Programme des prochaines vacances",
        "Activités, sorties et heures de chaque jour.",
        "Deux semaines pour jouer, construire, cuisiner et se promener.",
        [
            ("Le matin", "Ateliers au choix : cabanes, peinture, cirque, petite cuisine."),
            ("Le midi", "Repas préparés sur place, avec un menu sans viande chaque jour."),
            ("L’après-midi", "Grands jeux, temps calme pour les petits, piscine selon la météo."),
            ("Sorties", "Elles se réservent en ligne, avec les jours : elles s’y voient en bleu."),
        ],
    ),
    (
        "Règlement intérieur",
        "À lire une fois par an.",
        "Ce que nous nous devons les uns aux autres.",
        [
            ("Arrivées et départs", "De 7 h 30 à 9 h 30 et de 16 h 30 à 18 h 30."),
            ("Absences", "Un jour accepté est facturé, sauf certificat médical accepté."),
            ("Santé", "Aucun médicament sans ordonnance ni projet d’accueil individualisé."),
        ],
    ),
    (
        "Autorisation de sortie",
        "À imprimer, signer et rendre à la direction.",
        "Je soussigné·e …………………………………………… autorise mon enfant ………………………………………",
        [
            ("À rentrer seul·e", "à partir de …… h ……, les jours suivants : ……………………………"),
            ("À être filmé·e", "oui / non, pour le journal du centre seulement."),
            ("Date et signature", "……………………………………………………………………………"),
        ],
    ),
]


def make_publications(centres: list[Centre], director: User) -> None:
    """Three papers of the director's centre, one of them shared with the others."""
    for number, (title, about, lead, parts) in enumerate(_PAPERS):
        where = centres if number == 1 else centres[:1]
        publish(
            actor=director,
            notice=Notice(
                title=title,
                about=about,
                centres=where,
                from_on=clock.today() - timedelta(days=3 * number),
            ),
            paper=_paper(title, lead, parts, str(where[0])),
        )


def _paper(title: str, lead: str, parts: list[tuple[str, str]], centre: str) -> Cleaned:
    data = {
        "title": title,
        "lead": lead,
        "parts": parts,
        "centre": centre,
        "foot": "Document d’exemple : les noms, les heures et les prix sont inventés.",
    }
    content: bytes = typst.compile(
        str(Path(__file__).with_name("imprime.typ")),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
        pdf_standards=["ua-1"],
    )
    return Cleaned(content=content, extension=".pdf", media_type="application/pdf")
