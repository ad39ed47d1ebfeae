"""Choosing a password of one's own: the first time, or after losing it."""

from __future__ import annotations

import secrets

from django.contrib.auth.password_validation import validate_password

from preau.accounts.actions.access import renew_access
from preau.accounts.letters import code_letter
from preau.accounts.models import AccessMail
from preau.core import audit, clock
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import Act, User
from preau.messaging.actions.queue import Draft, queue_mails

CODE_MINUTES = 20


def choose_own_password(*, user: User, password: str, because: str) -> User:
    """Make `password` this person's, for good. Every session opened before ends.

    Raises `ValidationError` for a weak one, `RefusedError` for the one that is to be replaced.
    """
    with short_transaction():
        held = User.objects.select_for_update(no_key=True).get(pk=user.pk)
        if held.check_password(password):
            raise RefusedError("Choisissez un autre mot de passe que celui que vous remplacez.")
        validate_password(password, held)
        held.set_password(password)
        if held.temporary_until is not None:
            newest = AccessMail.objects.filter(user=held).values("pk")[:1]
            AccessMail.objects.filter(pk__in=newest).update(used_at=clock.now())
        held.temporary_until = None
        held.save(update_fields=["password", "temporary_until"])
        audit.record(Act.PASSWORD_CHANGED, actor=held, on=held, detail=because)
    return held


def answer_lost_password(*, identifier: str, code: str) -> None:
    """Write the mail to somebody who says they lost their password, if there is such a person.

    Run by the worker: what the page does is the same whether the identifier exists or not. A
    password that was still temporary is made anew; otherwise the mail holds `code`.
    """
    user = User.objects.filter(username__iexact=identifier, is_active=True).first()
    if user is None or not user.email:
        audit.record(Act.RESET_ASKED, actor=None, on="", detail="identifiant sans accès")
        return
    with short_transaction():
        audit.record(Act.RESET_ASKED, actor=None, on=user, detail=user.username)
        if renew_access(user=user):
            return
        draft = Draft(
            event_key=f"code:{user.pk}:{secrets.token_hex(8)}",
            to=user.email,
            subject="Votre code pour choisir un mot de passe",
            text=code_letter(user, code, CODE_MINUTES),
            secret=True,
        )
        queue_mails(purpose="code", drafts=[draft])
