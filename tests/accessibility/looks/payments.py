"""Pages of card payments."""

from __future__ import annotations

from tests.accessibility.site import Look, at
from tests.demo.portal import ADMINISTRATOR, DIRECTOR

NOT_PAGES = {
    "family:pay": "only receives a form",
    "family:leave": "leads away from the site: tests/browser/test_card.py looks at it",
    "payment_return": "needs a payment: tests/browser/test_card.py looks at it",
    "office:card_trouble": "needs a message of the bank: tests/browser/test_card.py looks at it",
    "webhooks:bank": "one word for a bank",
    "demo:bank_retry": "only receives a form",
    "demo:bank_order": "needs a payment: tests/browser/test_card.py looks at it",
    "demo:bank_act": "needs a payment: tests/browser/test_card.py looks at it",
    "demo:bank_api": "JSON for the shop's server",
}
"""Routes that answer no page to a browser without a payment, and why."""


LOOKS = [
    Look("card payments", "office:card_payments", DIRECTOR, at("/direction/reglements/")),
    Look("card shop", "office:card_shop", ADMINISTRATOR, at("/direction/reglements/carte/")),
    Look("pretend bank", "demo:bank", "", at("/demo/banque/")),
]
