from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "preau.privacy"
    verbose_name = "Données personnelles"
