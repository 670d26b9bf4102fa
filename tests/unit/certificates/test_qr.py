"""The QR of the footer: the picture says, point by point, what a QR of that address says."""

import base64
from io import BytesIO

import segno
from PIL import Image

from acuse.certificates.stories.qr import qr_picture

ADDRESS = "https://acuse.example.org/v/7KQM-4T2H-9XWD-3PFA"


def test_the_picture_holds_the_modules_of_the_address_and_nothing_else() -> None:
    picture = Image.open(BytesIO(base64.b64decode(qr_picture(ADDRESS))))
    picture.load()
    matrix = segno.make(ADDRESS, error="m", micro=False, boost_error=False, mask=4).matrix
    scale, rest = divmod(picture.width, len(matrix))
    assert (picture.mode, picture.height, rest) == ("1", picture.width, 0)
    for y in range(picture.height):
        for x in range(picture.width):
            assert (picture.getpixel((x, y)) == 0) == bool(matrix[y // scale][x // scale])
