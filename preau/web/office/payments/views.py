"""Payments by card as the accountant watches them, and the shop's settings."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from preau.core.errors import RefusedError
from preau.families.scope import families_of_centres
from preau.org.models import Centre
from preau.payments.actions import treat
from preau.payments.actions.shops import set_shop
from preau.payments.gateways.catalog import PROVIDERS
from preau.payments.models import BankNotification, CardShop
from preau.payments.queries.watch import attempts_of_families, overpayments, troubles
from preau.web.office.money.accounts import money_page, works_everywhere
from preau.web.office.payments.forms import ShopForm, as_shop
from preau.web.sessions import recently_confirmed, to_confirm
from preau.web.signed_in import signed_in
from preau.web.typed import typed_id

_A_PAGE = 50


@require_safe
@money_page
def card_payments(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """What needs somebody, then every payment begun."""
    families = families_of_centres(centres)
    whole = works_everywhere(centres)
    found = attempts_of_families(families)
    context = {
        "page": Paginator(found, _A_PAGE).get_page(request.GET.get("page")),
        "troubles": troubles()[:_A_PAGE] if whole else [],
        "overpaid": overpayments(families)[:10],
        "whole": whole,
        "shop": CardShop.objects.filter(is_open=True).first(),
        "false_cards": settings.FALSE_CARDS_SETTLE,
    }
    return render(request, "office/payments/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@money_page
def trouble(request: HttpRequest, centres: QuerySet[Centre], trouble_id: int) -> HttpResponse:
    """One message of a bank that nobody could settle; posting decides."""
    if not works_everywhere(centres):
        raise Http404
    notifications = BankNotification.objects.select_related("shop", "attempt__family")
    found = get_object_or_404(notifications, pk=trouble_id)
    refusal = ""
    if request.method == "POST":
        try:
            said = _treat(request, centres, found)
        except RefusedError as error:
            refusal = str(error)
            found.refresh_from_db()
        else:
            messages.success(request, said)
            return redirect("office:card_payments")
    told = treat.told_by(found)
    context = {
        "trouble": found,
        "told": told,
        "can_be_credited": treat.can_be_credited(told, found),
        "refusal": refusal,
        "number": request.POST.get("family", found.attempt.family.number if found.attempt else ""),
        "note": request.POST.get("note", "")[:200],
    }
    status = 422 if refusal else 200
    return render(request, "office/payments/trouble.html", context, status=status)


def _treat(request: HttpRequest, centres: QuerySet[Centre], found: BankNotification) -> str:
    note = " ".join(request.POST.get("note", "").split())[:200]
    act = request.POST.get("do", "")
    if act == "replay":
        outcome = treat.replay(notification=found)
        return f"Le message a été relu\u00a0: {outcome.label}."
    if act == "credit":
        number = typed_id(request.POST.get("family", ""))
        family = families_of_centres(centres).filter(number=number).first()
        if family is None:
            raise RefusedError("Aucune famille n’a ce numéro.")
        actor = signed_in(request)
        payment = treat.credit_by_hand(actor=actor, notification=found, family=family, note=note)
        return f"{family} est créditée\u00a0: reçu {payment.receipt}."
    if act == "aside":
        treat.set_aside(actor=signed_in(request), notification=found, note=note)
        return "Le message est classé, avec votre note."
    raise RefusedError("Choisissez ce qu’il faut faire.")


@require_http_methods(["GET", "HEAD", "POST"])
@money_page
def card_shop(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """The account at the provider. One's own password is asked again before it changes."""
    if not works_everywhere(centres):
        raise Http404
    shop = CardShop.objects.order_by("-is_open", "-pk").first()
    posted = request.method == "POST"
    if posted and not recently_confirmed(request):
        return to_confirm(reverse("office:card_shop"))
    initial: dict[str, Any] = as_shop(shop) if shop else {}
    form = ShopForm(request.POST if posted else None, initial=initial)
    if form.is_valid():
        try:
            set_shop(actor=signed_in(request), settings=form.settings_of(shop))
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Les réglages du paiement par carte sont enregistrés.")
            return redirect("office:card_shop")
    keys = shop.keys.select_related("added_by") if shop else []
    context = {"form": form, "shop": shop, "providers": PROVIDERS, "keys": keys}
    status = 422 if form.errors else 200
    return render(request, "office/payments/shop.html", context, status=status)
