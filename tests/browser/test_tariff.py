"""A director who has never seen the product enters a published grid."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from preau.pricing.tariff import load_tariff
from preau.pricing.tariff.editing import table_of
from tests.browser.fixtures import MakePerson
from tests.browser.steps import open_menu
from tests.demo.portal import DIRECTOR, Portal

SAFFRE = Path(__file__).parents[1] / "pricing" / "tariffs" / "saffre_copains_dabord.yaml"


def published_table() -> str:
    """The table as the page of the association shows it, copied."""
    grid = table_of(load_tariff(SAFFRE.read_text()).document["grids"]["qf"])
    head = ("Tarif", "Quotient", "Journée", "½ journée", "½ journée avec repas")
    return "\n".join("\t".join(row) for row in (head, *grid.rows))


def test_a_director_enters_the_saffre_grid(portal: Portal, person: MakePerson) -> None:
    page = person(portal, DIRECTOR).open("/direction/")
    open_menu(page, "Tarifs")
    page.get_by_role("link", name="Nouveau tarif").click()
    page.get_by_label("Nom du tarif").fill("Saffré exemple")
    page.get_by_label("Premier jour d’accueil à ce prix").fill("2035-07-01")
    page.get_by_role("textbox", name="La grille").fill(published_table())
    page.get_by_role("button", name="Enregistrer et vérifier").click()
    expect(page.get_by_text("Le quotient 450 n’est dans aucune tranche")).to_be_visible()
    expect(page.get_by_label("Ligne 4, prix 1")).to_have_value("10,05")
    # Cells copied from a spreadsheet spread from the one that is chosen.
    page.get_by_label("Ligne 1, quotient").evaluate(
        """cell => { const data = new DataTransfer();
        data.setData("text/plain", "jusqu’à 450\\t7,25\\n451 à 550\\t7,75");
        cell.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true,
        cancelable: true})); }"""
    )
    expect(page.get_by_label("Ligne 2, prix 1")).to_have_value("7,75")
    rest = "- { label: Hors commune, when: { zone: outside }, add: 2.00 }"
    page.get_by_label("Réductions, majorations et aides").fill(rest)
    page.get_by_role("button", name="Enregistrer et vérifier").click()
    expect(page.get_by_text("Aucun trou ni chevauchement")).to_be_visible()
    page.get_by_role("link", name="Simuler").click()
    page.get_by_label("Quotient familial").fill("700")
    page.get_by_label("½ journée : combien ?").fill("1")
    page.get_by_role("button", name="Calculer le prix").click()
    expect(page.get_by_role("heading", name="Prix : 7,05")).to_be_visible()
