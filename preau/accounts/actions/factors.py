"""Replacing, removing and resetting a second factor (trust.md, "Sign-in and rights")."""

from __future__ import annotations

import secrets

from preau.accounts.factors import factors_of
from preau.accounts.letters import factor_letter
from preau.core import audit
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import Act, User
from preau.core.sessions import end_sessions_of
from preau.messaging.actions.queue import Draft, queue_mails
from preau.org.scope import administers

ADDED = "un second facteur vient d’être enregistré"
REPLACED = "votre second facteur vient d’être remplacé"
REMOVED = "votre second facteur vient d’être retiré"
RESET = (
    "votre second facteur vient d’être retiré par l’administration, parce qu’il était perdu ; vos "
    "sessions ouvertes sont fermées"
)


def drop_before_another(*, user: User) -> bool:
    """Forget the factor that another one is about to replace. Whether there was one.

    Must be called inside the transaction that writes the other.
    """
    return _drop(user)


def tell_new_factor(*, user: User, replaced: bool) -> None:
    """Trace a factor that its owner has just enrolled, and tell them by mail."""
    with short_transaction():
        detail = "application remplacée" if replaced else "application enregistrée"
        audit.record(Act.SECOND_FACTOR, actor=user, on=user, detail=detail)
        _tell(user, REPLACED if replaced else ADDED)


def remove_factor(*, user: User, required: bool) -> None:
    """A person no longer wants their second factor.

    `required`: this person's work asks for one. Raises `RefusedError` then: it can be replaced.
    """
    with short_transaction():
        if required:
            raise RefusedError(
                "Votre rôle demande un second facteur\N{NO-BREAK SPACE}: vous pouvez le remplacer, "
                "pas le retirer."
            )
        if not _drop(user):
            raise RefusedError("Vous n’avez pas de second facteur.")
        audit.record(Act.SECOND_FACTOR, actor=user, on=user, detail="retiré par la personne")
        _tell(user, REMOVED)


def reset_factor(*, actor: User, user: User) -> None:
    """An administrator takes away the factor that somebody lost; their open sessions end.

    Staff enrol another one at their next sign-in. Raises `RefusedError` for anybody else than an
    administrator, for one's own factor, and when there is none.
    """
    with short_transaction():
        if not administers(actor):
            raise RefusedError("Seule l’administration retire un second facteur perdu.")
        if actor.pk == user.pk:
            raise RefusedError(
                "C’est le vôtre\N{NO-BREAK SPACE}: remplacez-le depuis votre page. S’il est perdu, "
                "une autre personne de l’administration le retire."
            )
        if not _drop(user):
            raise RefusedError(f"{user.name} n’a pas de second facteur.")
        end_sessions_of(user)
        audit.record(Act.SECOND_FACTOR, actor=actor, on=user, detail="retiré, car perdu")
        _tell(user, RESET)


def _drop(user: User) -> bool:
    """Forget the application and its codes: one row of each is all that there may be."""
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    return factors_of(user).delete()[0] > 0


def _tell(user: User, what: str) -> None:
    if not user.email:
        return
    told = Draft(
        event_key=f"factor:{user.pk}:{secrets.token_hex(8)}",
        to=user.email,
        subject="Votre second facteur",
        text=factor_letter(user, what),
    )
    queue_mails(purpose="factor", drafts=[told])
