"""The demonstration's account at the test bank."""

from __future__ import annotations

import secrets
from pathlib import Path

from django.conf import settings

from preau.demo.bank.book import Book, Shop
from preau.demo.bank.views import FILE
from preau.payments.actions.shops import ShopSettings, add_key, set_shop
from preau.payments.enums import Mode

SITE = "12345678"


def make_shop() -> None:
    """Open an account at the bank and tell the portal, with keys made for this demonstration."""
    base = f"{settings.PUBLIC_URL}/demo/banque"
    shop = Shop(
        site=SITE,
        test=secrets.token_hex(16),
        production=secrets.token_hex(16),
        password=secrets.token_hex(16),
        notify=f"{settings.PUBLIC_URL}/paiement/notification/systempay/",
    )
    Book(Path(settings.DATA) / FILE).welcome(shop)
    made = set_shop(
        actor=None,
        settings=ShopSettings(
            gateway="systempay",
            mode=Mode.TEST,
            site=SITE,
            is_open=True,
            service_url=f"{base}/",
            api_url=base,
            key=shop.test,
            api_password=shop.password,
        ),
    )
    add_key(actor=None, shop=made, mode=Mode.PRODUCTION, key=shop.production)


def move_shop() -> None:
    """The portal may start on another port: the bank and the shop follow it."""
    from preau.payments.models import CardShop

    book = Book(Path(settings.DATA) / FILE)
    known = book.shop(SITE)
    if known is None:
        return
    base = f"{settings.PUBLIC_URL}/demo/banque"
    notify = f"{settings.PUBLIC_URL}/paiement/notification/systempay/"
    book.welcome(Shop(**{**vars(known), "notify": notify}))
    CardShop.objects.filter(site=SITE).update(service_url=f"{base}/", api_url=base)
