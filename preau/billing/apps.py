from django.apps import AppConfig


class BillingConfig(AppConfig):
    name = "preau.billing"
    verbose_name = "Facturation"

    def ready(self) -> None:
        # Registers what the worker goes on with.
        from preau.billing import tasks  # noqa: F401
