"""The page and its icons as they go over the line: made once, compressed once."""

import gzip
from pathlib import Path

from starlette.responses import Response

ASSETS = Path(__file__).parent / "assets"
HTML = "text/html; charset=utf-8"
ICONS = {"/icon.svg": "image/svg+xml", "/icon.png": "image/png"}  # the second for previews, which draw no SVG


class Home:
    """What is answered at / and at the paths of ICONS."""

    def __init__(self, page: str) -> None:
        icons = {path: (kind, (ASSETS / path[1:]).read_bytes()) for path, kind in ICONS.items()}
        self._files = {"/": (HTML, page.encode()), **icons}
        self._packed = {path: gzip.compress(body) for path, (_, body) in self._files.items()}

    def response(self, path: str, accepted: str) -> Response | None:
        """None for any other path. `accepted`: the encodings that the browser says it reads."""
        if path not in self._files:
            return None
        kind, body = self._files[path]
        if "gzip" not in accepted:
            return Response(body, media_type=kind, headers={"Vary": "Accept-Encoding"})
        packed = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Response(self._packed[path], media_type=kind, headers=packed)
