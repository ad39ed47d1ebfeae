"""States of a version of a tariff."""

from django.db import models


class VersionStatus(models.TextChoices):
    """A draft prices nothing; what is published no longer changes."""

    DRAFT = "draft", "en préparation"
    PUBLISHED = "published", "publiée"
