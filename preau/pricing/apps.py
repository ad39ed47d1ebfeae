from django.apps import AppConfig


class PricingConfig(AppConfig):
    name = "preau.pricing"
    verbose_name = "Tarifs"
