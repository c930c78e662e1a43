"""References, platforms and git URLs: what Go's parsers make of a text. Rows were checked against Go's own."""

import pytest

import llb
from llb.pb import ops_pb2 as pb
from llb.platforms import parse
from llb.sources import parse_reference, parse_remote

DIGEST = "sha256:" + "a1" * 32

REFERENCES = [
    ("alpine", "docker.io/library/alpine:latest"),
    ("index.docker.io/alpine", "docker.io/library/alpine:latest"),
    ("docker.io/a/b:1", "docker.io/a/b:1"),
    ("localhost/x", "localhost/x:latest"),
    ("localhost:5000/x:1", "localhost:5000/x:1"),
    ("a.b/c", "a.b/c:latest"),
    ("A/b", "A/b:latest"),
    ("[::1]:5000/x", "[::1]:5000/x:latest"),
    ("foo__bar/b---az", "docker.io/foo__bar/b---az:latest"),
    (f"x:1@{DIGEST}", f"docker.io/library/x:1@{DIGEST}"),
    (f"x@{DIGEST}", f"docker.io/library/x@{DIGEST}"),
    ("a" * 64 + ":t", "docker.io/library/" + "a" * 64 + ":t"),
    ("in_dex.io/a", "in_dex.io/a:latest"),
    ("[2001:DB8::1]/x", "[2001:DB8::1]/x:latest"),
]
NO_REFERENCES = [
    "", "x:", "x/", "/x", "-a/b", "a/b-", "a..b/c", "foo___x", "a_-a", "a.b:x/c", "a-.b/c", "x:.t", "x:é", "é", "x y",
    "http://x/y", "x:" + "t" * 129, "a" * 64, "a" * 256, "docker.io/", "x@sha256:12", "UP/low/UP",
    "[Z::1]:5000/x", "in_dex.io:80/a", "In_dex.io/a", "a_.b/c",
]  # fmt: skip


@pytest.mark.parametrize(("text", "full"), REFERENCES)
def test_a_reference_gets_its_defaults(text: str, full: str) -> None:
    assert parse_reference(text).text == full


@pytest.mark.parametrize("text", NO_REFERENCES)
def test_what_is_no_reference_is_told(text: str) -> None:
    with pytest.raises(llb.LLBError, match=r"^ref: "):
        llb.image(text)


PLATFORMS = [  # as given; as written into an operation; as compared
    ("linux/amd64", "linux/amd64", "linux/amd64"),
    ("amd64", "linux/amd64", "linux/amd64"),
    ("linux/x86_64", "linux/amd64", "linux/amd64"),
    ("linux/amd64/v1", "linux/amd64", "linux/amd64"),
    ("linux/amd64/v2", "linux/amd64/v2", "linux/amd64/v2"),
    ("linux/i386/v2", "linux/386", "linux/386"),
    ("linux/arm", "linux/arm", "linux/arm/v7"),
    ("linux/armel", "linux/arm/v6", "linux/arm/v6"),
    ("linux/arm/8", "linux/arm/v8", "linux/arm/v8"),
    ("linux/aarch64", "linux/arm64", "linux/arm64"),
    ("linux/arm64/v8", "linux/arm64/v8", "linux/arm64"),
    ("linux/arm64/9", "linux/arm64/v9", "linux/arm64/v9"),
    ("macOS/arm64", "darwin/arm64", "darwin/arm64"),
    ("windows(10.0.17763)/amd64", "windows(10.0.17763)/amd64", "windows(10.0.17763)/amd64"),
    ("windows(10.0+win32k)/amd64", "windows(10.0+win32k)/amd64", "windows(10.0+win32k)/amd64"),
    ("linux(%2fa+%2b)/arm64", "linux(%2Fa+%2B)/arm64", "linux(%2Fa+%2B)/arm64"),
    ("windows(+b+a+a)/amd64", "windows(+a+b)/amd64", "windows(+a+b)/amd64"),
]
NO_PLATFORMS = [
    "", "linux", "linux/", "/amd64", "linux//v7", "linux/amd64/v2/x", "linux/*", "beos/amd64", "linux/potato",
    "windows(1+)/amd64", "linux(a%zz)/amd64", "linux(%e)/amd64", "linux(ä)/amd64", "lin ux/amd64",
]  # fmt: skip


@pytest.mark.parametrize(("text", "given", "normalized"), PLATFORMS)
def test_a_platform_has_one_name(text: str, given: str, normalized: str) -> None:
    assert (parse(text).text, parse(text).normalized.text) == (given, normalized)


@pytest.mark.parametrize("text", NO_PLATFORMS)
def test_what_is_no_platform_is_told(text: str) -> None:
    with pytest.raises(llb.LLBError, match=r"^platform: "):
        llb.image("alpine", platform=text)


REMOTES = [  # as given; what git gets; host and path; by ssh
    ("https://github.com/moby/buildkit.git", "https://github.com/moby/buildkit.git", "github.com/moby/buildkit.git", False),
    ("github.com/moby/buildkit.git", "https://github.com/moby/buildkit.git", "github.com/moby/buildkit.git", False),
    ("HTTPS://h/x?y=z#ref:dir", "https://h/x", "h/x", False),
    ("https://u:p@h:8080/x//y/../z/", "https://u:p@h:8080/x//y/../z/", "h:8080/x/z", False),
    ("https://h/a%20b/é", "https://h/a%20b/%C3%A9", "h/a b/é", False),
    ("https://h", "https://h", "h/", False),
    ("https://h/a^|{}\"<>\\`%2f", "https://h/a%5E%7C%7B%7D%22%3C%3E%5C%60/", 'h/a^|{}"<>\\`', False),
    ("https://h/!'()*[]:@%2f", "https://h/!'()*[]:@%2f", "h/!'()*[]:@", False),
    ("https://a!%41%3a:%40'@h/x", "https://a%21A%3A:%40%27@h/x", "h/x", False),
    ("https://@h/x", "https://@h/x", "h/x", False),
    ("https://u:@h/x", "https://u:@h/x", "h/x", False),
    ("https://h/x?", "https://h/x?", "h/x", False),
    ("https://h/x??", "https://h/x", "h/x", False),
    ("https://h:/x", "https://h:/x", "h:/x", False),
    ("https://h_~.-1/x", "https://h_~.-1/x", "h_~.-1/x", False),
    ("https://[::1]:80/x", "https://[::1]:80/x", "[::1]:80/x", False),
    ("git://h/x", "git://h/x", "h/x", False),
    ("ssh://git@github.com:22/x/y", "ssh://git@github.com:22/x/y", "github.com:22/x/y", True),
    ("git@github.com:moby/buildkit.git#v1", "git@github.com:moby/buildkit.git", "github.com/moby/buildkit.git", True),
    ("git@h:/abs/x", "git@h:/abs/x", "h/abs/x", True),
]  # fmt: skip
NO_REMOTES = ["", "ftp://h/x", "https:///x", "h:x", "a_b@h_x:y", "https://h/%zz", "https://h/a b", "git+ssh://h/x",
              "https://h<>/x", "https://hé/x", "https://h%41/x", "https://a:b:1/x", "https://[fe80]/x", "https://[::1%25a]/x",
              "https://[::1/x", "https://u<>@h/x", "https://é@h/x", "https://u%z@h/x", "https://h/x#%", "https://u@/x"]  # fmt: skip


@pytest.mark.parametrize(("text", "url", "place", "ssh"), REMOTES)
def test_a_git_remote(text: str, url: str, place: str, ssh: bool) -> None:
    assert parse_remote(text) == (url, place, ssh)


@pytest.mark.parametrize("text", NO_REMOTES)
def test_what_is_no_git_remote_is_told(text: str) -> None:
    with pytest.raises(llb.LLBError, match=r"^remote: "):
        llb.git(text)


@pytest.mark.parametrize(
    ("ref", "subdir", "fragment"),
    [
        ("main", "", "#main"),
        ("main:sub/../dir/", "", "#main:dir"),
        (":/dir", "", "#:dir"),
        ("main", "sub/../dir", "#main:sub/../dir"),
        ("main:", "", "#main"),
        ("", "", ""),
    ],
)
def test_a_ref_may_have_a_directory_as_in_a_fragment(ref: str, subdir: str, fragment: str) -> None:
    op = pb.Op.FromString(llb.git("https://h/x", ref, subdir=subdir).marshal().ops[0])
    assert op.source.identifier == f"git://h/x{fragment}"


def test_lists_are_the_json_that_go_writes() -> None:
    pattern = 'a<b>&c"\\\b\f\n\r\t\x01\x7f\u2028\u2029é😀'
    attrs = pb.Op.FromString(llb.local("x", include=[pattern, "b"]).marshal().ops[0]).source.attrs
    wanted = r'["a\u003cb\u003e\u0026c\"\\\b\f\n\r\t\u0001' + "\x7f" + r'\u2028\u2029é😀","b"]'
    assert attrs["local.includepattern"] == wanted


@pytest.mark.parametrize(
    ("given", "canonical"),
    [
        ("1.2.3.4", "1.2.3.4"),
        ("::ffff:1.2.3.4", "1.2.3.4"),
        ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
        ("::1", "::1"),
    ],
)
def test_an_address_is_written_as_go_does(given: str, canonical: str) -> None:
    op = pb.Op.FromString(llb.image("alpine").host("h", given).run(["x"]).marshal().ops[1])
    found = op.exec.meta.extraHosts[0].IP
    assert found == canonical
