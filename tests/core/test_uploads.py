"""Files made to hurt: what is kept of them, and what is refused in words."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from preau.core.errors import RefusedError
from preau.core.uploads import Cleaned, clean_upload


def clean(name: str, content: bytes) -> Cleaned:
    return clean_upload(SimpleUploadedFile(name, content))


def photo(kind: str = "JPEG", size: tuple[int, int] = (60, 40), **options: Any) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, kind, **options)
    return out.getvalue()


def located_photo() -> bytes:
    """A photo on its side, that says where it was taken and by which camera."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "APPAREIL-ESPION"
    exif.get_ifd(0x8825).update({1: "N", 2: (43.0, 36.0, 16.0), 3: "E", 4: (1.0, 26.0, 38.0)})
    return photo(exif=exif, comment=b"commentaire")


def armed_pdf() -> bytes:
    """A PDF that runs a script when opened and when a page shows, launches, links and carries."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=(200, 200))
    pdf.Root.OpenAction = pdf.make_indirect(
        pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('MALVEILLANT')")
    )
    pdf.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=["a", pikepdf.Dictionary(JS="MALVEILLANT")])
    )
    page.obj.AA = pikepdf.Dictionary(
        O=pikepdf.Dictionary(S=pikepdf.Name.Launch, F="MALVEILLANT.exe")
    )
    link = pikepdf.Dictionary(
        Type=pikepdf.Name.Annot,
        Subtype=pikepdf.Name.Link,
        Rect=[0, 0, 100, 100],
        A=pikepdf.Dictionary(S=pikepdf.Name.URI, URI="https://MALVEILLANT.example"),
    )
    page.obj.Annots = pdf.make_indirect(pikepdf.Array([link]))
    form = pdf.make_stream(b"0 0 10 10 re f")
    form.Type, form.Subtype, form.BBox = (
        pikepdf.Name.XObject,
        pikepdf.Name.Form,
        pikepdf.Array([0, 0, 10, 10]),
    )
    form.AF = pikepdf.Array([pikepdf.Dictionary(EF=pikepdf.Dictionary(F=pdf.make_stream(b"MALV")))])
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Fm0=form))
    page.obj.Contents = pdf.make_stream(b"/Fm0 Do")
    pdf.attachments["virus.exe"] = b"MALVEILLANT"
    pdf.docinfo["/Author"] = "MALVEILLANT"
    out = BytesIO()
    pdf.save(out, compress_streams=False)
    return out.getvalue()


def test_a_photo_forgets_where_it_was_taken_and_stays_upright() -> None:
    sent = located_photo()
    assert b"APPAREIL-ESPION" in sent
    kept = clean("certificat.JPG", sent)
    assert (kept.extension, kept.media_type) == (".jpg", "image/jpeg")
    image = Image.open(BytesIO(kept.content))
    assert image.size == (40, 60)
    assert not image.getexif()
    assert "comment" not in image.info
    assert b"ESPION" not in kept.content


def test_a_photo_of_a_telephone_is_kept_as_every_browser_shows_it() -> None:
    """HEIC is what many telephones send; an office with an old browser reads it all the same."""
    exif = Image.Exif()
    exif[0x010F] = "APPAREIL-ESPION"
    sent = photo("HEIF", exif=exif)
    assert b"APPAREIL-ESPION" in sent
    kept = clean("IMG_0042.HEIC", sent)
    assert (kept.extension, kept.media_type) == (".jpg", "image/jpeg")
    image = Image.open(BytesIO(kept.content))
    assert (image.format, image.size) == ("JPEG", (60, 40))
    assert b"ESPION" not in kept.content
    for name, content in (
        ("film.heic", b"\0\0\0\x18ftypisom" + bytes(40)),
        ("court.heic", b"\0\0\0\x18ftypheic" + bytes(40)),
        ("photo.heic", photo()),
        ("photo.jpg", sent),
    ):
        with pytest.raises(RefusedError):
            clean(name, content)


def test_a_pdf_keeps_its_pages_and_nothing_that_acts() -> None:
    sent = armed_pdf()
    assert sent.count(b"MALV") >= 5
    kept = clean("certificat.pdf", sent)
    assert kept.media_type == "application/pdf"
    with pikepdf.open(BytesIO(kept.content)) as pdf:
        assert len(pdf.pages) == 1
        assert pdf.pages[0].obj.Contents.read_bytes() == b"/Fm0 Do"
        assert pdf.pages[0].obj.Resources.XObject.Fm0.read_bytes() == b"0 0 10 10 re f"
        assert set(pdf.Root.keys()) == {"/Type", "/Pages"}
        assert not pdf.attachments
        written = b"".join(
            each.unparse() + (each.read_bytes() if isinstance(each, pikepdf.Stream) else b"")
            for each in pdf.objects
        )
    for word in (b"MALV", b"/JS", b"/JavaScript", b"/Launch", b"/URI", b"/AA", b"/EF", b"/Annots"):
        assert word not in written


def test_what_is_hidden_behind_an_image_or_a_pdf_is_gone() -> None:
    archive = BytesIO()
    with zipfile.ZipFile(archive, "w") as made:
        made.writestr("index.html", "<script>alert(1)</script>")
    for name, carrier in (("a.png", photo("PNG")), ("a.jpg", photo()), ("a.pdf", armed_pdf())):
        sent = carrier + archive.getvalue()
        assert zipfile.is_zipfile(BytesIO(sent))
        kept = clean(name, sent)
        assert not zipfile.is_zipfile(BytesIO(kept.content))
        assert b"<script>" not in kept.content


def test_a_large_photo_becomes_one_that_can_be_read_and_no_more() -> None:
    kept = clean("grand.png", photo("PNG", (4000, 3000)))
    assert Image.open(BytesIO(kept.content)).size == (2600, 1950)


def test_a_palette_and_a_transparency_survive() -> None:
    out, drawn = BytesIO(), Image.new("P", (8, 8), 3)
    drawn.putpalette([0, 0, 0] * 4)
    drawn.save(out, "PNG", transparency=3)
    image = Image.open(BytesIO(clean("a.png", out.getvalue()).content))
    assert image.getpixel((0, 0))[3] == 0  # type: ignore[index]


def encrypted_pdf() -> bytes:
    pdf, out = pikepdf.new(), BytesIO()
    pdf.add_blank_page()
    pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    return out.getvalue()


def bomb() -> bytes:
    """A PNG of a few kilobytes that says it is 30 000 points wide and high."""
    content = bytearray(photo("PNG"))
    content[16:24] = (30_000).to_bytes(4) + (30_000).to_bytes(4)
    import zlib

    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4)
    return bytes(content)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("vide.pdf", b"", "ni un PDF"),
        ("vide.jpg", b"", "ni un PDF"),
        ("archive.pdf", b"PK\x03\x04" + b"0" * 200, "ni un PDF"),
        ("page.jpg", b"<html><script>alert(1)</script>", "ni un PDF"),
        ("photo.pdf", photo(), "ni un PDF"),
        ("papier.png", armed_pdf(), "ni un PDF"),
        ("dessin.svg", b"<svg onload='alert(1)'/>", "ni un PDF"),
        ("sans-nom", photo(), "ni un PDF"),
        ("coupe.jpg", photo(size=(400, 400))[:300], "ni un PDF"),
        ("coupe.png", photo("PNG")[:40], "ni un PDF"),
        ("coupe.pdf", b"%PDF-1.7\n%%EOF", "ni un PDF"),
        ("secret.pdf", encrypted_pdf(), "mot de passe"),
        ("bombe.png", bomb(), "points|ni un PDF"),
        ("lourd.pdf", b"%PDF-" + b"0" * 10_000_001, "10\u00a0Mo"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_not_a_paper_is_refused_in_words(name: str, content: bytes, says: str) -> None:
    with pytest.raises(RefusedError, match=says):
        clean(name, content)
