"""The whole story of a payment, on a telephone: invoice, bank, account, receipt."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.accessibility.checks import axe_in_every_dress, narrow
from tests.browser.fixtures import PHONE, MakePerson
from tests.demo.portal import PARENT, Portal


def _text_of(page: Page, address: str) -> str:
    answer = page.request.get(address)
    assert answer.ok
    return " ".join(each.extract_text() for each in PdfReader(BytesIO(answer.body())).pages)


def test_a_parent_pays_on_a_telephone(
    own_portal: Portal, person: MakePerson, tmp_path: Path
) -> None:
    """From the invoice to the receipt; each page on the way is fit for everyone."""
    parent = person(own_portal, PARENT, width=PHONE)
    page = parent.open("/famille/compte/")
    invoice = page.get_by_role("link", name=re.compile("PDF")).first.get_attribute("href")
    assert "36,07" in _text_of(page, f"{own_portal.url}{invoice}")
    found = narrow(page)
    page.get_by_role("button", name=re.compile("Payer 36,07")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("Payer 36,07"))
    expect(page.get_by_text("Banque d’essai : aucun argent ne bouge")).to_be_visible()
    found += axe_in_every_dress(page) + narrow(page)
    page.set_viewport_size({"width": PHONE, "height": 780})
    page.get_by_text("Ce qu’une banque fait parfois").click()
    page.get_by_role("button", name="Payer : retour avant la notification").click()
    page.get_by_role("link", name="Retour à la boutique").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Paiement en cours de confirmation")
    assert "?" not in page.url, "the bank's data is not in the address"
    found += axe_in_every_dress(page)
    # It updates by itself.
    expect(page.get_by_role("heading", level=1)).to_have_text("Paiement enregistré", timeout=20_000)
    found += axe_in_every_dress(page) + narrow(page)
    page.set_viewport_size({"width": PHONE, "height": 780})
    page.get_by_role("link", name="Voir mon compte").click()
    expect(page.get_by_text("Vous êtes à jour. Merci !")).to_be_visible()
    receipt = page.get_by_role("link", name=re.compile("Reçu")).first.get_attribute("href")
    said = _text_of(page, f"{own_portal.url}{receipt}")
    assert "36,07" in said
    assert "carte bancaire" in said
    assert not found, "\n".join(found)


def test_a_refused_card_says_what_to_do_and_works_without_script(
    own_portal: Portal, person: MakePerson
) -> None:
    """No script: the last page before the bank has its button."""
    parent = person(own_portal, PARENT, width=PHONE, script=False)
    page = parent.open("/famille/compte/")
    page.get_by_role("button", name=re.compile("Payer 36,07")).click()
    page.get_by_role("button", name="Continuer vers la banque").click()
    page.get_by_role("button", name="Refuser la carte").click()
    page.get_by_role("link", name="Retour à la boutique").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Paiement refusé")
    expect(page.get_by_text("rien n’a été pris")).to_be_visible()
    page.get_by_role("link", name="Revenir à mon compte").click()
    expect(page.get_by_role("button", name=re.compile("Payer 36,07"))).to_be_visible()
