"""Versions of a tariff in the database, and the prices families read from them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from preau.billing.queries.changes import changes_of
from preau.billing.queries.prices import document_for, published_versions
from preau.core.errors import RefusedError, StaleError
from preau.families.actions.quotients import record_quotient
from preau.families.quotients import quotient_news, quotient_on
from preau.org.models import Organisation
from preau.pricing.actions.versions import create_tariff, publish_version, save_draft
from preau.pricing.queries.built import built
from tests.factories import Cast, ask, make_prices, open_days, sign_in
from tests.factories.prices import PRICES
from tests.kit.constraints import constraints_of, refused_by

TODAY = date(2027, 1, 12)


def test_a_day_of_care_is_priced_by_the_version_of_that_day(cast: Cast) -> None:
    tariff = make_prices(cast.house.tilleuls)
    text = PRICES.format(name="Prix exemple").replace("2026-09-01", "2027-02-15")
    draft = save_draft(actor=cast.camille, tariff=tariff, text=text.replace("8.00", "9.00"))
    before = date(2027, 2, 14)
    assert document_for(published_versions(cast.house.tilleuls), "holidays", before + timedelta(1))
    publish_version(actor=cast.camille, version=draft)
    versions = published_versions(cast.house.tilleuls)
    found = [document_for(versions, "holidays", before + timedelta(days=n)) for n in (0, 1)]
    assert [each[0].number for each in found if each] == [1, 2]
    assert tariff.versions.get(number=1).valid_to == before
    with pytest.raises(RefusedError, match="déjà publiée"):
        publish_version(actor=cast.camille, version=draft)


def test_what_is_refused_is_said(cast: Cast) -> None:
    tariff = make_prices(cast.house.tilleuls)
    text = PRICES.format(name="Prix exemple")
    with pytest.raises(RefusedError, match="s’appelle déjà"):
        create_tariff(actor=None, text=text)
    draft = save_draft(actor=None, tariff=tariff, text=text.replace("8.00", "9.00"))
    with pytest.raises(RefusedError, match="commence déjà le 1er septembre 2026"):
        publish_version(actor=None, version=draft)
    with pytest.raises(StaleError):
        save_draft(actor=None, tariff=tariff, text=text, seen="autre chose")
    with pytest.raises(RefusedError, match="premier jour"):
        save_draft(actor=None, tariff=tariff, text=text.replace("valid_from: 2026-09-01", ""))


def test_the_database_refuses_two_prices_for_a_day(cast: Cast) -> None:
    tariff = make_prices(cast.house.tilleuls)
    version = tariff.versions.get()
    version.pk, version.number = None, 2
    with refused_by("tariff_one_price_a_day"):
        version.save()
    version.number = 1
    with refused_by("tariff_version_numbered_once"):
        version.save()
    version.number, version.valid_from = 2, date(2030, 1, 2)
    version.valid_to = date(2030, 1, 1)
    with refused_by("tariff_version_dates_in_order"):
        version.save()
    version.valid_to, version.published_at = None, None
    with refused_by("tariff_published_has_its_time"):
        version.save()
    text = PRICES.format(name="Prix exemple").replace("2026-09-01", "2030-01-01")
    draft = save_draft(actor=None, tariff=tariff, text=text)
    draft.pk, draft.number = None, 9
    with refused_by("tariff_one_draft"):
        draft.save()
    checked = {
        "tariff_one_price_a_day",
        "tariff_version_numbered_once",
        "tariff_version_dates_in_order",
        "tariff_published_has_its_time",
        "tariff_one_draft",
    }
    assert checked == constraints_of("pricing")


def record(cast: Cast, value: str, start: date, end: date, *, why: str = "") -> None:
    record_quotient(
        actor=cast.camille,
        family=cast.exemple.family,
        value=Decimal(value),
        scheme="caf",
        valid_from=start,
        valid_to=end,
        evidence="attestation CAF",
        backdated_because=why,
    )


def test_a_quotient_counts_from_its_day_then_a_month_after_its_end(cast: Cast) -> None:
    family = cast.exemple.family
    with pytest.raises(RefusedError, match="ne vaut pas pour le passé"):
        record(cast, "500", TODAY - timedelta(days=1), TODAY)
    record(cast, "500", date(2026, 9, 1), date(2027, 1, 31), why="reçu en retard")
    record(cast, "900", date(2027, 3, 15), date(2027, 12, 31))
    known = list(family.quotients.all())
    values = {
        day: getattr(quotient_on(known, day, grace=1), "value", None)
        for day in (
            date(2026, 8, 31),
            TODAY,
            date(2027, 2, 28),
            date(2027, 3, 1),
            date(2027, 3, 15),
        )
    }
    assert list(values.values()) == [None, Decimal(500), Decimal(500), None, Decimal(900)]
    news = quotient_news(known[1:], TODAY, grace=1)
    assert news is not None
    assert (news.state, news.until) == ("ending", date(2027, 2, 28))
    assert quotient_news([], TODAY, grace=1).state == "missing"  # type: ignore[union-attr]


def test_the_estimate_is_the_price_of_the_boxes(cast: Cast) -> None:
    """On the page, in the piece of page that scripts ask for, and on the board: one quote()."""
    make_prices(cast.house.tilleuls)
    record(cast, "600", TODAY, date(2027, 12, 31))
    parent = sign_in(Client(), cast.exemple.user)
    page = reverse("family:book", args=[cast.hiver.pk])
    days = open_days(cast.hiver)
    picked = [f"{cast.exemple.child.pk}.{days[0].pk}.{slot}" for slot in ("morning", "midday")]
    piece = parent.post(reverse("family:estimate", args=[cast.hiver.pk]), {"pick": picked})
    assert "5,00\u00a0€" in piece.content.decode()
    shown = parent.post(page, {"pick": picked, "do": "estimate"})
    assert shown.status_code == 200
    assert "5,00\u00a0€" in shown.content.decode()
    assert not cast.exemple.family.requests.exists()
    ask(cast.exemple, cast.hiver, days=days[:1])
    board = sign_in(Client(), cast.camille).get(reverse("office:board", args=[cast.hiver.pk]))
    assert "8,00\u00a0€ estimés" in board.content.decode()


def test_boxes_of_others_have_no_price(cast: Cast) -> None:
    parent = sign_in(Client(), cast.exemple.user)
    stranger = f"{cast.ailleurs.child.pk}.{open_days(cast.hiver)[0].pk}.morning"
    path = reverse("family:estimate", args=[cast.hiver.pk])
    for picked in (stranger, "1.2", "x.y.z", f"{'9' * 30}.1.morning"):
        assert parent.post(path, {"pick": picked}).status_code == 400


def test_families_counted_in_what_changes(cast: Cast) -> None:
    tariff = make_prices(cast.house.tilleuls)
    record(cast, "600", TODAY, date(2027, 12, 31))
    text = tariff.versions.get().text
    after = built(text.replace("day: 8.00", "day: 9.50").replace("half: 5.00", "half: 4.00"))
    found = {each.label: each for each in changes_of(tariff, built(text), after, TODAY)}
    day, half = found["Journée avec repas"], found["Demi-journée"]
    assert (day.more, day.largest_rise) == (1, Decimal("1.50"))
    assert half.more == 0
    assert half.less == day.same > 0


def test_the_simulator_is_public_where_the_organisation_wants_it(cast: Cast) -> None:
    make_prices(cast.house.tilleuls)
    assert Client().get("/tarifs/").status_code == 404
    Organisation.objects.update(public_simulator=True)
    page = Client().get("/tarifs/", {"quotient": "650", "n.day": "2"}).content.decode()
    assert "Prix : 24,00\u00a0€" in page
    for wrong in ({"n.day": "deux"}, {"quotient": "-1", "n.day": "1"}, {"zone": "x", "n.day": "1"}):
        answer = Client().get("/tarifs/", wrong)
        assert answer.status_code == 200
        assert "Pas de prix" in answer.content.decode()


def test_a_director_edits_only_the_tariffs_of_their_centres(cast: Cast) -> None:
    tariff = make_prices(cast.house.tilleuls)
    director = sign_in(Client(), cast.camille)
    path = reverse("office:tariff", args=[tariff.pk])
    table = [cell for row in (("A", "< 600", "1"), ("B", "700 et plus", "deux")) for cell in row]
    form = {
        "name": "Prix exemple", "valid_from": "2027-03-01", "seen": "", "do": "save",
        "part.services": "a: { nature: care, price: { grid: qf } }",
        "column.qf": "a", "cell.qf": table,
    }  # fmt: skip
    refused = director.post(path, form)
    assert refused.status_code == 422
    assert "« deux » n’est pas un prix" in refused.content.decode()
    saved = director.post(path, form | {"cell.qf": [*table[:-1], "2,5"]}, follow=True)
    assert (
        "les quotients de 600 à 699 ne sont dans aucune tranche" in saved.content.decode().lower()
    )
    assert director.get(reverse("office:tariff_file", args=[tariff.pk])).status_code == 200
