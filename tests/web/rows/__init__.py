"""Every address of the site, each with its row; a new address goes into the file of its area."""

from __future__ import annotations

from tests.web.rows import (
    family,
    files,
    money,
    office,
    organisation,
    payments,
    public,
    publications,
    register,
)
from tests.web.rows.vocabulary import Row

AREAS = (family, files, money, office, organisation, payments, public, publications, register)
MATRIX: dict[str, dict[str, Row]] = {
    name: rows for area in AREAS for name, rows in area.ROWS.items()
}
