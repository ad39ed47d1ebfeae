from django.apps import AppConfig


class BookingConfig(AppConfig):
    name = "preau.booking"
    verbose_name = "Réservations"

    def ready(self) -> None:
        # Registers the end of offers as a duty of the worker.
        from preau.booking import tasks  # noqa: F401
