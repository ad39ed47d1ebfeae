"""Paying by card on a telephone: the whole story, from the balance to the receipt."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.accessibility.checks import axe_findings
from tests.browser.fixtures import PHONE, WIDE, MakePerson, Person
from tests.browser.steps import open_menu
from tests.demo.portal import ADMINISTRATOR, PARENT, Portal


def look(page: Page, name: str) -> None:
    """Nothing is wrong with this page for anybody."""
    assert axe_findings(page, name) == []


def leave(person: Person) -> Page:
    """From the account to the bank: one button of ours, then none."""
    page = person.page
    page.get_by_role("button", name=re.compile("^Payer .* par carte$")).click()
    expect(page.get_by_role("heading", level=1, name=re.compile("^Payer"))).to_be_visible()
    page.wait_for_url("**/demo/banque/*/")
    return page


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_a_parent_pays_on_a_telephone(own_portal: Portal, person: MakePerson, dark: bool) -> None:
    parent = person(own_portal, PARENT, width=PHONE, dark=dark)
    page = parent.open("/famille/")
    open_menu(page, "Compte")
    expect(page.locator(".due .sum")).to_have_text(re.compile("36,07"))
    look(page, f"1-account-{dark}")
    leave(parent)
    look(page, f"2-bank-{dark}")
    page.get_by_role("button", name=re.compile("^Payer 36,07")).click()
    look(page, f"3-paid-{dark}")
    page.get_by_role("link", name="Retour à la boutique").click()
    expect(page.get_by_role("heading", name="Paiement enregistré")).to_be_visible()
    assert "vads" not in page.url
    look(page, f"4-back-{dark}")
    page.get_by_role("link", name="Voir mon compte").click()
    expect(page.get_by_text("Vous êtes à jour. Merci !")).to_be_visible()
    row = page.get_by_role("row").filter(has_text="Règlement par carte bancaire")
    expect(row).to_have_count(1)
    look(page, f"5-account-{dark}")
    link = row.get_by_role("link", name=re.compile("^Reçu"))
    receipt = page.request.get(own_portal.url + str(link.get_attribute("href")))
    text = PdfReader(BytesIO(receipt.body())).pages[0].extract_text()
    assert "36,07" in text
    assert "carte bancaire" in text
    open_menu(page, "Accueil")
    page.goto(f"{own_portal.url}/famille/attestations/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_what_goes_wrong_says_what_to_do(own_portal: Portal, person: MakePerson) -> None:
    """Refused, abandoned, waiting; then what nobody could settle, at the office."""
    parent = person(own_portal, PARENT, width=PHONE)
    page = parent.open("/famille/compte/")
    leave(parent)
    page.get_by_role("button", name="Refuser la carte").click()
    page.get_by_role("link", name="Retour à la boutique").click()
    expect(page.get_by_role("heading", name="Paiement refusé")).to_be_visible()
    look(page, "6-refused")
    page.get_by_role("link", name="Revenir à mon compte").click()
    leave(parent)
    page.locator("summary").filter(has_text="Ce qu’une banque fait parfois").click()
    look(page, "7-buttons")
    page.get_by_role("button", name="Payer : retour avant la notification").click()
    page.get_by_role("link", name="Retour à la boutique").click()
    expect(page.get_by_role("heading", name="Paiement en cours de confirmation")).to_be_visible()
    look(page, "8-waiting")
    # It reads itself again.
    expect(page.get_by_role("heading", name="Paiement enregistré")).to_be_visible(timeout=15_000)
    page.goto(f"{own_portal.url}/demo/banque/")
    look(page, "9-counter")
    page.get_by_role("listitem").get_by_role("link").first.click()
    page.locator("summary").filter(has_text="Ce qu’une banque fait parfois").click()
    page.get_by_role("button", name="Autre montant").click()
    office = person(own_portal, ADMINISTRATOR, width=WIDE)
    desk = office.open("/direction/reglements/")
    look(desk, "10-office")
    desk.get_by_role("link", name=re.compile("^Vérifier")).first.click()
    look(desk, "11-trouble")
    desk.get_by_label("Pourquoi il n’y a rien à faire").fill("Vu avec la banque.")
    desk.get_by_role("button", name="Classer").click()
    expect(desk.get_by_text("Le message est classé")).to_be_visible()


def test_paying_needs_no_script(own_portal: Portal, person: MakePerson) -> None:
    parent = person(own_portal, PARENT, width=PHONE, script=False)
    page = parent.open("/famille/compte/")
    page.get_by_role("button", name=re.compile("^Payer .* par carte$")).click()
    page.get_by_role("button", name="Continuer vers la banque").click()
    page.locator("summary").filter(has_text="Ce qu’une banque fait parfois").click()
    page.get_by_role("button", name="Payer : retour avant la notification").click()
    page.get_by_role("link", name="Retour à la boutique").click()
    expect(page.get_by_role("heading", name="Paiement en cours de confirmation")).to_be_visible()
    again = page.get_by_role("link", name="Regarder à nouveau")
    for _ in range(40):
        if page.get_by_role("heading", name="Paiement enregistré").count():
            break
        again.click()
        page.wait_for_load_state()
    expect(page.get_by_role("heading", name="Paiement enregistré")).to_be_visible()
