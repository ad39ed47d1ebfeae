"""Every page of the site, by area, and how to come to it. A new route must be in one of them."""

from tests.accessibility.looks import (
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

_AREAS = (family, files, money, office, organisation, payments, public, publications, register)
LOOKS = [look for area in _AREAS for look in area.LOOKS]
NOT_PAGES = {name: why for area in _AREAS for name, why in area.NOT_PAGES.items()}
