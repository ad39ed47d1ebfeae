from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "preau.activities"
    verbose_name = "Activités"
