from django.urls import path

from preau.web.office import after, board, entry, files, guardians, past, quotients, views
from preau.web.office.attendance import absences, register
from preau.web.office.money import accounts, attestations, exports, papers, runs
from preau.web.office.money import settings as money_settings
from preau.web.office.organisation import staff, trace
from preau.web.office.organisation import views as organisation
from preau.web.office.payments import views as payments
from preau.web.office.planning import outings, period, places
from preau.web.office.planning import views as planning
from preau.web.office.publications import views as publications
from preau.web.office.tariffs import views as tariffs
from preau.web.office.tariffs.simulator import simulator

app_name = "office"

urlpatterns = [
    path("", views.today, name="today"),
    path("demandes/", views.periods, name="periods"),
    path("demandes/<int:period_id>/", board.board, name="board"),
    path("demandes/<int:period_id>/decider/", board.decide, name="decide"),
    path("demandes/<int:period_id>/proposer/", board.propose, name="propose"),
    path("demandes/<int:period_id>/corriger/", after.correct, name="correct"),
    path("demandes/<int:period_id>/offrir/", after.offer, name="offer"),
    path("demandes/<int:period_id>/deplacer/", after.shift, name="shift"),
    path("demandes/<int:period_id>/nouveau/", past.board_news, name="board_news"),
    path("demandes/dossier/<int:request_id>/", past.request_history, name="request"),
    path("journees/<int:day_id>/fermer/", after.close, name="close_day"),
    path("demandes/<int:period_id>/valider/", board.validate, name="validate"),
    path("envois/<int:sending_id>/", board.sending, name="sending"),
    path("periodes/", planning.planning, name="planning"),
    path("periodes/nouvelle/", planning.new, name="new_period"),
    path("periodes/<int:period_id>/", period.settings, name="period"),
    path("periodes/<int:period_id>/delais/", period.deadlines, name="period_deadlines"),
    path("periodes/<int:period_id>/places/", places.places, name="period_places"),
    path("periodes/<int:period_id>/historique/", past.period_trace, name="period_trace"),
    path("periodes/<int:period_id>/jours/", places.add, name="add_day"),
    path("journees/<int:day_id>/", places.change_day, name="change_day"),
    path("periodes/<int:period_id>/sorties/", outings.outings, name="period_outings"),
    path("periodes/<int:period_id>/sorties/nouvelle/", outings.new, name="new_outing"),
    path("sorties/<int:outing_id>/", outings.edit, name="outing"),
    path("sorties/<int:outing_id>/supprimer/", outings.remove, name="remove_outing"),
    path("tarifs/", tariffs.tariffs, name="tariffs"),
    path("tarifs/nouveau/", tariffs.new, name="new_tariff"),
    path("tarifs/simulateur/", simulator, name="simulator"),
    path("tarifs/<int:tariff_id>/", tariffs.tariff, name="tariff"),
    path("tarifs/<int:tariff_id>/fichier/", tariffs.export, name="tariff_file"),
    path("tarifs/<int:tariff_id>/changements/", tariffs.compare, name="tariff_changes"),
    path("pointage/", register.days, name="register_days"),
    path("pointage/<int:day_id>/", register.register, name="register"),
    path("pointage/<int:day_id>/gestes/", register.touches, name="touches"),
    path("pointage/<int:day_id>/etat/", register.state, name="register_state"),
    path("pointage/<int:day_id>/ajouter/", register.newcomer, name="newcomer"),
    path("pointage/<int:day_id>/liste/", register.printed, name="register_pdf"),
    path("pointage/<int:day_id>/justifier/<int:child_id>/", absences.excuse, name="excuse"),
    path("sorties/<int:outing_id>/feuille/", register.trip, name="trip_pdf"),
    path("absences/", absences.absences, name="absences"),
    path("absences/<int:certificate_id>/", absences.certificate, name="certificate"),
    path(
        "absences/<int:certificate_id>/piece/",
        absences.certificate_paper,
        name="certificate_paper",
    ),
    path("familles/", views.families, name="families"),
    path("familles/nouvelle/", files.new_family, name="new_family"),
    path("familles/<int:family_id>/modifier/", files.change, name="change_family"),
    path("familles/<int:family_id>/enfants/", files.new_child, name="new_child"),
    path("familles/<int:family_id>/responsables/", guardians.new, name="new_guardian"),
    path("enfants/<int:child_id>/", files.child, name="child"),
    path("enfants/<int:child_id>/inscrire/", files.enrol, name="enrol"),
    path("inscriptions/<int:enrolment_id>/", files.end, name="end_enrolment"),
    path("responsables/<int:guardian_id>/", guardians.guardian, name="guardian"),
    path("responsables/<int:guardian_id>/adresse/", guardians.email, name="guardian_email"),
    path("responsables/<int:guardian_id>/acces/", guardians.send, name="send_access"),
    path("familles/<int:family_id>/", views.family, name="family"),
    path("familles/<int:family_id>/saisir/<int:period_id>/", entry.enter, name="enter_request"),
    path("familles/<int:family_id>/situation/", views.situation, name="situation"),
    path("familles/<int:family_id>/compte/", accounts.account, name="account"),
    path(
        "familles/<int:family_id>/compte/releve.<slug:form>", accounts.statement, name="statement"
    ),
    path("familles/<int:family_id>/compte/regler/", accounts.pay, name="pay"),
    path("familles/<int:family_id>/compte/rembourser/", accounts.refund, name="refund"),
    path("familles/<int:family_id>/compte/lettrer/", accounts.settle, name="settle"),
    path("remboursements/<int:refund_id>/", accounts.decide, name="decide_refund"),
    path("familles/<int:family_id>/compte/ligne/", accounts.charge, name="charge"),
    path("lignes/<int:charge_id>/retirer/", accounts.remove_charge, name="remove_charge"),
    path("reglements/", payments.card_payments, name="card_payments"),
    path("reglements/carte/", payments.card_shop, name="card_shop"),
    path("reglements/messages/<int:trouble_id>/", payments.trouble, name="card_trouble"),
    path("reglements/<int:payment_id>/annuler/", accounts.reject, name="reject"),
    path("reglements/<int:payment_id>/recu/", accounts.receipt, name="receipt"),
    path("pieces/<int:paper_id>/", papers.paper, name="paper"),
    path("facturation/", runs.runs, name="runs"),
    path("facturation/preparer/", runs.prepare, name="prepare_run"),
    path("facturation/impayes/", exports.arrears, name="arrears"),
    path("facturation/exports/", exports.accounting, name="accounting"),
    path("facturation/fec/<int:year>/", exports.fec, name="fec"),
    path("facturation/frequentation/", exports.attendance, name="attendance_figures"),
    path("facturation/reglages/", money_settings.settings, name="money_settings"),
    path("facturation/reglages/logo/", money_settings.logo, name="logo"),
    path("facturation/<int:run_id>/", runs.run, name="run"),
    path("facturation/<int:run_id>/changer/", runs.change, name="change_run"),
    path("attestations/", attestations.attestations, name="attestations"),
    path("attestations/etablir/", attestations.issue, name="issue_attestations"),
    path("attestations/<int:attestation_id>/", attestations.attestation, name="attestation"),
    path(
        "familles/<int:family_id>/annee/<int:year>/", attestations.family_year, name="family_year"
    ),
    path("familles/<int:family_id>/declarant/", attestations.declaring, name="declaring"),
    path("brouillons/<int:draft_id>/", runs.draft, name="draft"),
    path("pieces/<int:paper_id>/pdf/", papers.paper_file, name="paper_file"),
    path("imprimes/", publications.publications, name="publications"),
    path("imprimes/nouveau/", publications.new, name="new_publication"),
    path("imprimes/<int:publication_id>/", publications.publication, name="publication"),
    path(
        "imprimes/<int:publication_id>/fichier/", publications.paper_file, name="publication_file"
    ),
    path("imprimes/<int:publication_id>/apercu/", publications.preview, name="publication_preview"),
    path("familles/<int:family_id>/quotient/", quotients.record, name="quotient"),
    path("reglages/", organisation.organisation, name="organisation"),
    path("reglages/centres/", organisation.centres, name="centres"),
    path("reglages/centres/nouveau/", organisation.new_centre, name="new_centre"),
    path("reglages/centres/<int:centre_id>/", organisation.centre, name="centre"),
    path("reglages/centres/<int:centre_id>/groupes/", organisation.new_group, name="new_group"),
    path("reglages/groupes/<int:group_id>/", organisation.group, name="group"),
    path("reglages/equipe/", staff.staff, name="staff"),
    path("reglages/equipe/nouveau/", staff.new_staff, name="new_staff"),
    path("reglages/equipe/<int:user_id>/", staff.member, name="member"),
    path("reglages/equipe/<int:user_id>/acces/", staff.access, name="member_access"),
    path("reglages/roles/<int:role_id>/retirer/", staff.take, name="take_role"),
    path("reglages/trace/", trace.trace, name="trace"),
]
