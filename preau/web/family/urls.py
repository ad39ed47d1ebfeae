from django.urls import path

from preau.web.family import (
    absences,
    account,
    booking,
    feed,
    paying,
    prices,
    publications,
    views,
)

app_name = "family"

urlpatterns = [
    path("", views.home, name="home"),
    path("changer/", views.switch_family, name="switch"),
    path("espace/", views.own_space, name="space"),
    path("espace/calendrier/", feed.open_calendar, name="open_calendar"),
    path("espace/calendrier/arreter/", feed.stop_calendar, name="stop_calendar"),
    path("reservations/", views.centres, name="centres"),
    path("reservations/centre/<int:centre_id>/", views.periods, name="periods"),
    path("reservations/<int:period_id>/", booking.book, name="book"),
    path("reservations/<int:period_id>/envoyer/", booking.send_prepared, name="send_prepared"),
    path("attestations/", account.attestations, name="attestations"),
    path("attestations/<int:attestation_id>/", account.attestation, name="attestation"),
    path("compte/", account.account, name="account"),
    path("compte/releve.<slug:form>", account.statement, name="statement"),
    path("compte/payer/", paying.pay, name="pay"),
    path("compte/payer/<slug:reference>/", paying.leave, name="leave"),
    path("compte/pieces/<int:paper_id>/", account.paper, name="paper"),
    path("compte/recus/<int:payment_id>/", account.receipt, name="receipt"),
    path("reservations/<int:period_id>/estimation/", prices.estimate, name="estimate"),
    path("tarifs/", prices.prices, name="prices"),
    path("absences/", absences.absences, name="absences"),
    path("absences/<int:certificate_id>/piece/", absences.paper, name="certificate_paper"),
    path("absences/<int:certificate_id>/retirer/", absences.withdraw, name="withdraw_certificate"),
    path("imprimes/", publications.publications, name="publications"),
    path("imprimes/<int:publication_id>/", publications.publication, name="publication"),
    path("imprimes/<int:publication_id>/apercu/", publications.preview, name="publication_preview"),
    path("demandes/", booking.requests, name="requests"),
    path("demandes/<int:request_id>/", booking.request_detail, name="request"),
    path("demandes/<int:request_id>/supprimer/", booking.delete, name="delete_request"),
    path("demandes/places/<int:line_id>/", booking.answer, name="answer_offer"),
]
