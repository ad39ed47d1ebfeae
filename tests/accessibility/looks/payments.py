"""Pages of payments by card."""

from __future__ import annotations

from tests.accessibility.site import Look, at
from tests.demo.portal import ADMINISTRATOR

NOT_PAGES = {
    "family:pay": "only receives a form",
    "family:leave": "leaves for the bank by itself: tests/browser/test_card.py",
    "payment_return": "needs a payment: tests/browser/test_card.py",
    "office:card_trouble": "needs a bank's odd words: tests/browser/test_card.py",
    "webhooks:bank": "only receives a bank's words",
    "demo:bank_retry": "only receives a form",
    "demo:bank_order": "needs an order: tests/browser/test_card.py",
    "demo:bank_act": "only receives a form",
    "demo:bank_api": "JSON of the bank",
}
"""Routes that answer no page to a browser, and why."""

LOOKS = [
    Look("card payments", "office:card_payments", ADMINISTRATOR, at("/direction/reglements/")),
    Look("card shop", "office:card_shop", ADMINISTRATOR, at("/direction/reglements/carte/")),
    Look("bank", "demo:bank", "", at("/demo/banque/")),
]
