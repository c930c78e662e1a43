"""Header compression of HTTP/2 (RFC 7541), as much as one gRPC client needs.

Requests are sent as literals, never indexed: they are few and short. Answers are read in full: static and dynamic
table, Huffman coding, table size updates.
"""

NAMES_ALONE = (  # the rows from 17 on, which have no value
    "accept-language accept-ranges accept access-control-allow-origin age allow authorization cache-control "
    "content-disposition content-encoding content-language content-length content-location content-range "
    "content-type cookie date etag expect expires from host if-match if-modified-since if-none-match if-range "
    "if-unmodified-since last-modified link location max-forwards proxy-authenticate proxy-authorization range "
    "referer refresh retry-after server set-cookie strict-transport-security transfer-encoding user-agent vary "
    "via www-authenticate"
)
STATIC_TABLE = (  # RFC 7541, appendix A; index 1 is the first row
    (":authority", ""),
    (":method", "GET"),
    (":method", "POST"),
    (":path", "/"),
    (":path", "/index.html"),
    (":scheme", "http"),
    (":scheme", "https"),
    *((":status", code) for code in ("200", "204", "206", "304", "400", "404", "500")),
    ("accept-charset", ""),
    ("accept-encoding", "gzip, deflate"),
    *((name, "") for name in NAMES_ALONE.split()),
)
# The length in bits of each octet's Huffman code (RFC 7541, appendix B), one letter each, "A" for 5. The code is
# canonical: codes of one length are consecutive in the order of their octets, so lengths are all there is to know.
CODE_LENGTHS = (
    "ISXXXXXXXTZXXZXXXXXXXXZXXXXXXXXXBFFHIBDGFFDGDBBBAAABBBBBBBCDKBHFIBCCCCCCCCCCCCCCCCCCCCCCDCDIOIJBKABABABBBACCBBBABC"
    "BAABCCCCCKGJIXPRPPRRRSRSSSSSTSTTRSTSSSSQRSRSSTRQPRRSSQSRRTQRSSQQRQSRSSPRRRSRRSVVPORSRUVVVWWVTUOQVWWVWTQQVVXWWWPTPQ"
    "RQQSRRUUTTVSVWVVWWWWWXWWWWWV"
)
LONGEST_CODE_BITS = 30
ENTRY_OVERHEAD = 32  # bytes counted for each dynamic entry besides its text (section 4.1)


class HeaderError(Exception):
    """A header block that breaks RFC 7541."""


def encode_literal(name: str, value: str) -> bytes:
    """One header as "literal without indexing, new name", for a lower-case ASCII name."""
    parts = [b"\0"]
    for text in (name, value):
        raw = text.encode("ascii")
        parts += (encode_integer(len(raw), 7), raw)
    return b"".join(parts)


def encode_integer(value: int, prefix_bits: int) -> bytes:
    """An integer behind a prefix of zero flag bits (section 5.1)."""
    limit = (1 << prefix_bits) - 1
    if value < limit:
        return bytes((value,))
    out = bytearray((limit,))
    value -= limit
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


class Decoder:
    """Header blocks of one connection to lists of (name, value), in order."""

    def __init__(self, table_size_bytes: int = 4096) -> None:
        self._limit = table_size_bytes
        self._allowed = table_size_bytes
        self._dynamic: list[tuple[str, str]] = []  # newest first
        self._size = 0

    def decode(self, block: bytes) -> list[tuple[str, str]]:
        """The headers of a whole block. Raises HeaderError when it is malformed."""
        found: list[tuple[str, str]] = []
        position = 0
        try:
            while position < len(block):
                position = self._field(block, position, found)
        except IndexError as error:
            raise HeaderError("header block ends within a field") from error
        return found

    def _field(self, block: bytes, position: int, found: list[tuple[str, str]]) -> int:
        """Reads one field representation (section 6), adds its header to `found`; the position after it."""
        first = block[position]
        if first & 0x80:
            index, position = decode_integer(block, position, 7)
            found.append(self._entry(index))
            return position
        if first & 0xE0 == 0x20:
            size, position = decode_integer(block, position, 5)
            if size > self._allowed:
                raise HeaderError("dynamic table larger than allowed")
            self._limit = size
            self._evict()
            return position
        indexed = bool(first & 0x40)
        index, position = decode_integer(block, position, 6 if indexed else 4)
        if index:
            name = self._entry(index)[0]
        else:
            name, position = decode_string(block, position)
        value, position = decode_string(block, position)
        found.append((name, value))
        if indexed:
            self._dynamic.insert(0, (name, value))
            self._size += _entry_size(name, value)
            self._evict()
        return position

    def _entry(self, index: int) -> tuple[str, str]:
        if not 0 < index <= len(STATIC_TABLE) + len(self._dynamic):
            raise HeaderError(f"no header at index {index}")
        if index <= len(STATIC_TABLE):
            return STATIC_TABLE[index - 1]
        return self._dynamic[index - len(STATIC_TABLE) - 1]

    def _evict(self) -> None:
        while self._size > self._limit:
            self._size -= _entry_size(*self._dynamic.pop())


def _entry_size(name: str, value: str) -> int:
    return len(name) + len(value) + ENTRY_OVERHEAD


def decode_integer(block: bytes, position: int, prefix_bits: int) -> tuple[int, int]:
    """An integer and the position after it (section 5.1)."""
    limit = (1 << prefix_bits) - 1
    value = block[position] & limit
    position += 1
    if value < limit:
        return value, position
    shift = 0
    while True:
        octet = block[position]
        position += 1
        value += (octet & 0x7F) << shift
        shift += 7
        if octet < 0x80:
            return value, position
        if shift > 28:
            raise HeaderError("integer too large")


def decode_string(block: bytes, position: int) -> tuple[str, int]:
    """A string and the position after it (section 5.2); octets become the characters of the same number."""
    huffman = block[position] & 0x80
    length, position = decode_integer(block, position, 7)
    raw = block[position : position + length]
    if len(raw) != length:
        raise HeaderError("header block ends within a string")
    return (decode_huffman(raw) if huffman else raw).decode("latin-1"), position + length


def decode_huffman(raw: bytes) -> bytes:
    """The text behind a Huffman-coded string. Raises HeaderError for padding that is not all ones or over 7 bits."""
    place = _place(ROOT)
    octets = []
    for digit in raw.hex():
        place, octet = place[digit]
        if octet:
            octets.append(octet)
    if place.at > 0xFF or place.at & place.at + 1:
        raise HeaderError("bad Huffman padding")
    return b"".join(octets)


ROOT = 1  # between two codes; within one, its bits so far are behind this one


class Place(dict[str, tuple["Place", bytes]]):
    """A place within a code: where each four bits, as a hexadecimal digit, lead, and the octet that ends on the way.

    At most one octet does: codes have five bits or more. Rows are kept, as BuildKit puts 3 KB of stack into each error,
    and made when first met, for other runs see Huffman coding in a few short headers.
    """

    __slots__ = ("at",)

    def __init__(self, at: int) -> None:
        super().__init__()
        self.at = at

    def __missing__(self, digit: str) -> tuple["Place", bytes]:
        codes = _codes()
        at, four, found = self.at, int(digit, 16), b""
        for shift in (3, 2, 1, 0):
            at = at << 1 | four >> shift & 1
            octet = codes.get(at)
            if octet is not None:
                found = bytes((octet,))
                at = ROOT
        if at >> LONGEST_CODE_BITS:
            raise HeaderError("the code of the end is in a Huffman-coded string")
        step = self[digit] = _place(at), found
        return step


_places: dict[int, Place] = {}


def _place(at: int) -> Place:
    place = _places.get(at)
    if place is None:
        place = _places[at] = Place(at)
    return place


_known_codes: dict[int, int] = {}


def _codes() -> dict[int, int]:
    """The octet of each code, which has a one in front."""
    if not _known_codes:
        lengths = [ord(letter) - ord("A") + 5 for letter in CODE_LENGTHS]
        code = previous = 0
        for octet in sorted(range(256), key=lambda octet: (lengths[octet], octet)):
            code <<= lengths[octet] - previous
            previous = lengths[octet]
            _known_codes[1 << previous | code] = octet
            code += 1
    return _known_codes
