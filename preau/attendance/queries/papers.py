"""Reading the kept file of a certificate, for whoever a page lets in."""

from __future__ import annotations

from pathlib import PurePath

from django.core.files.storage import default_storage

from preau.attendance.models import MedicalCertificate


def certificate_file(certificate: MedicalCertificate) -> tuple[str, bytes]:
    """A name of ours, which tells nothing of anybody, and the cleaned content."""
    with default_storage.open(certificate.file) as stored:
        content = stored.read()
    return f"justificatif-{certificate.pk}{PurePath(certificate.file).suffix}", content
