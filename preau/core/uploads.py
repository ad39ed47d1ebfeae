"""Files that strangers send: recognised by name and by content, cleaned, or refused in words.

What is kept is never what was sent: images are painted again without what the camera wrote in
them, PDFs are rebuilt without anything that acts. No rule of the trade here.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any

import pikepdf
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest
from PIL import Image, ImageOps, UnidentifiedImageError
from pillow_heif import register_heif_opener

from preau.core.errors import RefusedError

register_heif_opener(thumbnails=False)

MOST_BYTES = 10_000_000
MOST_PIXELS = 50_000_000
MOST_PAGES = 100
_HEIC_BRANDS = {b"heic", b"heix", b"mif1", b"msf1", b"heim", b"heis"}
LONGEST_SIDE = 2600
"""A page photographed at this size reads well; more is weight for nothing."""
ACCEPTED = ".pdf,.jpg,.jpeg,.png,.heic,.heif"
"""For the field of a form."""

_WRONG_KIND = (
    "Ce fichier n’est ni un PDF, ni une photo JPEG, PNG ou HEIC, ou il est abîmé. Prenez une "
    "photo du document, ou enregistrez-le en PDF."
)
_TOO_HEAVY = "Ce fichier dépasse 10\u00a0Mo. Envoyez une photo plus légère ou un PDF plus court."


@dataclass(frozen=True, kw_only=True)
class Cleaned:
    """A file that may be kept: its new content, its true extension and its media type."""

    content: bytes
    extension: str
    media_type: str


def clean_upload(upload: UploadedFile[Any]) -> Cleaned:
    """Clean a PDF, JPEG, PNG or HEIC whose name and content agree.

    Raises `RefusedError` for another.
    """
    if (upload.size or 0) > MOST_BYTES:
        raise RefusedError(_TOO_HEAVY)
    content = upload.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise RefusedError(_TOO_HEAVY)
    extension = PurePath(upload.name or "").suffix.lower()
    for endings, offset, magic, clean in _KINDS:
        if extension in endings and content[offset : offset + len(magic)] == magic:
            return clean(content)
    raise RefusedError(_WRONG_KIND)


def _clean_jpeg(content: bytes) -> Cleaned:
    out = BytesIO()
    _opened(content, "JPEG").save(out, "JPEG", quality=85, optimize=True)
    return Cleaned(content=out.getvalue(), extension=".jpg", media_type="image/jpeg")


def _clean_heic(content: bytes) -> Cleaned:
    """A photo of a telephone, kept as JPEG: browsers of the office do not all show HEIC."""
    if content[8:12] not in _HEIC_BRANDS:
        raise RefusedError(_WRONG_KIND)
    out = BytesIO()
    _opened(content, "HEIF").save(out, "JPEG", quality=85, optimize=True)
    return Cleaned(content=out.getvalue(), extension=".jpg", media_type="image/jpeg")


def _clean_png(content: bytes) -> Cleaned:
    out = BytesIO()
    _opened(content, "PNG").save(out, "PNG", optimize=True)
    return Cleaned(content=out.getvalue(), extension=".png", media_type="image/png")


def _opened(content: bytes, kind: str) -> Image.Image:
    """The pixels, upright and no larger than needed; nothing else of the file."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            image = Image.open(BytesIO(content), formats=[kind])
            if image.width * image.height > MOST_PIXELS:
                raise RefusedError(
                    "Cette image a trop de points. Prenez la photo dans une taille plus petite."
                )
            see_through = kind == "PNG" and image.has_transparency_data
            upright = ImageOps.exif_transpose(image.convert("RGBA" if see_through else "RGB"))
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
    ) as error:
        raise RefusedError(_WRONG_KIND) from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    bare = Image.new(upright.mode, upright.size)
    bare.paste(upright)
    return bare


def _clean_pdf(content: bytes) -> Cleaned:
    try:
        with pikepdf.open(BytesIO(content)) as source:
            if source.is_encrypted:
                raise RefusedError(
                    "Ce PDF est protégé par un mot de passe. Enregistrez-le sans protection."
                )
            if not 0 < len(source.pages) <= MOST_PAGES:
                raise RefusedError("Ce PDF n’a aucune page, ou en a trop.")
            made = _rebuilt(source)
    except pikepdf.PasswordError as error:
        raise RefusedError(
            "Ce PDF est protégé par un mot de passe. Enregistrez-le sans protection."
        ) from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise RefusedError(_WRONG_KIND) from error
    if len(made) > MOST_BYTES:
        raise RefusedError(_TOO_HEAVY)
    return Cleaned(content=made, extension=".pdf", media_type="application/pdf")


# What a page needs to be looked at; a document of its own has none of the old one's catalogue.
_OF_A_PAGE = ("/Type", "/MediaBox", "/CropBox", "/Rotate", "/Resources", "/Contents", "/UserUnit")
# What would act, hold another file, or describe who made it, wherever it stands.
_NEVER = {
    *("/AA", "/JS", "/JavaScript", "/Launch", "/OpenAction", "/URI", "/Annots"),
    *("/EmbeddedFile", "/EmbeddedFiles", "/EF", "/AF", "/OPI", "/Ref"),
    *("/Metadata", "/PieceInfo", "/StructParents", "/LastModified"),
}


def _rebuilt(source: pikepdf.Pdf) -> bytes:
    """Only the pages, in a new document: no script, form, link, attachment or description.

    What a page draws with is kept, and walked through for what might still act.
    """
    for page in source.pages:
        for key in {str(key) for key in page.obj} - {*_OF_A_PAGE, "/Parent"}:
            del page.obj[key]
    made = pikepdf.new()
    made.pages.extend(source.pages)
    made.remove_unreferenced_resources()
    for each in made.objects:
        _disarm(each)
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def _disarm(value: Any) -> None:
    """Take what may act out of an object and of what is written inside it."""
    if isinstance(value, pikepdf.Dictionary | pikepdf.Stream):
        for key, part in list(value.items()):
            action = key == "/A" and isinstance(part, pikepdf.Dictionary)
            elsewhere = key == "/F" and isinstance(value, pikepdf.Stream)
            if key in _NEVER or action or elsewhere:
                del value[key]
            else:
                _disarm_inside(part)
    elif isinstance(value, pikepdf.Array):
        for part in value:
            _disarm_inside(part)


def _disarm_inside(part: Any) -> None:
    """An object on its own is walked through by itself."""
    if isinstance(part, pikepdf.Object) and not part.is_indirect:
        _disarm(part)


# Endings of the name, where the content must say what it is, and what it says.
_KINDS: tuple[tuple[tuple[str, ...], int, bytes, Callable[[bytes], Cleaned]], ...] = (
    ((".pdf",), 0, b"%PDF-", _clean_pdf),
    ((".jpg", ".jpeg"), 0, b"\xff\xd8\xff", _clean_jpeg),
    ((".png",), 0, b"\x89PNG\r\n\x1a\n", _clean_png),
    ((".heic", ".heif"), 4, b"ftyp", _clean_heic),
)


class SizeLimit(FileUploadHandler):
    """First of the handlers: a file over the limit is dropped while it comes, and never kept."""

    def __init__(self, request: HttpRequest | None = None) -> None:
        super().__init__(request)
        self._received = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002 - Django's signature
        """Pass the bytes on, until there are too many."""
        self._received += len(raw_data)
        if self._received > MOST_BYTES + 65_536:
            if self.request is not None:
                self.request.upload_too_heavy = True  # type: ignore[attr-defined]  # read by forms
            raise SkipFile
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the next handlers."""
