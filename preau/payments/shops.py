"""The shop with its keys in clear, for the time of one call."""

from __future__ import annotations

from django.conf import settings

from preau.core.sealing import seal, unseal
from preau.payments.enums import Mode
from preau.payments.gateways import Shop
from preau.payments.models import CardShop

KEY, PASSWORD, BODY = "card_key", "card_api", "bank_notification"


def open_shop() -> CardShop | None:
    """The shop that takes new payments, if there is one, its mode has a key and moves money."""
    shop = CardShop.objects.filter(is_open=True).first()
    if shop is None or not moves_money(shop.mode):
        return None
    return shop if shop.keys.filter(mode=shop.mode).exists() else None


def moves_money(mode: str) -> bool:
    """Whether a payment in this mode may settle a debt: in test mode, only a demonstration's."""
    return mode == Mode.PRODUCTION or settings.FALSE_CARDS_SETTLE


def unlocked(shop: CardShop, *, mode: str | None = None) -> Shop:
    """This shop as a gateway needs it. `mode`: an attempt keeps the one it began in."""
    keys: dict[str, list[str]] = {each: [] for each in Mode.values}
    for key in shop.keys.all():
        keys[key.mode].append(unseal(key.sealed, purpose=KEY))
    return Shop(
        gateway=shop.gateway,
        mode=mode or shop.mode,
        site=shop.site,
        keys=keys,
        service_url=shop.service_url,
        api_url=shop.api_url,
        api_password=unseal(shop.api_password, purpose=PASSWORD) if shop.api_password else "",
    )


def sealed_body(body: bytes) -> str:
    """A bank's words as they are kept."""
    return seal(body.decode("latin-1"), purpose=BODY)


def body_of(sealed: str) -> bytes:
    """A bank's words, to the byte."""
    return unseal(sealed, purpose=BODY).encode("latin-1")
