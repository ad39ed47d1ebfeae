from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "preau.core"
    verbose_name = "Socle"

    def ready(self) -> None:
        from preau.core import tasks  # noqa: F401 - registers the worker's duty
