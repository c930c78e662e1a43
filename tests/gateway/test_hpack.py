"""Header compression: the examples of RFC 7541, and blocks that break it."""

import base64
import random
import time

import pytest

from frontend.gateway.hpack import (
    CODE_LENGTHS,
    STATIC_TABLE,
    Decoder,
    HeaderError,
    decode_huffman,
    decode_integer,
    encode_integer,
    encode_literal,
)

DATE = "Mon, 21 Oct 2013 20:13:21 GMT"
REQUESTS = (  # appendix C.4: requests with Huffman coding, one connection
    (
        "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff",
        [(":method", "GET"), (":scheme", "http"), (":path", "/"), (":authority", "www.example.com")],
    ),
    (
        "8286 84be 5886 a8eb 1064 9cbf",
        [
            (":method", "GET"),
            (":scheme", "http"),
            (":path", "/"),
            (":authority", "www.example.com"),
            ("cache-control", "no-cache"),
        ],
    ),
    (
        "8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf",
        [
            (":method", "GET"),
            (":scheme", "https"),
            (":path", "/index.html"),
            (":authority", "www.example.com"),
            ("custom-key", "custom-value"),
        ],
    ),
)
RESPONSES = (  # appendix C.6: answers with a table of 256 bytes, whose entries get evicted
    (
        "4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 "
        "63c7 8f0b 97c8 e9ae 82ae 43d3",
        [(":status", "302"), ("cache-control", "private"), ("date", DATE), ("location", "https://www.example.com")],
    ),
    (
        "4883 640e ffc1 c0bf",
        [(":status", "307"), ("cache-control", "private"), ("date", DATE), ("location", "https://www.example.com")],
    ),
)


@pytest.mark.parametrize(("size", "blocks"), [(4096, REQUESTS), (256, RESPONSES)])
def test_decodes_the_examples_of_the_rfc(size: int, blocks: tuple[tuple[str, list[tuple[str, str]]], ...]) -> None:
    decoder = Decoder(size)
    for block, headers in blocks:
        assert decoder.decode(bytes.fromhex(block)) == headers


def test_evicts_the_oldest_entry_first() -> None:
    decoder = Decoder(256)
    for block, _ in RESPONSES:
        decoder.decode(bytes.fromhex(block))
    # ":status 307" pushed ":status 302" out: index 62 is the newest entry, 65 the oldest that is left
    assert decoder.decode(b"\xbe") == [(":status", "307")]
    with pytest.raises(HeaderError, match="no header at index 66"):
        decoder.decode(b"\xc2")


def test_a_table_size_update_empties_the_table() -> None:
    decoder = Decoder()
    decoder.decode(bytes.fromhex("400a 6375 7374 6f6d 2d6b 6579 0d63 7573 746f 6d2d 6865 6164 6572"))
    assert decoder.decode(b"\xbe") == [("custom-key", "custom-header")]
    assert decoder.decode(b"\x20") == []
    with pytest.raises(HeaderError, match="no header at index 62"):
        decoder.decode(b"\xbe")


def test_the_static_table_is_whole() -> None:
    assert len(STATIC_TABLE) == 61
    assert STATIC_TABLE[0] == (":authority", "")
    assert STATIC_TABLE[7] == (":status", "200")
    assert STATIC_TABLE[30] == ("content-type", "")
    assert STATIC_TABLE[60] == ("www-authenticate", "")


def test_the_huffman_code_is_complete() -> None:
    """Kraft's sum of all 256 codes leaves exactly the room of the end-of-string code, 30 bits long."""
    lengths = [ord(letter) - ord("A") + 5 for letter in CODE_LENGTHS]
    assert len(lengths) == 256
    assert sum(1 << 30 - length for length in lengths) == (1 << 30) - 1


@pytest.mark.parametrize(
    ("name", "value"), [("te", "trailers"), ("x", ""), ("long", "v" * 300), ("content-type", "application/grpc")]
)
def test_literals_come_back(name: str, value: str) -> None:
    assert Decoder().decode(encode_literal(name, value)) == [(name, value)]


@pytest.mark.parametrize(
    ("value", "bits", "raw"), [(10, 5, "0a"), (1337, 5, "1f9a0a"), (42, 8, "2a"), (127, 7, "7f00")]
)
def test_integers_are_those_of_the_rfc(value: int, bits: int, raw: str) -> None:
    assert encode_integer(value, bits).hex() == raw
    assert decode_integer(bytes.fromhex(raw), 0, bits) == (value, len(raw) // 2)


@pytest.mark.parametrize(
    ("block", "message"),
    [
        (b"\x80", "no header at index 0"),
        (b"\xff\xff\xff\xff\xff\xff\x7f", "integer too large"),
        (b"\x00\x05ab", "ends within a string"),
        (b"\x00\x01a", "ends within a field"),
        (b"\x3f\xe1\xff\x01", "larger than allowed"),
    ],
)
def test_tells_what_is_wrong_with_a_block(block: bytes, message: str) -> None:
    with pytest.raises(HeaderError, match=message):
        Decoder().decode(block)


@pytest.mark.parametrize("raw", [b"\x00", b"\xff\xff", b"\x1f\x00"])
def test_refuses_bad_huffman_padding(raw: bytes) -> None:
    with pytest.raises(HeaderError, match="padding"):
        decode_huffman(raw)


def encode_huffman(text: bytes) -> bytes:
    """A Huffman-coded string, from the lengths of the codes alone."""
    lengths = {octet: ord(letter) - ord("A") + 5 for octet, letter in enumerate(CODE_LENGTHS)}
    codes: dict[int, str] = {}
    code = previous = 0
    for octet in sorted(lengths, key=lambda octet: (lengths[octet], octet)):
        code <<= lengths[octet] - previous
        previous = lengths[octet]
        codes[octet] = f"{code:0{previous}b}"
        code += 1
    bits = "".join(codes[octet] for octet in text)
    bits += "1" * (-len(bits) % 8)
    return int(bits, 2).to_bytes(len(bits) // 8, "big")


def test_every_octet_comes_back_after_every_other() -> None:
    text = b"".join(bytes((first, second)) for first in range(256) for second in range(256))
    assert decode_huffman(encode_huffman(text)) == text


def test_a_long_text_takes_no_longer_than_its_length() -> None:
    """A status of 300 KB took above a second when it was read bit by bit."""
    text = base64.b64encode(random.Random(1).randbytes(220_000))
    raw = encode_huffman(text)
    begin_s = time.process_time()
    assert decode_huffman(raw) == text
    assert time.process_time() - begin_s < 0.5


@pytest.mark.parametrize("raw", [b"\xff\xff\xff\xff", b"\xff" * 100_000])
def test_the_code_of_the_end_is_refused(raw: bytes) -> None:
    with pytest.raises(HeaderError, match="the code of the end"):
        decode_huffman(raw)
