"""Opening a sign-in, sending its temporary password, moving it to another address (S2, S11)."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from preau.accounts.identifiers import free_identifier
from preau.accounts.letters import access_letter, moved_letter
from preau.accounts.models import AccessMail, Occasion
from preau.core import audit, clock
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import Act, User
from preau.core.passwords import generate_password
from preau.families.models import Guardian
from preau.messaging.actions.queue import Draft, queue_mails
from preau.messaging.models import Mail
from preau.org.enums import Role

LASTS = timedelta(days=7)
"""How long a password that travelled by mail opens anything (S2)."""

_TRIES = 5
NO_ADDRESS = "Écrivez d’abord une adresse électronique. Rien n’est enregistré."
OF_STAFF = (
    "Cette personne travaille aussi dans l’organisation : seule l’administration change son accès."
)


def record_email(*, actor: User, guardian: Guardian, email: str) -> User:
    """Write a guardian's address. The first one opens a sign-in (S2), another one moves it (S11).

    Either way a new temporary password leaves for that address in the same transaction; with
    another one, open sessions end and the former address is told. Raises `RefusedError` for an
    empty address, the same one, or a member of staff changed by somebody who is no administrator.
    """
    email = email.strip()
    if not email:
        raise RefusedError(NO_ADDRESS)
    with short_transaction():
        held = Guardian.objects.select_for_update(no_key=True, of=("self",)).get(pk=guardian.pk)
        if held.user_id is None:
            user = _make_user(held, email)
            _issue(user, Occasion.OPENED, actor)
            audit.record(Act.ACCESS_OPENED, actor=actor, on=user, detail=user.username)
        else:
            user = User.objects.select_for_update(no_key=True).get(pk=held.user_id)
            move_access(user=user, email=email, actor=actor)
        held.user, held.email = user, email
        held.save(update_fields=["user", "email"])
    return user


def send_access(*, actor: User, user: User) -> AccessMail:
    """Send a new temporary password to somebody who never chose their own.

    Raises `RefusedError` for a sign-in in use: its password is its owner's, who alone replaces it.
    """
    with short_transaction():
        held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        _check_may_hold_keys(actor, held)
        if held.temporary_until is None:
            raise RefusedError(
                f"{held.name} a déjà choisi son mot de passe. S’il est perdu, la page de "
                "connexion en fait choisir un autre, par courriel."
            )
        sent = _issue(held, Occasion.RESENT, actor)
        audit.record(Act.ACCESS_SENT, actor=actor, on=held, detail=held.username)
    return sent


def renew_access(*, user: User) -> AccessMail | None:
    """Send a new temporary password to somebody who asks for one at the sign-in page.

    None when their password is their own, or the sign-in has no address or is closed.
    """
    with short_transaction():
        held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if held.temporary_until is None or not held.is_active or not held.email:
            return None
        return _issue(held, Occasion.RENEWED, None)


def invite_staff(*, actor: User, user: User) -> AccessMail:
    """Send its first temporary password to a sign-in made for a member of staff."""
    return _issue(user, Occasion.OPENED, actor)


def _make_user(guardian: Guardian, email: str) -> User:
    return make_user(
        first_name=guardian.first_name,
        last_name=guardian.last_name,
        name=str(guardian),
        email=email,
    )


def make_user(*, first_name: str, last_name: str, name: str, email: str) -> User:
    """A sign-in with an identifier of its own, that nothing opens yet.

    Must be called inside the transaction that sends its password.
    """
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                return User.objects.create(
                    username=free_identifier(first_name, last_name),
                    name=name[:160],
                    email=email,
                    password=make_password(None),
                )
        except IntegrityError:
            continue
    raise RefusedError("Aucun identifiant n’a pu être créé. Réessayez dans un instant.")


def move_access(*, user: User, email: str, actor: User) -> None:
    """Move a sign-in to another address; must be called inside a transaction that holds it.

    Raises `RefusedError` for the same address, or a member of staff moved by no administrator.
    """
    _check_may_hold_keys(actor, user)
    if email.lower() == user.email.lower():
        raise RefusedError("C’est déjà l’adresse de cette personne. Rien n’est changé.")
    former, user.email = user.email, email
    user.save(update_fields=["email"])
    sent = _issue(user, Occasion.MOVED, actor)
    if former:
        told = Draft(
            event_key=f"moved:{sent.pk}",
            to=former,
            subject="Votre accès a changé d’adresse",
            text=moved_letter(user),
        )
        queue_mails(purpose="moved", drafts=[told])
    audit.record(Act.EMAIL_CHANGED, actor=actor, on=user, detail=user.username)


def _check_may_hold_keys(actor: User, user: User) -> None:
    """Whoever moves a sign-in could open it: a director never holds an administrator's keys."""
    administrates = actor.staff_roles.filter(role=Role.ADMINISTRATOR).exists()
    if user.staff_roles.exists() and not administrates:
        raise RefusedError(OF_STAFF)


def _issue(user: User, occasion: Occasion, actor: User | None) -> AccessMail:
    """Replace the password by a temporary one and write the mail that carries it.

    The sessions opened with the former password end with it: they are signed by it.
    """
    now = clock.now()
    password = generate_password()
    user.set_password(password)
    user.temporary_until = now + LASTS
    user.save(update_fields=["password", "temporary_until"])
    key = f"access:{user.pk}:{secrets.token_hex(8)}"
    draft = Draft(
        event_key=key,
        to=user.email,
        subject="Votre accès au site",
        text=access_letter(user, password, user.temporary_until),
        secret=True,
    )
    queue_mails(purpose="access", drafts=[draft])
    return AccessMail.objects.create(
        user=user,
        mail=Mail.objects.get(event_key=key),
        occasion=occasion,
        issued_at=now,
        issued_by=actor,
        expires_at=user.temporary_until,
    )
