"""A family asks to be forgotten, and is answered."""

from __future__ import annotations

from preau.core import audit, clock
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import Act, User
from preau.families.models import Family
from preau.privacy.models import ErasureRequest


def ask_erasure(*, actor: User, family: Family, words: str) -> ErasureRequest:
    """Write that the family asks that what is held about it be erased.

    Nothing is erased by it. Raises `RefusedError` while another request waits.
    """
    with short_transaction():
        Family.objects.select_for_update(no_key=True).get(pk=family.pk)
        if family.erasure_requests.filter(answered_at=None).exists():
            raise RefusedError("Votre demande est déjà enregistrée\N{NO-BREAK SPACE}: elle attend.")
        made = ErasureRequest.objects.create(
            family=family,
            asked_at=clock.now(),
            asked_by=actor,
            words=" ".join(words.split())[:300],
        )
        audit.record(Act.FAMILY_CHANGED, actor=actor, on=family, detail="effacement demandé")
    return made


def answer_erasure(*, actor: User, request: ErasureRequest, answer: str) -> ErasureRequest:
    """Answer a request, in words that the family reads.

    Raises `RefusedError` without words, or when it is answered already.
    """
    answer = " ".join(answer.split())
    with short_transaction():
        held = ErasureRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
        if held.answered_at:
            raise RefusedError("Cette demande a déjà sa réponse.")
        if not answer:
            raise RefusedError("Écrivez la réponse que la famille lira.")
        held.answered_at, held.answered_by, held.answer = clock.now(), actor, answer
        held.save(update_fields=["answered_at", "answered_by", "answer"])
        audit.record(
            Act.FAMILY_CHANGED,
            actor=actor,
            on=held.family,
            detail=f"effacement, réponse : {answer}",
        )
    return held
