from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "preau.payments"
    verbose_name = "Paiements en ligne"

    def ready(self) -> None:
        from preau.payments import tasks  # noqa: F401 - registers the worker's duty
