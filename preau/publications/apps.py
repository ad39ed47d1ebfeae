from django.apps import AppConfig


class PublicationsConfig(AppConfig):
    name = "preau.publications"
    verbose_name = "Imprimés"
