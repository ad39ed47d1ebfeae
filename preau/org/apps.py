from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "preau.org"
    verbose_name = "Organisation"
