"""Making and changing the file of a family: name, guardians, children, enrolments (S1, S2, B8)."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date

from django.db.models import Max

from preau.core import audit, clock, wording
from preau.core.errors import RefusedError
from preau.core.locks import refusing, short_transaction
from preau.core.models import Act, User
from preau.families.models import Child, Custody, Enrolment, Family, Guardian, Guardianship
from preau.org.models import Centre, Organisation

OLDEST = 26
"""Children of a centre are under this age, in years."""


@dataclass(frozen=True, kw_only=True)
class Person:
    """A guardian as the office writes them."""

    first_name: str
    last_name: str
    phone: str = ""


@dataclass(frozen=True, kw_only=True)
class Birth:
    """A child as the office writes them. `school_level` is a `SchoolLevel` or empty."""

    first_name: str
    last_name: str
    birth_date: date
    school_level: str = ""


@dataclass(frozen=True, kw_only=True)
class Stay:
    """The days from which, and until which, a child may attend a centre."""

    centre: Centre
    starts_on: date
    ends_on: date | None = None


def create_family(
    *,
    actor: User,
    name: str,
    town: str,
    guardian: Person,
    birth: Birth,
    stay: Stay,
    same: Child | None = None,
) -> Family:
    """Make a family with its first guardian, who gets its mails, and its first child, enrolled.

    The next number is its own. `same`: the child is known, and lives in this household too (B8).
    Raises `RefusedError` when the child's dates make no sense.
    """
    with short_transaction():
        # One family at a time takes the next number.
        Organisation.objects.select_for_update(no_key=True).get()
        last = Family.objects.aggregate(last=Max("number"))["last"] or 0
        family = Family.objects.create(name=name, town=town, number=last + 1)
        made = Guardian.objects.create(**vars(guardian))
        Guardianship.objects.create(family=family, guardian=made, is_contact=True)
        audit.record(Act.FAMILY_CHANGED, actor=actor, on=family, detail="dossier créé")
        if same:
            share_child(actor=actor, family=family, child=same, stay=stay)
        else:
            _write_child(family, birth, stay)
    return family


def change_family(*, actor: User, family: Family, name: str, contact: Guardian | None) -> Family:
    """Change a family's name and which of its guardians receives its mails."""
    with short_transaction():
        held = Family.objects.select_for_update(no_key=True).get(pk=family.pk)
        held.name = name
        held.save(update_fields=["name"])
        held.guardianships.filter(is_contact=True).update(is_contact=False)
        if contact:
            held.guardianships.in_force().filter(guardian=contact).update(is_contact=True)
        audit.record(Act.FAMILY_CHANGED, actor=actor, on=held, detail="nom et destinataire")
    return held


def add_guardian(*, actor: User, family: Family, guardian: Person) -> Guardian:
    """Add an adult to a family. The first one receives its mails."""
    with short_transaction():
        held = Family.objects.select_for_update(no_key=True).get(pk=family.pk)
        made = Guardian.objects.create(**vars(guardian))
        _join(held, made)
        audit.record(Act.FAMILY_CHANGED, actor=actor, on=held, detail=f"responsable : {made}")
    return made


def join_guardian(*, actor: User, family: Family, guardian: Guardian) -> Guardianship:
    """Make somebody who already has a family a guardian of this one too (B8).

    Raises `RefusedError` when they already are.
    """
    with short_transaction():
        held = Family.objects.select_for_update(no_key=True).get(pk=family.pk)
        known = held.guardianships.filter(guardian=guardian).first()
        if known and known.barred_at:
            raise RefusedError(f"L’accès de {guardian} à cette famille est retiré.")
        if known:
            raise RefusedError(f"{guardian} est déjà responsable de cette famille.")
        joined = _join(held, guardian)
        audit.record(Act.FAMILY_CHANGED, actor=actor, on=held, detail=f"responsable : {guardian}")
    return joined


def _join(family: Family, guardian: Guardian) -> Guardianship:
    first = not family.guardianships.filter(is_contact=True).exists()
    return Guardianship.objects.create(family=family, guardian=guardian, is_contact=first)


def change_guardian(*, actor: User, guardian: Guardian, person: Person) -> Guardian:
    """Change a guardian's name and telephone. The address has an action of its own (S11)."""
    with short_transaction():
        held = Guardian.objects.select_for_update(no_key=True, of=("self",)).get(pk=guardian.pk)
        held.first_name, held.last_name = person.first_name, person.last_name
        held.phone = person.phone
        held.save(update_fields=["first_name", "last_name", "phone"])
        if held.user_id:
            User.objects.filter(pk=held.user_id).update(name=str(held)[:160])
        audit.record(Act.FAMILY_CHANGED, actor=actor, on=held, detail="nom et téléphone")
    return held


def add_child(*, actor: User, family: Family, birth: Birth, stay: Stay) -> Child:
    """Add a child to a family, enrolled. Raises `RefusedError` for dates that make no sense."""
    with short_transaction():
        made = _write_child(family, birth, stay)
        audit.record(Act.FAMILY_CHANGED, actor=actor, on=family, detail=f"enfant : {made}")
    return made


def _write_child(family: Family, birth: Birth, stay: Stay) -> Child:
    _check_birth(birth.birth_date)
    made = Child.objects.create(**vars(birth))
    Custody.objects.create(family=family, child=made)
    _write_stay(made, stay)
    return made


def share_child(*, actor: User, family: Family, child: Child, stay: Stay) -> Child:
    """A child of another household also lives in this one (garde alternée, B8)."""
    with short_transaction():
        Custody.objects.get_or_create(family=family, child=child)
        overlapping = child.enrolments.filter(centre=stay.centre, ends_on=None)
        if not overlapping.exists():
            _write_stay(child, stay)
        audit.record(Act.FAMILY_CHANGED, actor=actor, on=family, detail=f"garde partagée : {child}")
    return child


def change_child(*, actor: User, child: Child, birth: Birth) -> Child:
    """Change a child's names, birth date and class."""
    _check_birth(birth.birth_date)
    with short_transaction():
        held = Child.objects.select_for_update(no_key=True).get(pk=child.pk)
        for field, value in vars(birth).items():
            setattr(held, field, value)
        held.save(update_fields=list(vars(birth)))
        audit.record(Act.FAMILY_CHANGED, actor=actor, on=held, detail="enfant modifié")
    return held


def enrol_child(*, actor: User, child: Child, stay: Stay) -> Enrolment:
    """Let a child attend a centre from a day on. Raises `RefusedError` if it already may then."""
    with short_transaction():
        made = _write_stay(child, stay)
        audit.record(Act.FAMILY_CHANGED, actor=actor, on=child, detail=f"inscription : {made}")
    return made


def end_enrolment(*, actor: User, enrolment: Enrolment, ends_on: date | None) -> Enrolment:
    """Change the last day of an enrolment; None: no end. What was booked after it stays.

    Raises `RefusedError` when it would end before it starts, or meet the next one.
    """
    with short_transaction():
        held = Enrolment.objects.select_for_update(no_key=True).get(pk=enrolment.pk)
        stay = Stay(centre=held.centre, starts_on=held.starts_on, ends_on=ends_on)
        _check_stay(stay)
        held.ends_on = ends_on
        with _refusing_overlap(stay.centre):
            held.save(update_fields=["ends_on"])
        until = wording.bare_day(ends_on, year=True) if ends_on else "sans fin"
        audit.record(Act.FAMILY_CHANGED, actor=actor, on=held, detail=f"inscription : {until}")
    return held


def _write_stay(child: Child, stay: Stay) -> Enrolment:
    _check_stay(stay)
    with _refusing_overlap(stay.centre):
        return Enrolment.objects.create(child=child, **vars(stay))


def _check_birth(birth_date: date) -> None:
    today = clock.today()
    if not today.year - OLDEST <= birth_date.year or birth_date > today:
        raise RefusedError(
            "Vérifiez la date de naissance : elle est à venir, ou trop ancienne pour un enfant."
        )


def _check_stay(stay: Stay) -> None:
    if stay.ends_on and stay.ends_on < stay.starts_on:
        raise RefusedError("L’inscription ne peut pas finir avant de commencer.")


def _refusing_overlap(centre: Centre) -> AbstractContextManager[None]:
    return refusing(
        "enrolment_never_twice_at_once",
        sentence=f"Cet enfant est déjà inscrit à ces dates\N{NO-BREAK SPACE}: {centre}.",
    )
