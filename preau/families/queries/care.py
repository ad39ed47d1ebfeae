"""Who may fetch a child, what to know of its health, and what its parents would change."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, QuerySet

from preau.core import clock
from preau.core.sealing import UnsealError
from preau.families.health import Health, from_sealed, school_year_of
from preau.families.models import (
    Child,
    Custody,
    Family,
    HealthSheet,
    PickupPerson,
    Proposal,
    ProposalState,
)
from preau.families.scope import families_of_centres
from preau.org.models import Centre

SHOWN_ANSWERS = 5
"""Answered proposals that a parent still reads for each child."""


@dataclass(frozen=True, kw_only=True)
class ChildFile:
    """A child as one of its households reads and changes it."""

    custody: Custody
    pickups: list[PickupPerson]
    waiting: list[Proposal]
    answered: list[Proposal]
    health_at: datetime | None

    @property
    def child(self) -> Child:
        """The child."""
        return self.custody.child


def files_of_family(family: Family) -> list[ChildFile]:
    """Each child of a family, in four queries: health is told as a date, never read."""
    custodies = (
        family.custodies.select_related("child")
        .prefetch_related("pickups", Prefetch("proposals", Proposal.objects.order_by("-pk")))
        .order_by("child__birth_date", "child__first_name")
    )
    return _files(list(custodies))


def files_of_child(child: Child, families: QuerySet[Family]) -> list[ChildFile]:
    """One child, for each of its households among `families`."""
    custodies = (
        child.custodies.filter(family__in=families.values("pk"))
        .select_related("child", "family")
        .prefetch_related("pickups", Prefetch("proposals", Proposal.objects.order_by("-pk")))
        .order_by("family__number")
    )
    return _files(list(custodies))


def _files(custodies: list[Custody]) -> list[ChildFile]:
    written = dict(
        HealthSheet.objects.filter(
            child__in=[each.child_id for each in custodies],
            school_year=school_year_of(clock.today()),
        ).values_list("child", "written_at")
    )
    return [_file(each, written.get(each.child_id)) for each in custodies]


def _file(custody: Custody, health_at: datetime | None) -> ChildFile:
    proposals = list(custody.proposals.all())
    answers = (ProposalState.ACCEPTED, ProposalState.REFUSED)
    return ChildFile(
        custody=custody,
        pickups=list(custody.pickups.all()),
        waiting=[each for each in reversed(proposals) if each.state == ProposalState.WAITING],
        answered=[each for each in proposals if each.state in answers][:SHOWN_ANSWERS],
        health_at=health_at,
    )


def proposals_of_centres(centres: QuerySet[Centre]) -> QuerySet[Proposal]:
    """What families of these centres would change and nobody answered, the oldest first."""
    families = families_of_centres(centres).values("pk")
    return (
        Proposal.objects.filter(state=ProposalState.WAITING, custody__family__in=families)
        .select_related("custody__child", "custody__family", "asked_by")
        .order_by("asked_at", "pk")
    )


def children_with_care(children: Collection[int]) -> set[int]:
    """Those of these children for whom there is something to know; what it is stays sealed."""
    year = school_year_of(clock.today())
    sheets = HealthSheet.objects.filter(child__in=children, school_year=year)
    return {child for child, sealed in sheets.values_list("child", "sealed") if _needs_care(sealed)}


def _needs_care(sealed: str) -> bool:
    try:
        return from_sealed(sealed).needs_care
    except UnsealError:
        return True  # written with a key that is lost: whoever keeps the child must ask


def custodies_with_pickups(pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Custody]:
    """The custody of each (child, family), with who may fetch the child, in two queries."""
    wanted = set(pairs)
    found = Custody.objects.filter(
        child__in={child for child, _ in wanted}, family__in={family for _, family in wanted}
    ).prefetch_related("pickups")
    return {(each.child_id, each.family_id): each for each in found}


@dataclass(frozen=True, kw_only=True)
class OwnHealth:
    """What a child's parents wrote last; `current` says whether it is of this school year."""

    health: Health
    written_at: datetime
    written_by: str
    current: bool


def own_health(child: Child) -> OwnHealth | None:
    """For the child's own guardians: their words are theirs, and this reading leaves no trace."""
    sheet = child.health_sheets.select_related("written_by").order_by("-school_year").first()
    if sheet is None:
        return None
    try:
        health = from_sealed(sheet.sealed)
    except UnsealError:
        return None
    return OwnHealth(
        health=health,
        written_at=sheet.written_at,
        written_by=sheet.written_by.name,
        current=sheet.school_year == school_year_of(clock.today()),
    )
