"""Which providers there are, by name, and what each can do here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from preau.payments.gateways import Gateway, vads


@dataclass(frozen=True, kw_only=True)
class Provider:
    """A provider as an accountant chooses it. `ready`: Préau can take payments through it."""

    code: str
    name: str
    ready: bool
    can: str
    cannot: str


PROVIDERS = (
    Provider(
        code="systempay",
        name="Systempay (Banque Populaire, Caisse d’Épargne)",
        ready=True,
        can="paiement, notification, interrogation et remboursement par l’API",
        cannot="le paiement en plusieurs fois de la banque (Préau a ses échéanciers)",
    ),
    Provider(
        code="payzen",
        name="PayZen (Lyra)",
        ready=True,
        can="paiement, notification, interrogation et remboursement par l’API",
        cannot="le paiement en plusieurs fois de la banque (Préau a ses échéanciers)",
    ),
    *(
        Provider(
            code=code,
            name=name,
            ready=False,
            can="la bibliothèque eopayment parle son protocole",
            cannot="Préau n’a pas encore vérifié ses réponses : aucun paiement ne passe par lui",
        )
        for code, name in (
            ("paybox", "Paybox, Up2Pay (Crédit Agricole)"),
            ("sips2", "Mercanet, Sherlock’s, Scellius (Sips 2)"),
            ("payfip_ws", "PayFiP (Trésor public)"),
            ("ogone", "Ingenico, Ogone"),
            ("worldline", "Worldline"),
            ("mollie", "Mollie"),
            ("saga", "Saga (Futur System)"),
            ("keyware", "Keyware"),
        )
    ),
)
_GATEWAYS = {"systempay": vads, "payzen": vads}


def gateway_of(code: str) -> Gateway:
    """The module that speaks to a provider."""
    return cast(Gateway, _GATEWAYS[code])
