from django.urls import path, re_path

from preau.demo import views

app_name = "demo"

urlpatterns = [
    path("courriels/", views.mailbox, name="mailbox"),
    re_path(r"^courriels/(?P<name>[0-9a-f]{24})/$", views.mail, name="mail"),
]
