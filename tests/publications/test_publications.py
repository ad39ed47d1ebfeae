"""Printed forms on line: for the right families, on the right days, never lost (S3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext, override_settings

from preau.booking.queries.periods import centres_for_family
from preau.core import clock
from preau.core.errors import RefusedError, StaleError
from preau.core.models import AuditEvent, User
from preau.core.uploads import Cleaned
from preau.org.models import Centre
from preau.org.scope import centres_of_staff
from preau.publications.actions.publish import (
    change_publication,
    publish,
    put_back,
    replace_file,
    withdraw,
)
from preau.publications.actions.read import note_reading
from preau.publications.models import Edition, Publication, Reading
from preau.publications.queries.publications import (
    NEW_FOR,
    Paper,
    current_editions,
    file_of,
    papers_for_reader,
    publications_for_staff,
)
from tests.factories import Cast, make_cast, paris
from tests.factories.families import Household
from tests.factories.papers import TODAY, cleaned, notice, pdf, put_on_line
from tests.kit.constraints import constraints_of, refused_by


@pytest.fixture
def cast(tmp_path: Path, db: None) -> Iterator[Cast]:
    with override_settings(MEDIA_ROOT=tmp_path):
        yield make_cast()


def papers_of(household: Household) -> list[Paper]:
    assert household.user
    return papers_for_reader(centres_for_family(household.family), household.user)


def titles(household: Household) -> list[str]:
    return [paper.publication.title for paper in papers_of(household)]


def of_staff(user: User) -> list[Publication]:
    return list(publications_for_staff(centres_of_staff(user)))


def test_families_read_the_papers_of_their_centres_only(cast: Cast) -> None:
    put_on_line(cast.camille, cast.house.tilleuls, title="Programme des Tilleuls")
    put_on_line(cast.house.dominique, cast.house.platanes, title="Programme des Platanes")
    assert titles(cast.exemple) == ["Programme des Tilleuls"]
    assert titles(cast.ailleurs) == ["Programme des Platanes"]


@pytest.mark.parametrize(
    ("first", "last", "read"),
    [
        (TODAY, None, True),
        (TODAY, TODAY, True),
        (TODAY + timedelta(days=1), None, False),
        (TODAY - timedelta(days=9), TODAY - timedelta(days=1), False),
    ],
)
def test_a_paper_is_on_line_from_its_first_day_to_its_last(
    cast: Cast, first: date, last: date | None, read: bool
) -> None:
    said = notice(cast.house.tilleuls, from_on=first, until_on=last)
    publish(actor=cast.camille, notice=said, paper=cleaned())
    assert bool(titles(cast.exemple)) is read
    assert len(of_staff(cast.camille)) == 1, "the office sees it all the same"


def test_new_until_it_is_opened_or_old(cast: Cast) -> None:
    put_on_line(cast.camille, cast.house.tilleuls)
    (paper,) = papers_of(cast.exemple)
    assert paper.is_new
    assert cast.exemple.user
    for _ in range(3):
        note_reading(reader=cast.exemple.user, edition=paper.edition)
    assert not papers_of(cast.exemple)[0].is_new
    assert papers_of(cast.martin)[0].is_new, "somebody else has not opened it"
    assert of_staff(cast.camille)[0].readers == 1  # type: ignore[attr-defined]
    with clock.pinned(clock.now() + NEW_FOR + timedelta(seconds=1)):
        assert not papers_of(cast.martin)[0].is_new


def test_a_replaced_file_is_new_again_and_the_old_one_is_kept(cast: Cast) -> None:
    made = put_on_line(cast.camille, cast.house.tilleuls)
    (before,) = papers_of(cast.exemple)
    assert cast.exemple.user
    note_reading(reader=cast.exemple.user, edition=before.edition)
    replace_file(
        actor=cast.camille, publication=made, paper=cleaned(pdf(3)), seen_version=made.version
    )
    (after,) = papers_of(cast.exemple)
    assert after.is_new
    assert after.edition.pages == 3
    assert file_of(after.edition.file) == pdf(3)
    assert file_of(before.edition.file) == pdf(1)
    assert of_staff(cast.camille)[0].readers is None, "nobody opened this one"  # type: ignore[attr-defined]


def test_a_withdrawn_paper_goes_at_once_and_comes_back_at_will(cast: Cast) -> None:
    made = put_on_line(cast.camille, cast.house.tilleuls)
    gone = withdraw(actor=cast.camille, publication=made, seen_version=1)
    assert titles(cast.exemple) == []
    put_back(actor=cast.camille, publication=gone, seen_version=gone.version)
    assert titles(cast.exemple) == ["Programme"]
    said = list(AuditEvent.objects.order_by("pk").values_list("detail", flat=True))
    assert said == ["mis en ligne", "retiré", "remis en ligne"]


def test_a_colleague_is_never_overwritten(cast: Cast) -> None:
    made = put_on_line(cast.camille, cast.house.tilleuls)
    said = notice(cast.house.tilleuls, title="Nouveau titre")
    change_publication(actor=cast.camille, publication=made, notice=said, seen_version=1)
    with pytest.raises(StaleError):
        withdraw(actor=cast.house.sacha, publication=made, seen_version=1)
    with pytest.raises(StaleError):
        replace_file(actor=cast.house.sacha, publication=made, paper=cleaned(), seen_version=1)
    assert titles(cast.exemple) == ["Nouveau titre"]


def test_what_is_no_pdf_leaves_nothing_behind(cast: Cast, tmp_path: Path) -> None:
    photo = Cleaned(content=b"photo", extension=".jpg", media_type="image/jpeg")
    for paper in (photo, cleaned(b"%PDF-1.7 and nothing more")):
        with pytest.raises(RefusedError):
            publish(actor=cast.camille, notice=notice(cast.house.tilleuls), paper=paper)
    with pytest.raises(RefusedError):
        publish(actor=cast.camille, notice=notice(), paper=cleaned())
    assert not Publication.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_paper_of_two_centres_is_changed_by_who_works_on_both(cast: Cast) -> None:
    put_on_line(cast.house.andrea, cast.house.tilleuls, cast.house.platanes)
    assert [each.elsewhere for each in of_staff(cast.camille)] == [True]  # type: ignore[attr-defined]
    assert [each.elsewhere for each in of_staff(cast.house.andrea)] == [False]  # type: ignore[attr-defined]
    assert [str(centre) for centre in papers_of(cast.exemple)[0].centres] == ["Centre des Tilleuls"]


def test_reading_costs_the_same_for_one_paper_and_for_ten(cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            papers_of(cast.exemple)
        return len(seen)

    put_on_line(cast.camille, cast.house.tilleuls)
    assert queries() == 3
    for _ in range(9):
        put_on_line(cast.camille, cast.house.tilleuls)
    assert queries() == 3


def _edition(publication: Publication, user: User, **values: int) -> Edition:
    size = {"weight": 1, "pages": 1} | values
    return Edition(
        publication=publication, put_by=user, put_at=paris("2027-01-12 08:00"), file="f", **size
    )


def test_the_database_refuses_what_makes_no_sense(cast: Cast) -> None:
    made = put_on_line(cast.camille, cast.house.tilleuls)
    edition = current_editions([made.pk]).get()
    own = Publication.objects.filter(pk=made.pk)
    tried = set()
    with refused_by("publication_ends_after_it_starts"):
        own.update(until_on=TODAY - timedelta(days=1))
    tried.add("publication_ends_after_it_starts")
    with refused_by("publication_withdrawn_by_somebody"):
        own.update(withdrawn_at=paris("2027-01-12 08:00"))
    tried.add("publication_withdrawn_by_somebody")
    with refused_by("edition_of_something"):
        _edition(made, cast.camille, weight=0).save()
    tried.add("edition_of_something")
    Reading.objects.create(edition=edition, reader=cast.camille, at=clock.now())
    with refused_by("reading_counts_once"):
        Reading.objects.create(edition=edition, reader=cast.camille, at=clock.now())
    tried.add("reading_counts_once")
    assert tried == constraints_of("publications")


@pytest.mark.django_db(transaction=True)
def test_a_file_that_was_read_is_never_another_one(tmp_path: Path) -> None:
    with override_settings(MEDIA_ROOT=tmp_path):
        cast = make_cast()
        made = put_on_line(cast.camille, Centre.objects.get(pk=cast.house.tilleuls.pk))
        for attempt in (
            lambda: Edition.objects.filter(publication=made).update(file="another"),
            lambda: Edition.objects.filter(publication=made).delete(),
            _truncate,
        ):
            with pytest.raises(DatabaseError):
                attempt()
        assert default_storage.exists(current_editions([made.pk]).get().file)


def _truncate() -> None:
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE publications_edition CASCADE")
