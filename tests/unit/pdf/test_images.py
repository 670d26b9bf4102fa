"""Images from outside: made anew, or not at all."""

import io

from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from acuse.pdf.images import MAX_SIDE, redrawn


def encoded(form: str, size: tuple[int, int] = (40, 20), mode: str = "RGBA") -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, form)
    return out.getvalue()


def test_images_become_plain_png_of_the_same_pixels() -> None:
    for content in (
        encoded("PNG"),
        encoded("GIF", mode="P"),
        encoded("JPEG", mode="CMYK"),
        encoded("PNG", mode="I;16"),
    ):
        made = redrawn(content)
        assert made is not None
        with Image.open(io.BytesIO(made.png)) as image:
            assert (image.format, image.mode, image.size) == ("PNG", "RGB", (40, 20))


def test_transparency_is_laid_on_white() -> None:
    made = redrawn(encoded("PNG"))
    assert made is not None
    with Image.open(io.BytesIO(made.png)) as image:
        assert image.getpixel((0, 0)) == (255, 255, 255)


def test_large_images_are_drawn_smaller_and_enormous_ones_not_at_all() -> None:
    made = redrawn(encoded("PNG", (3000, 100), "L"))
    assert made is not None
    assert (made.width, made.height) == (3000, 100)
    with Image.open(io.BytesIO(made.png)) as image:
        assert image.width == MAX_SIDE
    assert redrawn(encoded("PNG", (20_000, 1000), "1")) is None


def test_other_formats_and_damage_are_not_drawn() -> None:
    assert redrawn(encoded("BMP", mode="RGB")) is None
    assert redrawn(encoded("PNG")[:60]) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_answered(content: bytes) -> None:
    redrawn(content)
    redrawn(encoded("GIF", mode="P") + content)
