"""Every address of the site."""

from django.conf import settings
from django.urls import include, path

urlpatterns = [
    path("", include("preau.web.public.urls")),
    path("paiement/", include("preau.web.webhooks.urls")),
    path("famille/", include("preau.web.family.urls")),
    path("direction/", include("preau.web.office.urls")),
    *(
        [path("demo/", include("preau.demo.urls")), path("bench/", include("preau.bench.urls"))]
        if "preau.demo" in settings.INSTALLED_APPS
        else []
    ),
]

handler400 = "preau.web.errors.bad_request"
handler403 = "preau.web.errors.forbidden"
handler404 = "preau.web.errors.not_found"
handler429 = "preau.web.errors.too_many_requests"  # allauth's limits
handler500 = "preau.web.errors.server_error"
