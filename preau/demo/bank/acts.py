"""Everything that a bank may do to a shop, good and bad: one function a button."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Timer

from preau.demo.bank.book import BankOrder, Book
from preau.demo.bank.protocol import (
    Fields,
    Transaction,
    answer,
    as_body,
    for_browser,
    for_server,
)

_PATIENCE = 10  # seconds granted to the shop's server
_LATER = 3  # seconds


@dataclass(frozen=True, kw_only=True)
class Back:
    """What the browser gets: words, and the fields it brings back to the shop (None: no way)."""

    words: str
    fields: Fields | None


def send(url: str, body: bytes) -> bool:
    """Post a message to the shop's server. Whether it acknowledged."""
    request = urllib.request.Request(  # noqa: S310 - the shop's own address
        url, data=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_PATIENCE) as taken:  # noqa: S310
            return bool(taken.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def notify(
    book: Book,
    order: BankOrder,
    said: Fields,
    *,
    source: str = "PAY",
    times: int = 1,
    key: str = "",
) -> None:
    """Tell the shop's server; what it does not acknowledge is kept, to be sent again."""
    body = as_body(for_server(said, key or order.key, source=source))
    number = book.post(order, body)
    with ThreadPoolExecutor(times) as at_once:
        taken = list(at_once.map(lambda _: send(order.shop.notify, body), range(times)))
    book.tried(number, taken=any(taken))


def retry(book: Book, *, most: int | None = None) -> int:
    """Send again what was never acknowledged. Returns how many. `most`: leave alone what was
    tried so many times, or never yet (its first sending is under way, or meant to be late)."""
    waiting = book.untaken(most)
    for number, order, body in waiting:
        book.tried(number, taken=send(order.shop.notify, body))
    return len(waiting)


def _paid(book: Book, order: BankOrder) -> tuple[Transaction, Fields]:
    done = book.move(order)
    return done, answer(order.fields, done)


def _back(order: BankOrder, said: Fields, words: str = "Paiement accepté") -> Back:
    return Back(words=words, fields=for_browser(said, order.key))


def pay(book: Book, order: BankOrder) -> Back:
    """The ordinary payment: the server is told, then the browser goes back."""
    _, said = _paid(book, order)
    notify(book, order, said)
    return _back(order, said)


def refuse(book: Book, order: BankOrder) -> Back:
    """The card is refused."""
    said = answer(order.fields, book.move(order, status="REFUSED"))
    notify(book, order, said)
    return _back(order, said, "Paiement refusé")


def abandon(book: Book, order: BankOrder) -> Back:
    """The person gives up."""
    said = answer(order.fields, book.move(order, status="ABANDONED"))
    notify(book, order, said)
    return _back(order, said, "Paiement abandonné")


def silence(book: Book, order: BankOrder) -> Back:  # noqa: ARG001 - as every act
    """The page is closed: nobody is told anything."""
    return Back(words="La page de la banque a expiré", fields=None)


def notification_only(book: Book, order: BankOrder) -> Back:
    """The telephone goes off before it comes back."""
    _, said = _paid(book, order)
    notify(book, order, said)
    return Back(words="Paiement accepté, retour perdu", fields=None)


def return_only(book: Book, order: BankOrder) -> Back:
    """The message to the server is lost for ever."""
    _, said = _paid(book, order)
    return _back(order, said, "Paiement accepté, notification perdue")


def return_first(book: Book, order: BankOrder) -> Back:
    """The browser is back before the server is told."""
    _, said = _paid(book, order)
    Timer(_LATER, notify, [book, order, said]).start()
    return _back(order, said, "Paiement accepté, notification dans trois secondes")


def twice(book: Book, order: BankOrder) -> Back:
    """The same message again."""
    _, said = _paid(book, order)
    notify(book, order, said)
    notify(book, order, said, source="RETRY")
    return _back(order, said, "Paiement accepté, notifié deux fois")


def five_at_once(book: Book, order: BankOrder) -> Back:
    """The same message five times at the same moment."""
    _, said = _paid(book, order)
    notify(book, order, said, times=5)
    return _back(order, said, "Paiement accepté, notifié cinq fois à la fois")


def late(book: Book, order: BankOrder) -> Back:
    """The message waits until the bank tries again ("Relancer")."""
    _, said = _paid(book, order)
    book.post(order, as_body(for_server(said, order.key, source="RETRY")))
    return _back(order, said, "Paiement accepté, notification à relancer")


def wrong_signature(book: Book, order: BankOrder) -> Back:
    """Somebody who has not the key says that it is paid. No money is taken."""
    said = answer(order.fields, book.move(order, status="REFUSED"))
    said |= {"vads_trans_status": "AUTHORISED", "vads_result": "00", "vads_auth_result": "00"}
    notify(book, order, said, key="not the key of the shop")
    return Back(words="Message forgé envoyé", fields=None)


def wrong_amount(book: Book, order: BankOrder) -> Back:
    """Another amount was taken than the one asked."""
    said = answer(order.fields, book.move(order, cents=max(order.cents - 100, 1)))
    notify(book, order, said)
    return _back(order, said, "Paiement d’un autre montant")


def other_currency(book: Book, order: BankOrder) -> Back:
    """So many Swiss centimes."""
    said = answer(order.fields, book.move(order, currency="756"))
    notify(book, order, said)
    return _back(order, said, "Paiement en francs suisses")


def test_answer(book: Book, order: BankOrder) -> Back:
    """An answer of the other mode, well signed with the key of that mode."""
    mode = "PRODUCTION" if order.fields["vads_ctx_mode"] == "TEST" else "TEST"
    said = answer(order.fields, book.move(order, status="REFUSED"), mode=mode)
    said |= {"vads_trans_status": "AUTHORISED", "vads_result": "00", "vads_auth_result": "00"}
    notify(book, order, said, key=order.shop.key(mode))
    return Back(words=f"Réponse signée en mode {mode}", fields=None)


def to_validate(book: Book, order: BankOrder) -> Back:
    """Somebody at the shop must still validate it."""
    said = answer(order.fields, book.move(order, status="AUTHORISED_TO_VALIDATE"))
    notify(book, order, said)
    return _back(order, said, "Paiement à valider")


def refused_then_paid(book: Book, order: BankOrder) -> Back:
    """A first card is refused, a second one taken."""
    notify(book, order, answer(order.fields, book.move(order, status="REFUSED")))
    return pay(book, order)


def paid_twice(book: Book, order: BankOrder) -> Back:
    """Two payments on one order: both take money."""
    notify(book, order, _paid(book, order)[1])
    return pay(book, order)


def refund(book: Book, order: BankOrder, cents: int) -> Back:
    """The shop's back office gives money back."""
    done = book.move(order, operation="CREDIT", cents=cents)
    notify(book, order, answer(order.fields, done), source="MERCH_BO")
    return Back(words="Remboursement fait", fields=None)


def cancel(book: Book, order: BankOrder) -> Back:
    """A payment that was not captured yet is cancelled."""
    for done in book.moves(order):
        if done.operation == "DEBIT" and done.status == "AUTHORISED":
            book.settle(done.uuid, "CANCELLED")
            gone = Transaction(**{**vars(done), "status": "CANCELLED"})
            notify(book, order, answer(order.fields, gone), source="MERCH_BO")
    return Back(words="Paiement annulé", fields=None)


Button = Callable[[Book, BankOrder], Back]
BUTTONS: dict[str, tuple[str, Button]] = {
    "payer": ("Payer", pay),
    "refuser": ("Refuser la carte", refuse),
    "abandonner": ("Abandonner", abandon),
    "silence": ("Laisser expirer, sans un mot", silence),
    "notification": ("Payer : notification seule", notification_only),
    "retour": ("Payer : retour seul", return_only),
    "retour-avant": ("Payer : retour avant la notification", return_first),
    "deux": ("Payer, notifier deux fois", twice),
    "cinq": ("Payer, notifier cinq fois à la fois", five_at_once),
    "tard": ("Payer, notifier plus tard", late),
    "signature": ("Signature fausse", wrong_signature),
    "montant": ("Autre montant", wrong_amount),
    "devise": ("Autre devise", other_currency),
    "mode": ("Réponse de l’autre mode", test_answer),
    "valider": ("Paiement à valider", to_validate),
    "refus-puis": ("Refusé, puis payé", refused_then_paid),
    "double": ("Deux paiements sur la commande", paid_twice),
}
AFTER: dict[str, tuple[str, Button]] = {
    "rembourser-part": (
        "Rembourser la moitié",
        lambda book, order: refund(book, order, max(book.money(order) // 2, 1)),
    ),
    "rembourser": (
        "Rembourser tout",
        lambda book, order: refund(book, order, book.money(order)),
    ),
    "annuler": ("Annuler le paiement", cancel),
}
