from django.apps import AppConfig


class BenchConfig(AppConfig):
    name = "preau.bench"
    verbose_name = "Mesures"
