from django.urls import path, re_path

from preau.demo import views
from preau.demo.bank import views as bank

app_name = "demo"

urlpatterns = [
    path("courriels/", views.mailbox, name="mailbox"),
    re_path(r"^courriels/(?P<name>[0-9a-f]{24})/$", views.mail, name="mail"),
    path("banque/", bank.front, name="bank"),
    path("banque/relancer/", bank.retry, name="bank_retry"),
    path("banque/<int:number>/", bank.order, name="bank_order"),
    path("banque/<int:number>/faire/", bank.act, name="bank_act"),
    re_path(
        r"^banque/api-payment/V4/(?P<service>Order/Get|Transaction/CancelOrRefund)$",
        bank.api,
        name="bank_api",
    ),
]
