"""The mails about a sign-in. They name the person, the site and nobody else."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from preau.core import wording
from preau.core.models import User
from preau.org.models import Organisation


def access_letter(user: User, password: str, until: datetime) -> str:
    """Identifier, temporary password, address of the site (S2)."""
    return _letter(
        user,
        f"{_organisation()} vous ouvre un accès à son site.\n\n"
        f"Adresse du site : {settings.PUBLIC_URL}/connexion/\n"
        f"Identifiant : {user.username}\n"
        f"Mot de passe provisoire : {password}\n\n"
        "À votre première connexion, le site vous demandera de choisir votre propre mot de passe. "
        f"Le mot de passe provisoire sert jusque-là, et au plus tard {wording.moment(until)}. "
        "Passé ce délai, la page de connexion vous en enverra un nouveau.\n\n"
        "Ce message remplace les précédents. Personne ne vous demandera jamais votre mot de passe.",
    )


def code_letter(user: User, code: str, minutes: int) -> str:
    """The code that lets somebody choose a new password."""
    return _letter(
        user,
        "Un nouveau mot de passe a été demandé pour l’identifiant "
        f"{user.username}.\n\nVotre code : {code}\n\n"
        "Recopiez-le dans la page qui vous le demande. Il sert une fois, pendant "
        f"{minutes} minutes.\n\nVous n’avez rien demandé ? Ne faites rien : votre mot de passe n’a "
        "pas changé.",
    )


def moved_letter(user: User) -> str:
    """To the former address: it is no longer the one of this sign-in (S11)."""
    return _letter(
        user,
        f"L’adresse électronique de votre accès au site de {_organisation()} vient d’être changée. "
        "Cette adresse-ci n’est plus la sienne, et les sessions ouvertes sont fermées.\n\n"
        f"Vous ne l’avez pas demandé ? Prévenez-nous sans attendre : {_contact()}.",
    )


def factor_letter(user: User, what: str) -> str:
    """What happened to a second factor, and whom to warn if it was not its owner."""
    return _letter(
        user,
        f"Sur le site de {_organisation()}, {what}.\n\n"
        "Ce n’était pas vous ? Changez votre mot de passe et prévenez-nous sans attendre : "
        f"{_contact()}.",
    )


def _contact() -> str:
    us = _organisation()
    return f"{us.contact_name}, {us.contact_phone}, {us.contact_email}"


def _organisation() -> Organisation:
    return Organisation.objects.get()


def _letter(user: User, body: str) -> str:
    nbsp = "\N{NO-BREAK SPACE}"
    text = (
        f"Bonjour {user.name},\n\n{body}\n\n{_organisation()}\n"
        "Ce message est envoyé automatiquement, il n’est pas possible d’y répondre.\n"
    )
    return text.replace(" :", f"{nbsp}:").replace(" ?", f"{nbsp}?")
