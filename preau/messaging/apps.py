from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "preau.messaging"
    verbose_name = "Courriels"

    def ready(self) -> None:
        # Registers the sweep as a duty of the worker.
        from preau.messaging import tasks  # noqa: F401
