"""The register and the trip sheet on paper: tagged, titled, read in order."""

from __future__ import annotations

from typing import Any

import pytest

from preau.attendance.printing import register_pdf, trip_pdf
from preau.attendance.queries.register import register_of_day
from preau.billing.identity import letterhead
from preau.booking.queries.offer import Wish
from tests.factories import ask, decide, lines_of, make_cast, open_days, tell, wishes_for
from tests.kit.pdf import is_accessible, words_of


@pytest.mark.django_db
def test_the_list_and_the_trip_sheet_name_who_comes_and_whom_to_call() -> None:
    cast = make_cast()
    day = open_days(cast.hiver)[2]
    zoe, tom = cast.exemple.children
    wishes: set[Any] = wishes_for(zoe, [day]) | wishes_for(tom, [day])
    ask(cast.exemple, cast.hiver, wishes=wishes | {Wish(zoe.pk, day.pk, outing_id=cast.sortie.pk)})
    decide(cast.camille, cast.hiver, lines_of(cast.exemple))
    tell(cast.camille, cast.hiver)
    register = register_of_day(day)
    for content in (
        register_pdf(register, letterhead()),
        trip_pdf(cast.sortie, register, letterhead()),
    ):
        assert is_accessible(content)
    listed = words_of(register_pdf(register, letterhead()))
    assert (
        listed.index("Petits") < listed.index("Tom") < listed.index("Grands") < listed.index("Zoé")
    )
    for words in ("Pointage du mercredi 10 février 2027", "06 00 00 00 00", "Sortie à la neige"):
        assert words in listed
    trip = words_of(trip_pdf(cast.sortie, register, letterhead()))
    assert "Zoé" in trip
    assert "Tom" not in trip
    assert "1 enfant" in trip
