"""What a family reads of its request's life: asked, decided, why, and its ranks (B5)."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from preau.booking.actions.propose import propose_all
from preau.booking.enums import Decision
from tests.factories import Cast, ask, decide, lines_of, only_places, tell
from tests.kit.page import Page


def history(cast: Cast, parent: Client) -> str:
    own = cast.exemple.family.requests.get()
    page = Page(parent.get(reverse("family:request", args=[own.pk])))
    return page.words("main").replace("\xa0", " ").replace("\u202f", " ")


def test_a_family_reads_what_was_asked_answered_and_why(cast: Cast, parent: Client) -> None:
    ask(cast.exemple, cast.hiver)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple), Decision.REFUSED, reason="complet")
    tell(cast.camille, cast.hiver)
    said = history(cast, parent)
    assert "Demandé par Alex Exemple" in said
    assert "Zoé : lun. 8 journée" in said
    assert "Réponse : refusée" in said
    assert "Motif : complet" in said


def test_a_prepared_answer_is_not_said_before_it_is_sent(cast: Cast, parent: Client) -> None:
    """B21: families see no decision until they are told."""
    ask(cast.exemple, cast.hiver)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple), Decision.REFUSED, reason="complet")
    said = history(cast, parent)
    assert "refusée" not in said
    assert "complet" not in said


def test_a_rank_is_explained(cast: Cast, parent: Client) -> None:
    only_places(cast.hiver, 0)
    ask(cast.martin, cast.hiver)
    ask(cast.exemple, cast.hiver)
    propose_all(actor=cast.camille, period=cast.hiver)
    tell(cast.camille, cast.hiver)
    said = history(cast, parent)
    assert "données par ordre d’arrivée" in said
    assert "Lundi 8 février Matin : rang 2, midi : rang 2, après-midi : rang 2" in said
    assert "Ordre d’arrivée : demandée le" in said
