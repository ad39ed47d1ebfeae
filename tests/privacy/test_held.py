"""A family gets everything held about it, nothing of anybody else, and may ask to be forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db.models import ForeignKey, Model, OneToOneField
from django.test import Client

from preau.booking.enums import Decision
from preau.core.models import Act, AuditEvent
from preau.families.models import Child, Family, Guardian, Guardianship
from preau.privacy.models import ErasureRequest
from preau.privacy.queries.held import LEFT_OUT, PARTS
from tests.factories import NOW, Cast, ask, decide, lines_of, open_days, sign_in
from tests.factories.house import person
from tests.kit.constraints import constraints_of, refused_by
from tests.kit.page import Page
from tests.kit.pdf import words_of
from tests.web.people import both_sides

PAGE, COPY, ERASE = (f"/famille/espace/donnees/{end}" for end in ("", "copie/", "effacer/"))


def depends_on(model: type[Model], wanted: type[Model], depth: int = 3) -> bool:
    """Whether a row of `model` speaks of a row of `wanted`."""
    if model is wanted:
        return True
    keys = [
        each for each in model._meta.get_fields() if isinstance(each, ForeignKey | OneToOneField)
    ]
    targets: list[Any] = [each.related_model for each in keys]
    return depth > 0 and any(
        depends_on(target, wanted, depth - 1) for target in targets if target is not model
    )


def tables_about_people() -> Iterator[str]:
    """Tables of ours whose rows belong to a family, a child or an adult."""
    for model in apps.get_models():
        ours = model.__module__.startswith("preau.")
        if ours and any(depends_on(model, each) for each in (Family, Child, Guardian)):
            yield model._meta.label


def copy_of(client: Client) -> dict[str, Any]:
    """What the family receives, by part."""
    content = json.loads(client.post(COPY, {"form": "json"}).content)
    return {part["titre"]: part["lignes"] for part in content["parties"]}


def test_no_table_about_people_is_forgotten() -> None:
    """A new table that speaks of a family is given to it, or left out by a reason."""
    named = {spec.model._meta.label for spec in PARTS}
    assert set(tables_about_people()) - named - LEFT_OUT.keys() == set()
    assert not named & LEFT_OUT.keys()


def test_it_is_all_there_and_of_nobody_else(cast: Cast) -> None:
    """The right of access: every part that the family has rows in, and its values."""
    both_sides(cast)
    parts = copy_of(sign_in(Client(), cast.exemple.user))
    expected = {"Famille", "Vous", "Enfants", "Inscriptions", "Réservations", "Certificats"}
    expected |= {"Factures et avoirs", "Lignes des factures et avoirs", "Règlements", "Compte"}
    expected |= {"Attestations", "Remboursements", "Paiements par carte commencés", "Vos sessions"}
    assert expected <= parts.keys()
    assert parts["Famille"][0]["nom"] == "Exemple"
    assert {child["prénom"] for child in parts["Enfants"]} == {"Zoé", "Tom"}
    (payment,) = [each for each in parts["Règlements"] if each["montant"] == "5.00"]
    assert payment["moyen"] == "espèces"
    everything = json.dumps(parts, ensure_ascii=False)
    for foreign in ("Ailleurs", "Ugo", "Platanes", "famille.6", cast.camille.password, "argon2"):
        assert foreign not in everything
    told = AuditEvent.objects.get(act=Act.EXPORTED)
    assert (told.actor_name, told.object_name) == (str(cast.exemple.user), "Famille Exemple")


def test_a_household_of_a_shared_child_reads_its_own_days(cast: Cast) -> None:
    """Separated parents: one must not learn where the other's account or days are."""
    ask(cast.nord, cast.hiver, days=open_days(cast.hiver)[:1])
    parts = copy_of(sign_in(Client(), cast.sud.user))
    assert [child["prénom"] for child in parts["Enfants"]] == ["Noé"]
    assert "Réservations" not in parts
    assert "Nord" not in json.dumps({**parts, "Enfants": []}, ensure_ascii=False).replace(
        "Noé Nord-Exemple", "Noé"
    )


def test_no_answer_is_read_before_it_is_told(cast: Cast) -> None:
    """A decision that a director prepares is read here no earlier than elsewhere (S15)."""
    ask(cast.exemple, cast.hiver, days=open_days(cast.hiver)[:1])
    decide(
        cast.camille, cast.hiver, lines_of(cast.exemple), Decision.REFUSED, reason="complet hélas"
    )
    parts = copy_of(sign_in(Client(), cast.exemple.user))
    assert {line["statut"] for line in parts["Réservations"]} == {"à traiter"}
    assert "complet hélas" not in json.dumps(parts, ensure_ascii=False)


def test_the_other_adult_is_a_name(cast: Cast) -> None:
    """A telephone that one parent keeps from the other stays so."""
    other = Guardian.objects.create(
        user=person("autre.parent"),
        first_name="Sam",
        last_name="Exemple",
        email="autre@exemple.fr",
        phone="0611223344",
    )
    Guardianship.objects.create(family=cast.exemple.family, guardian=other)
    everything = json.dumps(copy_of(sign_in(Client(), cast.exemple.user)), ensure_ascii=False)
    assert "Sam Exemple" in everything
    assert "0611223344" not in everything
    assert "autre@exemple.fr" not in everything


def test_it_is_also_a_paper_and_asks_for_the_password_again(cast: Cast) -> None:
    """An open telephone on a table does not give everything at once."""
    client = sign_in(Client(), cast.exemple.user)
    answer = client.post(COPY, {"form": "pdf"})
    assert answer.headers["Content-Type"] == "application/pdf"
    said = words_of(answer.content)
    assert "Ce qui est enregistré sur votre famille" in said
    assert "Zoé" in said
    session = client.session
    session["confirmed_at"] = "2027-01-01T00:00:00+00:00"
    session.save()
    assert client.post(COPY, {"form": "pdf"}).headers["Location"].startswith("/confirmer/")


def test_who_asks_to_be_forgotten_is_answered(cast: Cast) -> None:
    """The law gives a month: the request is in front of the administration until it is answered."""
    parent, administrator = (
        sign_in(Client(), cast.exemple.user),
        sign_in(Client(), cast.house.andrea),
    )
    assert Page(parent.get(PAGE)).faults() == []
    for _ in range(2):
        parent.post(ERASE, {"words": "nous déménageons"})
    asked = ErasureRequest.objects.get()
    assert "effacement" in Page(administrator.get("/direction/")).words("main")
    assert "effacement" not in Page(sign_in(Client(), cast.camille).get("/direction/")).words(
        "main"
    )
    listed = Page(administrator.get("/direction/reglages/effacements/"))
    assert listed.faults() == []
    assert "nous déménageons" in listed.words("main")
    path = f"/direction/reglages/effacements/{asked.pk}/"
    administrator.post(path, {"answer": " "})
    assert ErasureRequest.objects.filter(answered_at=None).exists()
    for words in ("Votre dossier sert encore.", "une seconde réponse"):
        administrator.post(path, {"answer": words})
    assert "Votre dossier sert encore." in Page(parent.get(PAGE)).words("main")
    assert Page(administrator.get("/direction/reglages/effacements/")).faults() == []


@pytest.mark.parametrize(
    ("constraint", "changed"),
    [
        ("erasure_one_waiting_a_family", {}),
        ("erasure_answered_in_words", {"answer": "oui", "words": "sans date"}),
    ],
)
def test_the_database_refuses(cast: Cast, constraint: str, changed: dict[str, str]) -> None:
    own: dict[str, Any] = {"family": cast.exemple.family, "asked_by": cast.exemple.user}
    if not changed:
        ErasureRequest.objects.create(**own, asked_at=NOW)
    with refused_by(constraint):
        ErasureRequest.objects.create(**own, asked_at=NOW, **changed)
    assert len(constraints_of("privacy")) == 2
