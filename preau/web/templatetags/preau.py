"""Filters and tags of our templates: French wording, icons."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from decimal import Decimal
from typing import Protocol

from django import template
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from preau.activities.deadlines import in_words
from preau.billing.enums import Nature
from preau.booking.enums import Status
from preau.booking.models import Booking
from preau.booking.queries import summary
from preau.booking.queries.requests import RequestSheet
from preau.booking.queries.sheet import Cell, Row
from preau.core import clock, wording
from preau.core.money import number_in_words
from preau.families.models import Child

register = template.Library()

register.filter("euros", wording.euros)
register.filter("cents", wording.euros_of_cents)
register.filter("in_words", wording.day)
register.filter("short_day", wording.short_day)
register.filter("bare_day", wording.bare_day)
register.filter("moment", wording.moment)


@register.filter
def hour(value: time | datetime) -> str:
    """An hour, of a clock or of an instant in Paris: "8 h 30"."""
    if isinstance(value, datetime):
        value = value.astimezone(clock.PARIS).time()
    return wording.hour(value)


class _Lasting(Protocol):
    starts_on: date
    ends_on: date


@register.filter
def span(value: _Lasting) -> str:
    """The days of a period: "du 8 au 19 février"."""
    return wording.span(
        value.starts_on, value.ends_on, year=value.ends_on.year != clock.today().year
    )


@register.filter
def plural(count: int, words: str) -> str:
    """ "demande,demandes": the number and the right word, never apart on two lines."""
    one, many = words.split(",")
    return f"{count}\N{NO-BREAK SPACE}{many if count > 1 else one}"


@register.filter("pluralize")
def french_s(count: int) -> str:
    """The s of a plural. Django's own filter follows English, where zero takes one."""
    return "s" if count > 1 else ""


@register.filter
def day_of(value: datetime) -> date:
    """The day in Paris of an instant."""
    return clock.day_of(value)


@register.filter
def weight(octets: int) -> str:
    """The size of a file: "240 ko", "1,2 Mo"."""
    if octets < 995_000:
        return f"{max(round(octets / 1000), 1)}\N{NO-BREAK SPACE}ko"
    return f"{octets / 1_000_000:.1f}\N{NO-BREAK SPACE}Mo".replace(".", ",")


@register.filter
def weekday(value: date) -> str:
    """ "lundi 8"."""
    return f"{wording.weekday_name(value.weekday())} {wording.day_number(value.day)}"


@register.filter
def month(value: date) -> str:
    """ "février"."""
    return wording.FRENCH.months[value.month - 1]


@register.filter
def years(age: int) -> str:
    """ "7 ans", never apart on two lines."""
    return f"{age}\N{NO-BREAK SPACE}an{'s' if age > 1 else ''}"


@register.filter
def status_count(count: int, status: str) -> str:
    """ "6 jours acceptés"."""
    return summary.days_in_words(Status(status), count)


@register.filter
def counts_in_words(sheet: RequestSheet) -> str:
    """ "6 jours acceptés et 2 jours refusés."."""
    said = wording.listing([status_count(count, status) for status, count in sheet.counts])
    return f"{said[:1].upper()}{said[1:]}."


@register.filter
def slots_in_words(lines: list[Booking]) -> str:
    """The part of the day these lines make: "journée", "matin et midi"."""
    return summary.slots_in_words([line.slot for line in lines if line.slot])


@register.filter
def parts_of_day(slots: Collection[str]) -> str:
    """Names of slots as said: "journée", "matin et midi"."""
    return summary.slots_in_words(slots)


@register.filter
def deadline(first_refused: datetime) -> str:
    """ "dimanche 24 janvier inclus"."""
    return in_words(first_refused)


@register.filter
def instant(value: datetime) -> str:
    """A moment to the second, as arrival is judged: "lun. 11 janv., 8 h 30 min 04 s"."""
    local = value.astimezone(clock.PARIS)
    clock_time = f"{local.hour} h {local.minute:02d} min {local.second:02d} s"
    nbsp = "\N{NO-BREAK SPACE}"
    return f"{wording.short_day(local.date())}/{local.month:02d}, {clock_time.replace(' ', nbsp)}"


@register.filter
def quotient(value: Decimal) -> str:
    """A quotient without useless cents: "842" or "842,50"."""
    return f"{value:.2f}".removesuffix(".00").replace(".", ",")


@register.filter
def nature(value: str) -> str:
    """What a line pays for: "garde"."""
    return str(Nature(value).label)


@register.filter
def decimal(value: Decimal) -> str:
    """A number in a field or a column: "1", "0,5", "36,07"."""
    return number_in_words(value).replace("\N{NARROW NO-BREAK SPACE}", "")


@register.filter
def age(child: Child, on: date) -> int:
    """Whole years of a child on a day."""
    return child.age_on(on)


@register.filter("of")
def of_table(table: dict[int, object], key: int) -> object:
    """The entry of a table, nothing when there is none."""
    return table.get(key)


@register.filter
def ordinary(cell: Cell, row: Row) -> SafeString:
    """A child's day of which every box may be ticked: the inner loop of the booking page.

    What `parts/booking_grid.html` writes for such a cell, at a tenth of its price.
    """
    name = escape(cell.child.first_name)
    boxes = "\n".join(
        f'<label class="slot"><input type="checkbox" name="pick" value="{box.value}"'
        f"{' checked' if box.ticked else ''}>{box.name}</label>"
        for box in cell.boxes
    )
    return mark_safe(  # noqa: S308 - the name is escaped, the rest is ours
        f'<div class="slots" role="group" data-weekday="{row.weekday}" '
        f'data-kid="{cell.child.pk}" aria-label="{name}, {wording.day(row.on)}">'
        f'<b class="who">{name}</b>\n{boxes}\n</div>'
    )


@register.simple_tag
def icon(name: str, *classes: str) -> SafeString:
    """An icon of the sprite. It says nothing to a screen reader: put the word beside it."""
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>',
        " ".join(["icon", *classes]),
        static("preau/icons.svg"),
        name,
    )
