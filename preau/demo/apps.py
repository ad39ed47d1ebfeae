from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "preau.demo"
    verbose_name = "Démonstration"
