"""Product pictures in the sizes that the shop shows."""

from __future__ import annotations

import io
from pathlib import PurePosixPath

from PIL import Image, ImageOps

from shop.common.storage import ObjectStore

SIZES = {"list": 160, "detail": 640, "zoom": 1600}
WHITE = (255, 255, 255)
# twice what the studio's cameras make; anything above is a mistake or an attack
MAX_PIXELS = 80_000_000


class BadPicture(Exception):
    """Not a picture that we can show."""


def open_picture(content: bytes) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(content))
        if picture.width * picture.height > MAX_PIXELS:
            raise BadPicture(f"{picture.width} x {picture.height} is too large")
        return ImageOps.exif_transpose(picture)
    except OSError as error:
        raise BadPicture(str(error)) from error


def thumbnail(picture: Image.Image, edge: int) -> bytes:
    """Square, on white, as WebP."""
    flat = Image.new("RGB", picture.size, WHITE)
    flat.paste(picture, mask=picture if picture.mode == "RGBA" else None)
    square = ImageOps.pad(flat, (edge, edge), method=Image.Resampling.LANCZOS, color=WHITE)
    output = io.BytesIO()
    square.save(output, "WEBP", quality=82, method=4)
    return output.getvalue()


def store_thumbnails(store: ObjectStore, key: str) -> list[str]:
    """From originals/tents/skarn.jpg to thumbnails/list/tents/skarn.webp and so on."""
    picture = open_picture(store.get(key))
    name = PurePosixPath(key).relative_to("originals").with_suffix(".webp")
    return [
        store.put(f"thumbnails/{size}/{name}", thumbnail(picture, edge), "image/webp")
        for size, edge in SIZES.items()
    ]
