"""QR codes as drawings in the page."""

import segno
from django.utils.safestring import SafeString, mark_safe


def qr_code(address: str) -> SafeString:
    """Draw an address, dark on light in every scheme, with its quiet zone."""
    code = segno.make(address, error="m", micro=False)
    drawing = code.svg_inline(
        scale=6, border=4, dark="#000", light="#fff", omitsize=True, svgclass="qr", lineclass=None
    )
    return mark_safe(drawing)  # noqa: S308 made of squares alone
