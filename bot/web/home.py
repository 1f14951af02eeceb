"""The page and its icon as they go over the line: made once, compressed once."""

import gzip

from starlette.responses import Response

HTML, ICON = "text/html; charset=utf-8", "image/svg+xml"


class Home:
    """What is answered at / and at /icon.svg."""

    def __init__(self, page: str, icon: str) -> None:
        self._files = {"/": (HTML, page.encode()), "/icon.svg": (ICON, icon.encode())}
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
