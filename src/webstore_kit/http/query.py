"""The query string: decoded leniently, never refused, and written back into links."""

from urllib.parse import parse_qsl, urlencode


class Query:
    """The parameters of one request, in the order sent; reading one takes its last value, trimmed."""

    def __init__(self, query_string: bytes) -> None:
        # Bytes beyond ASCII are percent-encoded first; what is no UTF-8 becomes U+FFFD, `%zz` stays as it is.
        text = "".join(chr(byte) if byte < 128 else f"%{byte:02X}" for byte in query_string)
        decoded = parse_qsl(text, keep_blank_values=True, errors="replace")
        self.pairs = [(name.replace("\0", ""), value.replace("\0", "")) for name, value in decoded]
        self._values = {name: value.strip() for name, value in self.pairs}

    def get(self, name: str) -> str:
        """The parameter's value, trimmed; empty where it was not sent."""
        return self._values.get(name, "")

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def meaning(self) -> tuple[tuple[str, str], ...]:
        """The parameters, however they were written: two queries that mean the same are answered the same."""
        return tuple(sorted(self.pairs, key=lambda pair: pair[0]))

    def with_page(self, page: int) -> str:
        """The query string with this page: sorted by name, form-encoded, `page` left out for page 1."""
        pairs = [(name, value) for name, value in self.pairs if name != "page"]
        if page != 1:
            pairs.append(("page", str(page)))
        return urlencode(sorted(pairs, key=lambda pair: pair[0]))
