"""What is asked by one submission, and everything that may refuse it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from preau.activities.enums import LatePolicy
from preau.activities.models import Period
from preau.activities.queries.deadlines import Deadlines, deadlines_of
from preau.booking.enums import Channel, Status
from preau.booking.errors import (
    AlreadyAskedError,
    BlockedError,
    ConfirmationNeededError,
    ForgedError,
    StaleError,
    TooFewDaysError,
    WindowClosedError,
)
from preau.booking.models import Booking, BookingRequest
from preau.booking.queries.offer import Offer, Wish
from preau.booking.windows import (
    Asking,
    Window,
    blocks_of_family,
    faulty_weeks,
    may_ask_for_day,
)
from preau.core import wording
from preau.core.models import User
from preau.families.models import Child, Family


@dataclass(frozen=True, kw_only=True)
class Act:
    """One submission: who, for whom, what, and when.

    `asked_at` is the time that gives the rank; `by_office`: entered by the centre for the family,
    whatever the window and the deadlines (S21).
    """

    actor: User | None
    family: Family
    period: Period
    wishes: frozenset[Wish]
    seen_version: int
    channel: Channel
    together: bool
    only_with: frozenset[Wish]
    confirmed: bool
    now: datetime
    asked_at: datetime
    by_office: bool = False
    note: str = ""


def check_version(request: BookingRequest | None, act: Act) -> None:
    """Raise `StaleError` when the request changed since the page was shown."""
    if (request.version if request else 0) != act.seen_version:
        raise StaleError(
            "Cette demande a changé depuis l’ouverture de la page. Rien n’a été enregistré : vos "
            "cases sont gardées ci-dessous, vérifiez-les."
            if act.by_office
            else "Votre demande a changé depuis l’ouverture de cette page, sans doute dans un "
            "autre onglet. Rien n’a été envoyé : vos cases sont gardées ci-dessous, vérifiez-les."
        )


def check_allowed(
    added: Collection[Wish], wanted: set[Wish], offer: Offer, window: Window, act: Act
) -> set[Wish]:
    """Every added wish must be one the page offers, in time. Returns those asked late.

    `wanted` is all that the request would hold. Raises the refusal otherwise.
    """
    if any(wish not in offer.offered for wish in added):
        raise ForgedError(
            "Cette demande contient un enfant, un jour ou un créneau que le centre ne propose "
            "pas. Rien n’a été envoyé."
        )
    if not added:
        return set()
    blocks = [] if act.by_office else blocks_of_family(act.family)
    if blocks:
        raise BlockedError(
            f"Vous ne pouvez pas réserver pour le moment : {blocks[0].reason}. Rien n’a été "
            f"envoyé ; {_contact(act.period)}."
        )
    for wish in added:
        if wish in offer.elsewhere:
            raise AlreadyAskedError(
                f"Le {wording.day(offer.days[wish.day_id].on)} est déjà demandé pour cet enfant. "
                + (
                    "Rien n’a été enregistré."
                    if act.by_office
                    else "Rien n’a été envoyé ; contactez le centre."
                )
            )
    return set() if act.by_office else _check_days(added, wanted, offer, window, act)


def _check_days(
    added: Collection[Wish], wanted: set[Wish], offer: Offer, window: Window, act: Act
) -> set[Wish]:
    period = act.period
    if not window.is_open(act.now) and period.late_policy == LatePolicy.REFUSE:
        raise WindowClosedError(
            f"Les demandes pour « {period} » ne sont pas ouvertes en ce moment. Rien n’a été "
            f"envoyé ; {_contact(period)}."
        )
    rules, known = deadlines_of(period), offer.known_days
    first = first_day(wanted | offer.live_fixed, offer)
    late = set()
    for wish in sorted(added, key=Wish.sort_key):
        day = offer.days[wish.day_id].on
        refused = last_moment(wish, rules, offer, first=first)
        asking = may_ask_for_day(window, day, refused, act.now)
        if asking is Asking.REFUSED:
            changing = wish.slot and (wish.child_id, wish.day_id) in known
            what = "changer le" if changing else "le" if wish.slot else "la sortie du"
            raise WindowClosedError(
                f"La date limite pour {what} {wording.day(day)} est passée. Rien n’a été envoyé ; "
                f"{_contact(period)}."
            )
        if asking is Asking.LATE:
            late.add(wish)
    return late


def last_moment(wish: Wish, rules: Deadlines, offer: Offer, *, first: date | None) -> datetime:
    """The first instant at which this wish is refused: booking, changing, or joining an outing."""
    day = offer.days[wish.day_id].on
    if wish.outing_id is not None:
        return rules.to_join(offer.outings[wish.outing_id], day, first=first)
    if (wish.child_id, wish.day_id) in offer.known_days:
        return rules.to_change(day, first=first)
    return rules.to_book(day, first=first)


def first_day(wishes: Iterable[Wish], offer: Offer) -> date | None:
    """The first day that a request holds."""
    return min((offer.days[wish.day_id].on for wish in wishes), default=None)


def check_changes(dropped: Collection[Wish], wanted: set[Wish], offer: Offer, act: Act) -> None:
    """What was answered leaves a day that stays only while the day may still be changed.

    Nothing to check where the period has no rule for changing: the one for cancelling was applied.
    """
    if act.by_office or act.period.change_deadline is None:
        return
    rules = deadlines_of(act.period)
    kept = {(wish.child_id, wish.day_id) for wish in wanted | offer.live_fixed}
    first = first_day(offer.mine.keys(), offer)
    for wish in dropped:
        told = offer.mine[wish].told_at is not None
        day = offer.days[wish.day_id].on
        stays = (wish.child_id, wish.day_id) in kept
        if told and stays and act.now >= rules.to_change(day, first=first):
            raise WindowClosedError(
                f"La date limite pour changer le {wording.day(day)} est passée. Rien n’a été "
                f"envoyé ; {_contact(act.period)}."
            )


def _contact(period: Period) -> str:
    return f"contactez {period.centre.director_name}, {period.centre.phone}"


def check_weeks(wanted: set[Wish], offer: Offer, window: Window, act: Act) -> None:
    """The weeks this request touches must hold enough days. Raises `TooFewDaysError`."""
    if act.by_office:
        return
    children = {child.pk: child for child in offer.children}

    def days(wishes: Iterable[Wish]) -> set[tuple[Child, date]]:
        return {(children[w.child_id], offer.days[w.day_id].on) for w in wishes if w.slot}

    faults = faulty_weeks(
        window,
        act.now,
        asked=days(wanted | offer.live_fixed),
        offered=days(offer.offered),
        days=offer.days.values(),
    )
    if faults:
        said = [
            f"{fault.child.first_name}, semaine du {wording.bare_day(fault.monday)} : "
            f"{fault.days} sur {fault.needed}"
            for fault in faults
        ]
        raise TooFewDaysError(
            f"Il manque des jours ({wording.listing(said)}). Rien n’a été envoyé : complétez ces "
            "semaines, ou décochez-les."
        )


def check_confirmed(dropped: list[Booking], *, confirmed: bool) -> None:
    """Giving back what was accepted is said twice. Raises `ConfirmationNeededError`."""
    given_back = [line for line in dropped if line.status == Status.ACCEPTED]
    if given_back and not confirmed:
        said = [
            f"{line.child.first_name} {wording.short_day(line.on)} {line.what}"
            for line in given_back[:6]
        ]
        rest = len(given_back) - len(said)
        more = f" et {rest} autres" if rest else ""
        raise ConfirmationNeededError(
            f"Vous rendez ce qui était accepté : {', '.join(said)}{more}. Une place rendue peut "
            "être prise aussitôt par une autre famille. Confirmez en bas de la page, ou recochez."
        )
