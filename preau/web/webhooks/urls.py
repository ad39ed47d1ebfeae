from django.urls import re_path

from preau.web.webhooks import views

app_name = "webhooks"

urlpatterns = [
    # With or without its slash, and no redirect: a bank follows none.
    re_path(r"^notification/(?P<gateway>[-a-zA-Z0-9_]{1,30})/?$", views.notification, name="bank"),
]
