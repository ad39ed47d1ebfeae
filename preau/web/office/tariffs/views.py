"""Tariffs: the list, entering one, editing, publishing, comparing, importing and exporting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_safe

from preau.billing.actions.centres import set_centres
from preau.billing.models import CentreTariff
from preau.billing.queries.changes import changes_of
from preau.billing.queries.prices import tariffs_of_staff
from preau.core.errors import RefusedError, StaleError
from preau.org.enums import Right
from preau.org.models import Centre
from preau.pricing.actions.versions import (
    create_tariff,
    publish_version,
    remove_draft,
    save_draft,
)
from preau.pricing.models import Tariff, TariffVersion
from preau.pricing.queries.built import built
from preau.pricing.tariff import Family, PricingError, TariffError, read_text, write_text
from preau.pricing.tariff import Tariff as Document
from preau.pricing.tariff.checks import check_tariff
from preau.pricing.tariff.compare import differences
from preau.pricing.tariff.curve import Curve, draw, sample
from preau.pricing.tariff.editing import starter
from preau.web.office.access import office_page_for
from preau.web.office.tariffs.forms import (
    HeadForm,
    NewTariffForm,
    document_of_post,
    parts_of,
    tables_of,
)
from preau.web.signed_in import signed_in

_CURVES = 3
_NOT_YOURS = "Ce tarif sert aussi à d’autres centres : l’administration le change."


@require_safe
@office_page_for(Right.PRICES)
def tariffs(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Every tariff of these centres, with its versions."""
    links = Prefetch("centres", CentreTariff.objects.select_related("centre"))
    found = tariffs_of_staff(centres).prefetch_related("versions", links)
    return render(request, "office/tariffs/list.html", {"tariffs": found})


@require_http_methods(["GET", "HEAD", "POST"])
@office_page_for(Right.PRICES)
def new(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Enter a tariff from its published table, or import a file."""
    post = request.method == "POST"
    form = NewTariffForm(
        request.POST if post else None,
        request.FILES if post else None,
        centres=centres,
        initial={"days": ["wednesdays", "holidays"], "decimals": "drop", "centres": list(centres)},
    )
    if post and "file" in request.FILES:
        # A file says its own name and dates.
        form.fields["name"].required = form.fields["valid_from"].required = False
    if post and form.is_valid():
        try:
            text = form.cleaned_data["file"] or write_text(_first_document(form))
            version = create_tariff(actor=signed_in(request), text=text)
            set_centres(tariff=version.tariff, among=centres, chosen=form.cleaned_data["centres"])
        except (RefusedError, PricingError) as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, "Le tarif est enregistré. Rien n’est publié : vérifiez-le ci-dessous."
            )
            return redirect("office:tariff", version.tariff_id)
    status = 422 if post else 200
    return render(request, "office/tariffs/new.html", {"form": form}, status=status)


def _first_document(form: NewTariffForm) -> dict[str, Any]:
    data = form.cleaned_data
    document = starter(data["name"], data["valid_from"].isoformat(), data["table"])
    document["days"] = data["days"]
    document["quotient"] = {"decimals": data["decimals"] or "drop"}
    return document


@require_http_methods(["GET", "HEAD", "POST"])
@office_page_for(Right.PRICES)
def tariff(request: HttpRequest, centres: QuerySet[Centre], tariff_id: int) -> HttpResponse:
    """One tariff: what is published, and its draft to edit."""
    row = get_object_or_404(tariffs_of_staff(centres), pk=tariff_id)
    version = row.versions.first()
    if version is None:
        raise Http404
    if request.method != "POST":
        return _page(request, centres, row, version)
    if not may_edit(row, centres):
        messages.error(
            request, "Ce tarif sert aussi à d’autres centres : l’administration le change."
        )
        return redirect("office:tariff", row.pk)
    return _do(request, centres, row, version)


def may_edit(row: Tariff, centres: QuerySet[Centre]) -> bool:
    """Whether somebody of these centres may change a tariff: it prices no other centre."""
    return not row.centres.exclude(centre__in=centres.values("pk")).exists()


def _do(
    request: HttpRequest, centres: QuerySet[Centre], row: Tariff, version: TariffVersion
) -> HttpResponse:
    actor, do = signed_in(request), request.POST.get("do", "")
    try:
        if do == "publish":
            publish_version(actor=actor, version=version)
            messages.success(request, "Le tarif est publié : il vaut dès son premier jour.")
        elif do == "remove":
            removed = row.versions.count() > 1 and remove_draft(tariff=row)
            said = "La version en préparation est retirée." if removed else "Rien à retirer."
            messages.success(request, said)
        else:
            return _save(request, centres, row, version)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("office:tariff", row.pk)


def _save(
    request: HttpRequest, centres: QuerySet[Centre], row: Tariff, version: TariffVersion
) -> HttpResponse:
    base = read_text(version.text)
    form = HeadForm(request.POST, centres=centres)
    refusal, status = "", 422
    if form.is_valid():
        try:
            document = document_of_post(request.POST, _with_head(base, form.cleaned_data))
            save_draft(
                actor=signed_in(request),
                tariff=row,
                text=write_text(document),
                seen=_seen(request, version),
            )
            set_centres(tariff=row, among=centres, chosen=form.cleaned_data["centres"])
        except StaleError as error:
            refusal, status = str(error), 409
        except (RefusedError, PricingError) as error:
            refusal = str(error)
        else:
            messages.success(request, "Le tarif est enregistré, en préparation.")
            return redirect("office:tariff", row.pk)
    return _page(request, centres, row, version, form=form, refusal=refusal, status=status)


def _seen(request: HttpRequest, version: TariffVersion) -> str | None:
    """The file on the screen, by its version: another one makes the comparison fail."""
    if not version.is_draft:
        return None
    return version.text if request.POST.get("seen") == _mark(version) else ""


def _mark(version: TariffVersion) -> str:
    return f"{version.pk}.{version.saved_at.timestamp():.6f}"


def _with_head(base: dict[str, Any], head: dict[str, Any]) -> dict[str, Any]:
    document = dict(base)
    document["name"] = head["name"]
    document["valid_from"] = head["valid_from"].isoformat()
    if document.get("valid_to") and document["valid_to"] < document["valid_from"]:
        del document["valid_to"]
    document["days"] = head["days"]
    if head["decimals"]:
        document["quotient"] = {**base.get("quotient", {}), "decimals": head["decimals"]}
    return document


def _page(
    request: HttpRequest,
    centres: QuerySet[Centre],
    row: Tariff,
    version: TariffVersion,
    *,
    form: HeadForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    data = read_text(version.text)
    document = built(version.text)
    versions = list(row.versions.all())
    before = next((each for each in versions if not each.is_draft), None)
    typed = request.POST if form is not None else None
    context = {
        "tariff": row,
        "version": version,
        "versions": versions,
        "before": before if version.is_draft else None,
        "mark": _mark(version),
        "may_edit": may_edit(row, centres),
        "form": form or _head_form(row, data, centres),
        "tables": tables_of(data, typed),
        "parts": parts_of(data, typed),
        "findings": check_tariff(document),
        "curves": _curves(document),
        "refusal": refusal,
    }
    return render(request, "office/tariffs/edit.html", context, status=status)


def _head_form(row: Tariff, data: dict[str, Any], centres: QuerySet[Centre]) -> HeadForm:
    initial = {
        "name": data["name"],
        "valid_from": data.get("valid_from"),
        "days": data.get("days", []),
        "decimals": data.get("quotient", {}).get("decimals", "keep"),
        "centres": list(row.centres.values_list("centre_id", flat=True)),
    }
    return HeadForm(initial=initial, centres=centres)


def _curves(document: Document) -> list[Curve]:
    """The first services that depend on the quotient, for a family of the first zone."""
    zone = document.zones[0].name if document.zones else ""
    family = Family(zone=zone, scheme="caf")
    drawn: list[Curve] = []
    for key, service in document.services.items():
        points = sample(document, key, family) if len(drawn) < _CURVES else []
        curve = draw(service.label, points) if len({p.price for p in points}) > 1 else None
        drawn += [curve] if curve else []
    return drawn


@require_safe
@office_page_for(Right.PRICES)
def export(request: HttpRequest, centres: QuerySet[Centre], tariff_id: int) -> HttpResponse:
    """The file of a version, word for word."""
    row = get_object_or_404(tariffs_of_staff(centres), pk=tariff_id)
    version = _version(row, request.GET.get("version", ""))
    answer = HttpResponse(version.text, content_type="application/yaml; charset=utf-8")
    name = slugify(row.name)[:60] or "tarif"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-v{version.number}.yaml"'
    return answer


def _version(row: Tariff, number: str) -> TariffVersion:
    """The version of that number, else the latest."""
    found = row.versions.all()
    if number.isascii() and number.isdigit() and len(number) < 9:
        found = found.filter(number=int(number))
    version = found.first()
    if version is None:
        raise Http404
    return version


@require_safe
@office_page_for(Right.PRICES)
def compare(request: HttpRequest, centres: QuerySet[Centre], tariff_id: int) -> HttpResponse:
    """Two versions side by side: places that differ, and what it changes for families."""
    row = get_object_or_404(tariffs_of_staff(centres), pk=tariff_id)
    after = _version(row, request.GET.get("version", ""))
    before = row.versions.filter(number__lt=after.number).first()
    context: dict[str, Any] = {"tariff": row, "before": before, "after": after}
    if before is not None:
        old, new_one = built(before.text), built(after.text)
        context["differences"] = differences(old.document, new_one.document)
        context["changes"] = changes_of(row, old, new_one, after.valid_from)
    return render(request, "office/tariffs/compare.html", context)


__all__ = ["TariffError", "compare", "export", "new", "tariff", "tariffs"]
