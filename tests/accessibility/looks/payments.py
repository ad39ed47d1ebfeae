"""Pages of payments by card."""

from __future__ import annotations

from tests.accessibility.site import Look, Site, at, linked
from tests.demo.portal import ADMINISTRATOR, DIRECTOR

NOT_PAGES = {
    "family:pay": "only receives a form",
    "family:leave": "leaves for the bank by itself: tests/browser/test_card.py",
    "payment_return": "needs a payment: tests/browser/test_card.py",
    "family:plan": "a PDF",
    "office:plan_pdf": "a PDF",
    "office:reminder_letters": "a PDF",
    "office:pause_reminders": "only receives a form",
    "office:end_plan": "only receives a form",
    "office:deposit_pdf": "a PDF",
    "office:card_trouble": "needs a bank's odd words: tests/browser/test_card.py",
    "webhooks:bank": "only receives a bank's words",
    "demo:bank_retry": "only receives a form",
    "demo:bank_order": "needs an order: tests/browser/test_card.py",
    "demo:bank_act": "only receives a form",
    "demo:bank_api": "JSON of the bank",
}
"""Routes that answer no page to a browser, and why."""


def _plan(site: Site) -> str:
    account = site.link(
        DIRECTOR, "/direction/facturation/impayes/", r"/direction/familles/\d+/compte/"
    )
    return f"{account}echeancier/?parts=3&first=2027-02-05"


LOOKS = [
    Look("card payments", "office:card_payments", ADMINISTRATOR, at("/direction/reglements/")),
    Look("card shop", "office:card_shop", ADMINISTRATOR, at("/direction/reglements/carte/")),
    Look("cheques", "office:cheques", DIRECTOR, at("/direction/reglements/cheques/")),
    Look(
        "deposit",
        "office:deposit",
        DIRECTOR,
        linked(DIRECTOR, "/direction/reglements/cheques/", r"/direction/reglements/remises/\d+/"),
    ),
    Look("reminders", "office:reminders", DIRECTOR, at("/direction/reglements/rappels/?jours=0")),
    Look("plans", "office:plans", DIRECTOR, at("/direction/reglements/echeanciers/")),
    Look("plan", "office:family_plan", DIRECTOR, _plan),
    Look("bank", "demo:bank", "", at("/demo/banque/")),
]
