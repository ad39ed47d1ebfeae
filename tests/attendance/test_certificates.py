"""A certificate from the family to the bill: sent, accepted or refused, told by one mail."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.test.utils import override_settings

from preau.activities.models import SessionDay
from preau.attendance.actions.certificates import (
    accept_certificate,
    refuse_certificate,
    send_certificate,
    withdraw_certificate,
)
from preau.attendance.actions.touch import Who, save_touches
from preau.attendance.enums import CertificateState, TouchKind
from preau.attendance.models import ExcusedAbsence, MedicalCertificate
from preau.attendance.pressing import touches_of
from preau.attendance.queries.billable import presences_between
from preau.attendance.queries.certificates import certificates_for_staff
from preau.core import clock
from preau.core.errors import RefusedError, StaleError
from preau.core.models import User
from preau.core.uploads import Cleaned
from preau.messaging.models import Mail
from preau.org.models import Centre
from preau.org.scope import centres_of_staff
from tests.factories import Cast, ask, decide, lines_of, make_cast, open_days, paris, tell

PAPER = Cleaned(content=b"a paper", extension=".pdf", media_type="application/pdf")
EVENING = paris("2027-02-12 18:00")


@pytest.fixture
def cast(tmp_path: Path) -> Iterator[Cast]:
    with override_settings(MEDIA_ROOT=tmp_path):
        yield make_cast()


@pytest.fixture
def days(cast: Cast) -> list[SessionDay]:
    """Zoé has the first three days of the holidays, and was present on the second."""
    days = open_days(cast.hiver)[:3]
    ask(cast.exemple, cast.hiver, days=days)
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    tell(cast.camille, cast.hiver)
    with clock.pinned(EVENING):
        who = Who(cast.exemple.child.pk, cast.exemple.family.pk)
        here = touches_of(who, {TouchKind.STATE: "present"}, now=EVENING)
        save_touches(actor=cast.house.lou, day=days[1], touches=here)
    return days


def sent(cast: Cast, first: date, last: date) -> MedicalCertificate:
    assert cast.exemple.user
    with clock.pinned(EVENING):
        return send_certificate(
            actor=cast.exemple.user,
            family=cast.exemple.family,
            child=cast.exemple.child,
            starts_on=first,
            ends_on=last,
            paper=PAPER,
        )


def excused(cast: Cast, days: list[SessionDay]) -> list[date]:
    found = presences_between([cast.house.tilleuls], days[0].on, days[-1].on).excused
    return sorted(day.on for day in days if (cast.exemple.child.pk, day.pk) in found)


@pytest.mark.django_db
def test_accepting_excuses_the_days_booked_but_one_that_was_attended(
    cast: Cast, days: list[SessionDay]
) -> None:
    paper = sent(cast, days[0].on, days[2].on + timedelta(days=2))
    before = Mail.objects.count()
    made = accept_certificate(actor=cast.camille, certificate=paper, seen_version=1)
    assert len(made) == 2
    assert excused(cast, days) == [days[0].on, days[2].on]
    mail = Mail.objects.order_by("pk").last()
    assert mail is not None
    assert Mail.objects.count() == before + 1
    for word in ("Zoé", "certificat", "médical", "accept", "absence"):
        assert word not in mail.subject + mail.text.replace("« Absences »", "").replace(
            "/famille/absences/", ""
        )


@pytest.mark.django_db
def test_taking_an_acceptance_back_bills_the_days_again_and_keeps_the_trace(
    cast: Cast, days: list[SessionDay]
) -> None:
    paper = sent(cast, days[0].on, days[2].on)
    accept_certificate(actor=cast.camille, certificate=paper, seen_version=1)
    with pytest.raises(StaleError):
        refuse_certificate(actor=cast.house.sacha, certificate=paper, seen_version=1, reason="faux")
    with pytest.raises(RefusedError, match="motif"):
        refuse_certificate(actor=cast.camille, certificate=paper, seen_version=2, reason="")
    refuse_certificate(actor=cast.camille, certificate=paper, seen_version=2, reason="illisible")
    assert excused(cast, days) == []
    assert ExcusedAbsence.objects.filter(lifted_by=cast.camille).count() == 2
    paper.refresh_from_db()
    assert (paper.state, paper.reason) == (CertificateState.REFUSED, "illisible")
    accept_certificate(actor=cast.camille, certificate=paper, seen_version=3)
    assert excused(cast, days) == [days[0].on, days[2].on]


@pytest.mark.django_db
def test_a_certificate_that_cannot_be_is_refused_in_words(
    cast: Cast, days: list[SessionDay]
) -> None:
    first, year = days[0].on, timedelta(days=367)
    for start, end, says in [
        (first, first - timedelta(days=1), "après le premier"),
        (first, first + year, "un an au plus"),
        (first - 2 * year, first - 2 * year, "plus d’un an"),
    ]:
        with pytest.raises(RefusedError, match=says):
            sent(cast, start, end)
    sent(cast, first, first)
    with pytest.raises(RefusedError, match="attend déjà"):
        sent(cast, first, first)
    assert cast.martin.user
    with pytest.raises(RefusedError, match="votre famille"):
        send_certificate(
            actor=cast.martin.user,
            family=cast.martin.family,
            child=cast.exemple.child,
            starts_on=first,
            ends_on=first,
            paper=PAPER,
        )


@pytest.mark.django_db(transaction=True)
def test_what_was_not_answered_can_be_taken_back_with_its_file(
    cast: Cast, days: list[SessionDay]
) -> None:
    paper = sent(cast, days[0].on, days[0].on)
    with default_storage.open(paper.file) as stored:
        assert stored.read() == PAPER.content
    assert "Zo" not in paper.file
    withdraw_certificate(family=cast.exemple.family, certificate=paper)
    assert not default_storage.exists(paper.file)
    other = sent(cast, days[0].on, days[0].on)
    accept_certificate(actor=cast.camille, certificate=other, seen_version=1)
    with pytest.raises(StaleError):
        withdraw_certificate(family=cast.exemple.family, certificate=other)
    assert default_storage.exists(other.file)


@pytest.mark.django_db
def test_a_certificate_is_read_by_the_directors_of_its_child_only(
    cast: Cast, days: list[SessionDay]
) -> None:
    sent(cast, days[0].on, days[0].on)

    def reads(user: User) -> int:
        centres = centres_of_staff(user)
        return certificates_for_staff(centres).count()

    assert [reads(cast.camille), reads(cast.house.dominique), reads(cast.house.andrea)] == [1, 0, 1]
    assert certificates_for_staff(Centre.objects.none()).count() == 0
