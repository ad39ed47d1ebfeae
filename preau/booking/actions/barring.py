"""Taking a guardian's access to a family away after a court decision, and giving it back (B8)."""

from __future__ import annotations

from datetime import date

from preau.booking.models import CalendarFeed
from preau.core import audit, clock, wording
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import Act, User
from preau.core.sessions import end_sessions_of
from preau.families.models import Family, Guardian, Guardianship
from preau.org.scope import administers


def bar_guardian(
    *, actor: User, family: Family, guardian: Guardian, decision_on: date, reason: str
) -> Guardianship:
    """Make this adult a stranger to the family, at once.

    Their sessions end, the family and its children are no longer theirs to see, their private
    calendar of it stops, and its mails go to another adult, if there is one. Attestations are no
    longer made out to them. Raises `RefusedError` for oneself, for somebody whose access is
    already taken away, without a reason, and for a decision of a day to come.
    """
    reason = " ".join(reason.split())
    with short_transaction():
        held = _hold(actor, family, guardian)
        if held.barred_at:
            raise RefusedError(f"L’accès de {guardian} à cette famille est déjà retiré.")
        if not reason:
            raise RefusedError("Écrivez le motif\N{NO-BREAK SPACE}: la décision et qui l’a rendue.")
        if decision_on > clock.today():
            raise RefusedError("La date de la décision est à venir.")
        was_contact, held.is_contact = held.is_contact, False
        held.barred_at, held.barred_by = clock.now(), actor
        held.decision_on, held.barred_because = decision_on, reason
        held.save()
        if was_contact:
            _choose_contact(family)
        Family.objects.filter(pk=family.pk, declaring_guardian=guardian).update(
            declaring_guardian=None
        )
        if guardian.user:
            feeds = CalendarFeed.objects.filter(family=family, user=guardian.user, revoked_at=None)
            feeds.update(revoked_at=clock.now())
            end_sessions_of(guardian.user)
        told = f"{family}, décision du {wording.bare_day(decision_on, year=True)} : {reason}"
        audit.record(Act.ACCESS_CLOSED, actor=actor, on=guardian, detail=told)
    return held


def give_access_back(
    *, actor: User, family: Family, guardian: Guardian, reason: str
) -> Guardianship:
    """Undo `bar_guardian`. The family's mails stay with who receives them now.

    Raises `RefusedError` for anybody else than an administrator, for oneself, without a reason,
    and for somebody whose access is not taken away.
    """
    reason = " ".join(reason.split())
    with short_transaction():
        held = _hold(actor, family, guardian)
        if not administers(actor):
            raise RefusedError("Seule l’administration rend un accès retiré par décision.")
        if not held.barred_at:
            raise RefusedError(f"L’accès de {guardian} à cette famille n’est pas retiré.")
        if not reason:
            raise RefusedError("Écrivez le motif.")
        held.barred_at = held.barred_by = held.decision_on = None
        held.barred_because = ""
        held.save()
        audit.record(Act.ACCESS_REOPENED, actor=actor, on=guardian, detail=f"{family} : {reason}")
    return held


def _hold(actor: User, family: Family, guardian: Guardian) -> Guardianship:
    if guardian.user_id == actor.pk:
        raise RefusedError("C’est vous\N{NO-BREAK SPACE}: une autre personne doit le faire.")
    Family.objects.select_for_update(no_key=True).get(pk=family.pk)
    return Guardianship.objects.select_for_update(no_key=True).get(family=family, guardian=guardian)


def _choose_contact(family: Family) -> None:
    """The first adult left who has an address, else the first one left."""
    left = list(family.guardianships.in_force().select_related("guardian").order_by("pk"))
    left.sort(key=lambda each: not each.guardian.email)
    for each in left[:1]:
        each.is_contact = True
        each.save(update_fields=["is_contact"])
