"""Tables for spreadsheets, XLSX or CSV: real dates and numbers, and never a formula."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO, StringIO

import xlsxwriter

from preau.core import clock

type Value = str | int | Decimal | date | datetime | None
# What a spreadsheet would read as a formula: a family may be named anything.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_WIDEST = 60


def as_xlsx(name: str, header: Sequence[str], table: Sequence[Sequence[Value]]) -> bytes:
    """One sheet of these rows under these headings."""
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


def as_csv(header: Sequence[str], table: Sequence[Sequence[Value]]) -> bytes:
    """The rows as French spreadsheets read them: semicolons, comma, UTF-8 with its mark."""
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
