"""Who may go where: printed forms on line."""

from __future__ import annotations

from tests.web.rows.vocabulary import (
    FAMILIES,
    FAMILY_A,
    FAMILY_B,
    OFFICE,
    REFUSED,
    STAFF,
    Row,
    alone,
    for_both,
    instead,
)

ROWS: dict[str, dict[str, Row]] = {
    "family:publications": alone(FAMILIES),
    "family:publication": for_both(lambda it: it.publication, (FAMILY_A, FAMILY_B)),
    "family:publication_preview": for_both(lambda it: it.publication, (FAMILY_A, FAMILY_B)),
    "office:publications": alone(STAFF),
    "office:new_publication": alone(STAFF, instead(STAFF, 422)),
    "office:publication": for_both(lambda it: it.publication, OFFICE, REFUSED),
    "office:publication_file": for_both(lambda it: it.publication, OFFICE),
    "office:publication_preview": for_both(lambda it: it.publication, OFFICE),
}
