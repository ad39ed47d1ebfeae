"""Health sheets, persons allowed to fetch, and proposals of the demonstration's parents."""

from __future__ import annotations

import random
from datetime import time

from preau.core.models import User
from preau.families.actions.care import accept_proposal, propose
from preau.families.actions.health import write_health
from preau.families.health import Health
from preau.families.models import Custody, ProposalKind
from preau.org.models import Centre

_SHEETS = (
    Health(),
    Health(doctor="Dr Exemple, 05 00 00 00 30"),
    Health(
        allergies="Arachide : le visage gonfle, la respiration siffle.",
        instructions="Donner l’antihistaminique de la trousse, appeler le 15, puis les parents.",
        treatments="Antihistaminique dans la trousse de l’enfant.",
        care_plan=True,
        doctor="Dr Exemple, 05 00 00 00 30",
    ),
    Health(instructions="Garde ses lunettes, même pendant les jeux."),
)
_PEOPLE = (
    ("Rosa Exemple", "grand-mère"),
    ("Paul Exemple", "voisin"),
    ("Inès Exemple", "grande sœur"),
)
_SHOWN = 40
"""Children whose file is filled: the others show what is missing."""


def make_care(centre: Centre, director: User, dice: random.Random) -> None:
    """Fill some children's files by the real actions, and leave three proposals to answer."""
    custodies = (
        Custody.objects.filter(child__enrolments__centre=centre)
        .select_related("family", "child")
        .order_by("family__number", "pk")[:_SHOWN]
    )
    for number, custody in enumerate(custodies):
        parent = custody.family.guardians.exclude(user=None).first()
        if parent is None or parent.user is None:
            continue
        if number % 5:
            write_health(
                actor=parent.user, child=custody.child, health=_SHEETS[number % len(_SHEETS)]
            )
        if number % 3 == 0:
            _allow(parent.user, director, custody, dice, waits=number in {3, 6})
        if number == 4:
            wanted = {"value": f"{time(17, 30):%H:%M}"}
            propose(actor=parent.user, custody=custody, kind=ProposalKind.ALONE, wanted=wanted)


def _allow(
    parent: User, director: User, custody: Custody, dice: random.Random, *, waits: bool
) -> None:
    name, relation = dice.choice(_PEOPLE)
    wanted = {"name": name, "relation": relation, "phone": f"06 00 00 00 {dice.randrange(10, 99)}"}
    asked = propose(actor=parent, custody=custody, kind=ProposalKind.PICKUP, wanted=wanted)
    if not waits:
        accept_proposal(actor=director, proposal=asked)
