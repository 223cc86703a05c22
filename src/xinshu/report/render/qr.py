"""QR codes as SVG."""

from __future__ import annotations

import io


def qr_svg(address: str) -> str:
    """A QR code of an address, level M, black on white, without outside references."""
    import segno

    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2, dark="#111", light="#fff",
        svgclass=None, lineclass=None, nl=False,
    )  # fmt: skip
    return out.getvalue().decode()
