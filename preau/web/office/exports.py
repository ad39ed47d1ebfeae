"""Any list of the office as a file: XLSX for spreadsheets, CSV for everything else."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify

from preau.core import clock
from preau.core.tables import Value, as_csv, as_xlsx
from preau.web.downloads import XLSX, attachment

FORMATS = {"xlsx": XLSX, "csv": "text/csv; charset=utf-8"}


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
    content = as_xlsx(name, header, table) if kind == "xlsx" else as_csv(header, table)
    return attachment(content, FORMATS[kind], f"{slugify(name)}-{clock.today():%Y-%m-%d}.{kind}")
