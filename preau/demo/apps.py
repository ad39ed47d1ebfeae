from django.apps import AppConfig


class DemoConfig(AppConfig):
    name = "preau.demo"
    verbose_name = "Démonstration"

    def ready(self) -> None:
        # Registers the patience of the pretend bank.
        from preau.demo.bank import tasks  # noqa: F401
