"""A month invoiced from the browser: pages, PDFs and a table by hand agree to the cent."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from playwright.sync_api import Page, expect

from tests.browser.a_month import CENTRE, FAMILY, OTHER, make_month
from tests.browser.fixtures import MakePerson
from tests.demo.portal import DIRECTOR, Portal
from tests.kit.pdf import is_accessible, words_of

pytestmark = pytest.mark.real_time
D = Decimal
# The example tariff, quotient 700: 8,40 a day, 6,10 a half-day with its meal; the second child
# pays 90 % of care. The outing has its own price; no quotient pays the top price, 9,15.
BY_HAND = {
    FAMILY: [
        ("Ana", "Journée avec repas", D("8.40")),
        ("Ana", "Journée avec repas", D("8.40")),
        ("Ana", "Sortie", D("12.00")),
        ("Ana", "Demi-journée avec repas", D("6.10")),
        ("Ana", "annulée hors délai", D("8.40")),
        ("Bo", "Journée avec repas", D("7.56")),  # came
        ("Bo", "Journée avec repas", D("7.56")),  # absent, not excused; the excused day is free
    ],
    OTHER: [("Cléo", "venue sans réservation", D("9.15"))],
}
TOTAL = {FAMILY: D("58.42"), OTHER: D("9.15")}


def euros(amount: Decimal) -> str:
    return f"{amount:.2f} €".replace(".", ",")


def plain(text: str) -> str:
    return " ".join(text.replace("\u202f", " ").replace("\xa0", " ").split())


def prepare(page: Page, month: str) -> None:
    """Choose the month and that centre alone, and compute."""
    page.get_by_label("Mois", exact=True).select_option(month)
    for box in page.get_by_role("group", name="Centres").get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_role("checkbox", name=CENTRE).check()
    page.get_by_role("button", name="Préparer la facturation").click()


def test_a_month_is_invoiced_as_by_hand(own_portal: Portal, person: MakePerson) -> None:
    assert {name: sum(row[-1] for row in rows) for name, rows in BY_HAND.items()} == TOTAL
    month, *families = make_month(own_portal)
    director = person(own_portal, DIRECTOR)
    page = director.open("/direction/facturation/")
    prepare(page, month)
    # The preview says what somebody should look at, and issues nothing.
    expect(page.get_by_text("pas de pointage")).to_have_count(1)  # the day nobody came
    expect(page.get_by_text("tarif le plus élevé")).to_have_count(1)
    for name, total in TOTAL.items():
        row = page.get_by_role("row").filter(has_text=name)
        assert euros(total) in plain(row.inner_text())
    page.get_by_role("button", name=re.compile("^Émettre 2 pièces")).click()
    expect(page.get_by_text("Tout est émis.")).to_be_visible(timeout=30_000)
    run = page.url
    for (name, total), family in zip(TOTAL.items(), families, strict=True):
        page.goto(run)
        row = page.get_by_role("row").filter(has_text=name)
        link = row.get_by_role("link", name=re.compile(r"^F\d{4}-\d{5}$"))
        path, number = link.get_attribute("href") or "", link.inner_text()
        content = page.request.get(f"{own_portal.url}{path}pdf/").body()
        check_pdf(content, name, number, total)
        account = director.open(f"/direction/familles/{family}/compte/")
        movements = plain(account.get_by_role("table", name=re.compile("Mouvements")).inner_text())
        assert number in movements
        assert movements.count(euros(total)) == 2  # the debit and the balance
        assert euros(total) in plain(account.locator(".due").inner_text())
    # Prepared again, the month has nothing left to bill.
    director.open("/direction/facturation/")
    prepare(page, month)
    expect(page.get_by_role("heading", name="Par famille")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Émettre"))).to_have_count(0)


def check_pdf(content: bytes, name: str, number: str, total: Decimal) -> None:
    """The PDF that the family has: its lines are those of the table."""
    assert is_accessible(content)
    text = words_of(content)
    assert number in text
    lines = re.findall(r"1 \d+,\d{2} € (\d+,\d{2}) €", text)
    amounts = sorted(D(amount.replace(",", ".")) for amount in lines)
    assert amounts == sorted(row[-1] for row in BY_HAND[name]), text
    for child, wording, _ in BY_HAND[name]:
        assert child in text
        assert wording in text
    assert f"Total à payer {euros(total)}" in text
