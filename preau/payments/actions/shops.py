"""The organisation's account at a provider: its settings, its keys."""

from __future__ import annotations

from dataclasses import dataclass

from preau.core import audit, clock
from preau.core.errors import RefusedError
from preau.core.locks import short_transaction
from preau.core.models import Act, User
from preau.core.sealing import seal
from preau.payments.enums import Mode
from preau.payments.gateways.catalog import PROVIDERS
from preau.payments.models import CardKey, CardShop
from preau.payments.shops import KEY, PASSWORD


@dataclass(frozen=True, kw_only=True)
class ShopSettings:
    """What an accountant decides. Empty secrets leave those kept as they are."""

    gateway: str
    mode: Mode
    site: str
    is_open: bool
    service_url: str = ""
    api_url: str = ""
    key: str = ""
    api_password: str = ""


def set_shop(*, actor: User | None, settings: ShopSettings) -> CardShop:
    """Make or change the shop of this provider and site; the one that is open closes the others.

    A new key is added: older ones go on verifying what began with them. Raises `RefusedError` for
    a provider that Préau does not speak to yet, or a shop opened without a key of its mode.
    """
    if settings.gateway not in {each.code for each in PROVIDERS if each.ready}:
        raise RefusedError("Préau ne prend pas encore de paiement par ce prestataire.")
    with short_transaction():
        if settings.is_open:
            CardShop.objects.filter(is_open=True).update(is_open=False)
        shop = CardShop.objects.filter(gateway=settings.gateway, site=settings.site).first()
        shop = shop or CardShop(gateway=settings.gateway, site=settings.site, slug=_slug(settings))
        shop.mode, shop.is_open = settings.mode, settings.is_open
        shop.service_url, shop.api_url = settings.service_url, settings.api_url
        if settings.api_password:
            shop.api_password = seal(settings.api_password, purpose=PASSWORD)
        shop.save()
        if settings.key:
            add_key(actor=actor, shop=shop, mode=settings.mode, key=settings.key)
        if settings.is_open and not shop.keys.filter(mode=shop.mode).exists():
            raise RefusedError(
                f"Sans clé du mode {shop.get_mode_display()}, aucun paiement ne peut être signé."
            )
        said = f"{shop}, {shop.mode}, {'ouvert' if shop.is_open else 'fermé'}"
        audit.record(Act.SETTINGS_CHANGED, actor=actor, on=shop, detail=said)
    return shop


def add_key(*, actor: User | None, shop: CardShop, mode: Mode, key: str) -> CardKey:
    """Seal a key and put it before the others of its mode. It is never shown again."""
    with short_transaction():
        return CardKey.objects.create(
            shop=shop,
            mode=mode,
            sealed=seal(key, purpose=KEY),
            added_at=clock.now(),
            added_by=actor,
        )


def _slug(settings: ShopSettings) -> str:
    taken = set(CardShop.objects.values_list("slug", flat=True))
    names = [settings.gateway, *(f"{settings.gateway}-{n}" for n in range(2, 100))]
    return next(name for name in names if name not in taken)
