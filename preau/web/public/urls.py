from django.urls import path

from preau.web.family.feed import calendar
from preau.web.public import factor, health, legal, lost, metrics, own, payment, prices, views

urlpatterns = [
    path("", views.front, name="front"),
    path("accueil/", views.home, name="home"),
    path("connexion/", views.SignIn.as_view(), name="account_login"),
    path("deconnexion/", views.SignOut.as_view(), name="account_logout"),
    path("mot-de-passe/", views.ChangePassword.as_view(), name="account_change_password"),
    path("mot-de-passe/premier/", views.first_password, name="account_first_password"),
    path("mot-de-passe/oublie/", lost.ask, name="account_lost_password"),
    path("mot-de-passe/code/", lost.code, name="account_lost_code"),
    path("confirmer/", views.confirm_password, name="account_reauthenticate"),
    path("second-facteur/", factor.Authenticate.as_view(), name="mfa_authenticate"),
    path("second-facteur/nouveau/", factor.Activate.as_view(), name="mfa_activate_totp"),
    path("second-facteur/codes/", factor.Codes.as_view(), name="mfa_view_recovery_codes"),
    path("second-facteur/remplacer/", factor.Replace.as_view(), name="mfa_replace"),
    path("second-facteur/retirer/", factor.remove, name="mfa_remove"),
    path("sessions/fermer/", own.end_session, name="account_end_session"),
    path("acces-ferme/", views.inactive, name="account_inactive"),
    path("mentions-legales/", legal.notice, name="legal_notice"),
    path("confidentialite/", legal.privacy, name="privacy"),
    path("accessibilite/", legal.accessibility, name="accessibility"),
    path(".well-known/security.txt", legal.security, name="security"),
    path("tarifs/", prices.prices, name="public_prices"),
    path("paiement/retour/<slug:reference>/", payment.payment_return, name="payment_return"),
    path("calendrier/<str:key>.ics", calendar, name="calendar"),
    path("healthz", health.live, name="healthz"),
    path("metrics", metrics.metrics, name="metrics"),
    path("readyz", health.ready, name="readyz"),
]
