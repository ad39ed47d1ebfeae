"""Who may fetch a child, and what its parents propose to change, line by line (B7)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time

from django.db.models import F

from preau.core import audit, clock
from preau.core.errors import RefusedError
from preau.core.locks import refusing, short_transaction
from preau.core.models import Act, User
from preau.families.models import (
    Custody,
    Guardian,
    PickupPerson,
    Proposal,
    ProposalKind,
    ProposalState,
)
from preau.org.enums import SchoolLevel

MOST_PEOPLE = 12
"""Persons and proposals for one child of one household: more is a mistake."""
_OF_CHILD = {
    ProposalKind.LEVEL: "school_level",
    ProposalKind.FIRST_NAME: "first_name",
    ProposalKind.LAST_NAME: "last_name",
}


def propose(
    *, actor: User, custody: Custody, kind: ProposalKind, wanted: Mapping[str, str]
) -> Proposal:
    """Ask the director to write one line of a child's file; the file does not change yet.

    Another wish of the same kind, persons apart, takes the place of the one that waits. Raises
    `RefusedError` for what is there already, or cannot be.
    """
    with short_transaction():
        held = Custody.objects.select_for_update(no_key=True).get(pk=custody.pk)
        _check(held, kind, wanted)
        waiting = held.proposals.filter(state=ProposalState.WAITING)
        if kind == ProposalKind.PICKUP:
            if waiting.count() + held.pickups.count() >= MOST_PEOPLE:
                raise RefusedError(f"Un enfant a {MOST_PEOPLE} personnes autorisées au plus.")
        else:
            waiting.filter(kind=kind).update(
                state=ProposalState.WITHDRAWN, decided_by=actor, decided_at=clock.now()
            )
        return Proposal.objects.create(
            custody=held, kind=kind, wanted=dict(wanted), asked_by=actor, asked_at=clock.now()
        )


def _check(custody: Custody, kind: ProposalKind, wanted: Mapping[str, str]) -> None:
    if kind == ProposalKind.PICKUP:
        if custody.pickups.filter(name__iexact=wanted["name"]).exists():
            raise RefusedError(f"{wanted['name']} peut déjà venir chercher cet enfant.")
        return
    value = wanted["value"]
    if kind == ProposalKind.ALONE:
        same = custody.leaves_alone_at == time.fromisoformat(value)
    else:
        same = getattr(custody.child, _OF_CHILD[kind]) == value
    if same:
        raise RefusedError("C’est déjà ce que dit le dossier.")


def withdraw_proposal(*, actor: User, proposal: Proposal) -> None:
    """Take back what one proposed. Raises `RefusedError` once it was answered."""
    with short_transaction():
        held = _waiting(proposal)
        _answer(held, actor, ProposalState.WITHDRAWN)


def accept_proposal(*, actor: User, proposal: Proposal) -> Proposal:
    """Write the line into the file. Raises `RefusedError` once it was answered."""
    with short_transaction():
        custody = Custody.objects.select_for_update(no_key=True).get(pk=proposal.custody_id)
        held = _waiting(proposal)
        _write(custody, ProposalKind(held.kind), held.wanted)
        _answer(held, actor, ProposalState.ACCEPTED)
        audit.record(Act.FAMILY_CHANGED, actor=actor, on=custody.child, detail=str(held))
    return held


def refuse_proposal(*, actor: User, proposal: Proposal, reason: str) -> Proposal:
    """Leave the file as it is, with a reason that the parents read.

    Raises `RefusedError` without a reason, or once it was answered.
    """
    reason = reason.strip()[:200]
    if not reason:
        raise RefusedError("Écrivez le motif : la famille le lira.")
    with short_transaction():
        held = _waiting(proposal)
        _answer(held, actor, ProposalState.REFUSED, reason)
    return held


def _waiting(proposal: Proposal) -> Proposal:
    held = Proposal.objects.select_for_update(no_key=True).get(pk=proposal.pk)
    if held.state != ProposalState.WAITING:
        raise RefusedError(f"Cette proposition est déjà {held.get_state_display()}.")
    return held


def _answer(held: Proposal, actor: User, state: ProposalState, reason: str = "") -> None:
    held.state, held.reason = state, reason
    held.decided_by, held.decided_at = actor, clock.now()
    held.save(update_fields=["state", "reason", "decided_by", "decided_at"])


def _write(custody: Custody, kind: ProposalKind, wanted: Mapping[str, str]) -> None:
    _changed(custody)
    if kind == ProposalKind.PICKUP:
        _add(custody, wanted)
    elif kind == ProposalKind.ALONE:
        custody.leaves_alone_at = time.fromisoformat(wanted["value"])
        custody.save(update_fields=["leaves_alone_at"])
    else:
        name = _OF_CHILD[kind]
        value = wanted["value"]
        setattr(custody.child, name, SchoolLevel(value).value if name == "school_level" else value)
        custody.child.save(update_fields=[name])


def _changed(custody: Custody) -> None:
    """What registers show of this child is another: tablets read it again."""
    Custody.objects.filter(pk=custody.pk).update(care_version=F("care_version") + 1)


def _add(custody: Custody, wanted: Mapping[str, str]) -> PickupPerson:
    with refusing(
        "pickup_person_once", sentence=f"{wanted['name']} peut déjà venir chercher cet enfant."
    ):
        return PickupPerson.objects.create(
            custody=custody,
            name=wanted["name"],
            relation=wanted["relation"],
            phone=wanted["phone"],
        )


def add_pickup(*, actor: User, custody: Custody, wanted: Mapping[str, str]) -> PickupPerson:
    """The office writes somebody who may fetch the child. Raises `RefusedError` if they may."""
    with short_transaction():
        held = Custody.objects.select_for_update(no_key=True).get(pk=custody.pk)
        made = _add(held, wanted)
        _changed(held)
        audit.record(
            Act.FAMILY_CHANGED, actor=actor, on=held.child, detail=f"personne autorisée : {made}"
        )
    return made


def remove_pickup(*, actor: User, person: PickupPerson) -> None:
    """Somebody may no longer fetch the child: at once, by its parents or by the office."""
    with short_transaction():
        held = PickupPerson.objects.select_related("custody__child").get(pk=person.pk)
        detail = f"ne peut plus venir chercher : {held}"
        audit.record(Act.FAMILY_CHANGED, actor=actor, on=held.custody.child, detail=detail[:300])
        held.delete()
        _changed(held.custody)


def set_leaving_alone(*, actor: User, custody: Custody, at: time | None) -> None:
    """From what hour the child leaves alone; None, never. Parents may only say never."""
    with short_transaction():
        held = Custody.objects.select_for_update(no_key=True).get(pk=custody.pk)
        held.leaves_alone_at = at
        held.save(update_fields=["leaves_alone_at"])
        _changed(held)
        detail = f"part seul à {at:%H h %M}" if at else "ne part plus seul"
        audit.record(Act.FAMILY_CHANGED, actor=actor, on=held.child, detail=detail)


def change_own_phone(*, guardian: Guardian, phone: str) -> None:
    """A guardian's own number: whoever holds the register calls it, so it changes at once."""
    with short_transaction():
        held = Guardian.objects.select_for_update(no_key=True, of=("self",)).get(pk=guardian.pk)
        held.phone = phone
        held.save(update_fields=["phone"])
        audit.record(Act.FAMILY_CHANGED, actor=held.user, on=held, detail="téléphone")
