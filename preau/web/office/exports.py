"""Any list of the office as a file: XLSX for spreadsheets, CSV for everything else."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import xlsxwriter
from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify

from preau.core import clock

type Value = str | int | Decimal | date | datetime | None
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
# What a spreadsheet would read as a formula: a family may be named anything.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDEST = 60


def wanted_format(request: HttpRequest) -> str:
    """The file this address asks for, "" for the page itself."""
    asked = request.GET.get("format", "")
    return asked if asked in FORMATS else ""


def exported(
    request: HttpRequest, name: str, header: Sequence[str], rows: Iterable[Sequence[Value]]
) -> HttpResponse:
    """The list as the file that the address asks for, dated, never as formulas."""
    kind = wanted_format(request) or "csv"
    table = [list(row) for row in rows]
    content = _xlsx(name, header, table) if kind == "xlsx" else _csv(header, table)
    answer = HttpResponse(content, content_type=FORMATS[kind])
    file = f"{slugify(name)}-{clock.today():%Y-%m-%d}.{kind}"
    answer["Content-Disposition"] = f'attachment; filename="{file}"'
    return answer


def _xlsx(name: str, header: Sequence[str], table: list[list[Value]]) -> bytes:
    out = BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "dd/mm/yyyy",
        "remove_timezone": True,
    }
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("Liste")
        bold = book.add_format({"bold": True})
        moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm:ss"})
        book.set_properties({"title": name})
        sheet.freeze_panes(1, 0)
        sheet.write_row(0, 0, header, bold)
        for number, row in enumerate(table, start=1):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(number, column, value.astimezone(clock.PARIS), moment)
                else:
                    sheet.write(number, column, value)
        for column, title in enumerate(header):
            widest = max([len(title), *(len(str(row[column] or "")) for row in table)])
            sheet.set_column(column, column, min(widest + 2, _WIDEST))
        sheet.autofilter(0, 0, max(len(table), 1), len(header) - 1)
    return out.getvalue()


def _csv(header: Sequence[str], table: list[list[Value]]) -> bytes:
    out = StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(header)
    writer.writerows([_plain(value) for value in row] for row in table)
    # The mark at the start tells French spreadsheets that accents are in UTF-8.
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _plain(value: Value) -> str:
    """A value as a French spreadsheet reads it, and never as a formula."""
    if isinstance(value, datetime):
        return f"{value.astimezone(clock.PARIS):%d/%m/%Y %H:%M:%S}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, Decimal):
        return str(value).replace(".", ",")
    text = "" if value is None else str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text
