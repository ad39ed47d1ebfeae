"""The pages of the test bank. These addresses do not exist in production."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.demo.bank import acts
from preau.demo.bank.book import BankOrder, Book, Shop
from preau.demo.bank.protocol import OrderError

FILE = "banque.sqlite"


def the_book() -> Book:
    """The book of this demonstration's bank."""
    return Book(Path(settings.DATA) / FILE)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def front(request: HttpRequest) -> HttpResponse:
    """Where a shop's form arrives; without one, the bank's counter."""
    book = the_book()
    if request.method == "POST":
        try:
            order = book.take_order(request.POST.dict())
        except OrderError as refusal:
            return render(request, "demo/bank/refused.html", {"said": str(refusal)}, status=400)
        return redirect("demo:bank_order", order.number)
    rows = [(order, book.money(order)) for order in book.orders()]
    return render(request, "demo/bank/counter.html", {"rows": rows, "untaken": book.untaken()})


def _order(book: Book, number: int) -> BankOrder:
    try:
        return book.order(number)
    except (KeyError, OverflowError):
        raise Http404 from None


@require_safe
def order(request: HttpRequest, number: int) -> HttpResponse:
    """An order, with everything that a bank may do to it."""
    book = the_book()
    found = _order(book, number)
    moves = book.moves(found)
    context = {
        "order": found,
        "moves": moves,
        "money": book.money(found),
        "usual": [(code, acts.BUTTONS[code][0]) for code in ("payer", "refuser", "abandonner")],
        "buttons": [(code, words) for code, (words, _) in list(acts.BUTTONS.items())[3:]],
        "after": [(code, words) for code, (words, _) in acts.AFTER.items()],
    }
    return render(request, "demo/bank/order.html", context)


@require_POST
def act(request: HttpRequest, number: int) -> HttpResponse:
    """Do it, and show the way back to the shop."""
    book = the_book()
    found = _order(book, number)
    chosen = (acts.BUTTONS | acts.AFTER).get(request.POST.get("do", ""))
    if chosen is None or (chosen[1] in _UNDOING and book.money(found) <= 0):
        raise Http404
    back = chosen[1](book, found)
    way = ""
    if back.fields is not None:
        way = f"{found.fields['vads_url_return']}?{urlencode(back.fields)}"
    context = {"order": found, "back": back, "way": way}
    return render(request, "demo/bank/done.html", context)


_UNDOING = {act for _, act in acts.AFTER.values()}


@require_POST
def retry(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Send again what no shop acknowledged."""
    acts.retry(the_book())
    return redirect("demo:bank")


@csrf_exempt
@require_POST
def api(request: HttpRequest, service: str) -> HttpResponse:
    """The bank's server for shops: what became of an order, and refunds (REST API V4)."""
    book = the_book()
    shop = _who(request, book)
    if shop is None:
        return JsonResponse(_error("INT_905", "invalid credentials"), status=401)
    try:
        asked: dict[str, Any] = json.loads(request.body)
    except ValueError:
        return JsonResponse(_error("INT_902", "not JSON"), status=400)
    if service == "Order/Get":
        return JsonResponse(_order_of(book, shop, str(asked.get("orderId", ""))))
    return JsonResponse(_refund(book, shop, asked))


def _who(request: HttpRequest, book: Book) -> Shop | None:
    kind, _, credentials = request.headers.get("Authorization", "").partition(" ")
    try:
        site, _, password = b64decode(credentials, validate=True).decode().partition(":")
    except ValueError:
        return None
    shop = book.shop(site) if kind == "Basic" else None
    return shop if shop and shop.password == password else None


def _error(code: str, message: str) -> dict[str, Any]:
    return {"status": "ERROR", "answer": {"errorCode": code, "errorMessage": message}}


def _order_of(book: Book, shop: Shop, reference: str) -> dict[str, Any]:
    orders = book.by_reference(shop.site, reference)
    moves = [(each, done) for each in orders for done in book.moves(each)]
    if not moves:
        return _error("PSP_010", "transaction not found")
    answer = {
        "shopId": shop.site,
        "orderDetails": {"orderId": reference, "mode": orders[0].fields["vads_ctx_mode"]},
        "transactions": [
            {
                "uuid": done.uuid,
                "amount": done.cents,
                "currency": {"978": "EUR", "756": "CHF"}[done.currency],
                "detailedStatus": done.status,
                "operationType": done.operation,
                "creationDate": done.at.isoformat(),
            }
            for _, done in moves
        ],
    }
    return {"status": "SUCCESS", "answer": answer}


def _refund(book: Book, shop: Shop, asked: dict[str, Any]) -> dict[str, Any]:
    found = book.of_transaction(shop.site, str(asked.get("uuid", "")))
    cents = asked.get("amount")
    if found is None or not isinstance(cents, int) or not 0 < cents <= book.money(found[0]):
        return _error("PSP_010", "transaction not found")
    acts.refund(book, found[0], cents)
    return {"status": "SUCCESS", "answer": {"detailedStatus": "AUTHORISED"}}
