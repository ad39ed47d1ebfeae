"""Periods of the centres: the list, and making one from the calendar or from another (B20)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from preau.activities.actions.plan import PeriodOptions, copy_period, create_period
from preau.activities.enums import PeriodKind
from preau.activities.models import Period
from preau.activities.proposals import WORKDAYS, Proposal, proposals, usual_deadline, usual_window
from preau.activities.queries.periods import centres_with_periods, periods_of_centres
from preau.core import clock
from preau.core.errors import RefusedError
from preau.core.models import User
from preau.org.enums import BOOKABLE_KINDS
from preau.org.models import AgeGroup, Centre
from preau.org.ours import organisation
from preau.web.office.access import office_page
from preau.web.office.exports import exported, wanted_format
from preau.web.office.planning.forms import CalendarForm, CopyForm
from preau.web.signed_in import signed_in

_COPY = "copy"


@require_safe
@office_page
def planning(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Every period of these centres, centre by centre; past ones only when asked for."""
    past = request.GET.get("passees") == "1"
    groups = centres_with_periods(centres, past=past, today=clock.today())
    if wanted_format(request):
        rows = (_row(period) for _, periods in groups for period in periods)
        return exported(request, "Périodes", _HEADER, rows)
    context = {
        "groups": groups,
        "past": past,
        "now": clock.now(),
        "may_make": centres.filter(kind__in=BOOKABLE_KINDS).exists(),
    }
    return render(request, "office/planning/list.html", context)


_HEADER = (
    "Centre",
    "Période",
    "Type",
    "Premier jour",
    "Dernier jour",
    "Ouverture",
    "Fermeture",
    "Qui décide",
    "Publiée",
)


def _row(period: Period) -> tuple[Any, ...]:
    return (
        period.centre.name,
        period.name,
        period.get_kind_display(),
        period.starts_on,
        period.ends_on,
        period.opens_at,
        period.closes_at,
        period.get_mode_display(),
        "oui" if period.published else "non",
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office_page
def new(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    """Choose where a period comes from, then make it: unpublished, whatever was chosen."""
    bookable = centres.filter(kind__in=BOOKABLE_KINDS)
    start = _start(request, bookable)
    if start is None:
        return _choose(request, bookable)
    if request.method == "POST" and request.POST.get("do") == "create":
        made = start.make(signed_in(request))
        if made is not None:
            messages.success(
                request,
                f"«\u00a0{made.name}\u00a0» est prête, invisible des familles. "
                "Vérifiez ses jours et ses places, puis publiez-la.",
            )
            return redirect("office:period", made.pk)
    context = {"start": start, "form": start.form, "tried": request.POST.get("do") == "create"}
    return render(request, "office/planning/new.html", context, status=422 if start.wrong else 200)


def _choose(request: HttpRequest, centres: QuerySet[Centre]) -> HttpResponse:
    ours = organisation()
    zone = ours.school_zone if ours else "C"
    own = list(centres)
    wanted = request.GET.get("centre", "")
    centre = next((each for each in own if str(each.pk) == wanted), own[0] if own else None)
    context = {
        "own": own,
        "centre": centre,
        "proposals": proposals(zone, clock.today()) if centre else [],
        "sources": periods_of_centres(centres).filter(centre=centre).order_by("-starts_on")[:20],
    }
    return render(request, "office/planning/choose.html", context)


@dataclass(kw_only=True)
class _Start:
    """Where a new period comes from, with its form. `wrong`: it was refused."""

    centre: Centre
    source: Period | None = None
    kind: PeriodKind = PeriodKind.HOLIDAYS
    form: Any = None
    wrong: bool = False

    def make(self, actor: User) -> Period | None:
        """The period made; None with the reasons in the form."""
        if not self.form.is_valid():
            self.wrong = True
            return None
        if self.source is None and not self.form.same_holidays:
            self.wrong = True
            self.form.add_error(
                None, "Les dates ont changé\u00a0: vérifiez leurs jours fériés, puis créez."
            )
            return None
        try:
            return self._copy(self.source, actor) if self.source else self._create(actor)
        except RefusedError as refusal:
            self.wrong = True
            self.form.add_error(None, str(refusal))
            return None

    def _create(self, actor: User) -> Period:
        rule = usual_deadline(self.kind).as_json()
        return create_period(
            centre=self.centre,
            kind=self.kind,
            name=self.form.cleaned_data["name"],
            days=self.form.days,
            closed=self.form.closures(),
            window=self.form.window,
            deadlines=(rule, rule),
            capacities=self.form.capacities(),
            options=PeriodOptions(published=False),
            actor=actor,
        )

    def _copy(self, source: Period, actor: User) -> Period:
        return copy_period(
            source=source,
            centre=self.centre,
            name=self.form.cleaned_data["name"],
            starts_on=self.form.cleaned_data["starts_on"],
            window=self.form.window,
            with_outings=self.form.cleaned_data["outings"],
            actor=actor,
        )


def _start(request: HttpRequest, centres: QuerySet[Centre]) -> _Start | None:
    """What the address says: `depuis=holidays.2027-02-08` or `depuis=copy.12`, in a centre."""
    word, _, rest = request.GET.get("depuis", "").partition(".")
    if not word or not rest:
        return None
    wanted = request.GET.get("centre", "")
    centre = get_object_or_404(centres, pk=int(wanted) if wanted.isdecimal() else 0)
    data = request.POST if request.method == "POST" else None
    if word == _COPY:
        return _copying(centre, rest, data)
    return _from_calendar(centre, word, rest, data)


def _copying(centre: Centre, number: str, data: Any) -> _Start:
    own = Period.objects.filter(centre=centre)
    source = get_object_or_404(own, pk=int(number) if number.isdecimal() else 0)
    later = timedelta(weeks=52)
    initial = {
        "name": f"{source.name} (copie)",
        "starts_on": source.starts_on + later,
        "opens_at": source.opens_at + later,
        "closes_at": source.closes_at + later,
        "outings": True,
    }
    return _Start(centre=centre, source=source, form=CopyForm(data, initial=initial))


def _from_calendar(centre: Centre, word: str, day: str, data: Any) -> _Start:
    ours = organisation()
    zone = ours.school_zone if ours else "C"
    proposal = _proposal(zone, word, day)
    opens, closes = usual_window(proposal.kind, proposal.starts_on, proposal.ends_on, clock.now())
    form = CalendarForm(
        data,
        kind=proposal.kind,
        zone=zone,
        groups=AgeGroup.objects.filter(centre=centre),
        initial={
            "name": proposal.name,
            "starts_on": proposal.starts_on,
            "ends_on": proposal.ends_on,
            "weekdays": sorted(WORKDAYS),
            "opens_at": opens,
            "closes_at": closes,
        },
    )
    return _Start(centre=centre, kind=proposal.kind, form=form)


def _proposal(zone: str, word: str, day: str) -> Proposal:
    try:
        kind, first = PeriodKind(word), date.fromisoformat(day)
    except ValueError:
        raise Http404 from None
    for each in proposals(zone, clock.today()):
        if (each.kind, each.starts_on) == (kind, first):
            return each
    raise Http404
