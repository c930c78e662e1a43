"""Many threads and processes that make the same files at once, and what is tried again."""

import base64
import hashlib
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.lab import fetch, shared, storage
from tests.lab.place import ROOT, LabError, locked
from tests.lab.progress import Progress
from tests.lab.shared import FinalError, making, replacing, tried, write_text

CONTENT = b"content " * 50_000
DIGEST = hashlib.sha256(CONTENT).hexdigest()


@dataclass
class Server:
    """An HTTP server: what it answers the nth request with (`faults`), all further ones with CONTENT."""

    url: str = ""
    faults: list[str] = field(default_factory=list)
    requests: int = 0


@pytest.fixture
def server() -> Iterator[Server]:
    state, lock = Server(), threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with lock:
                fault = state.faults[state.requests] if state.requests < len(state.faults) else ""
                state.requests += 1
            if fault.isdigit():
                self.send_error(int(fault))
            elif fault != "hang up":
                self.send_response(200)
                self.send_header("Content-Length", str(len(CONTENT)))
                self.end_headers()
                half = CONTENT[: len(CONTENT) // 2]
                self.wfile.write({"cut off": half, "other": CONTENT[::-1]}.get(fault, CONTENT))

        def log_message(self, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listener:
        state.url = f"http://127.0.0.1:{listener.server_port}/yarn.tgz"
        thread = threading.Thread(target=listener.serve_forever, args=(0.01,))
        thread.start()
        yield state
        listener.shutdown()
        thread.join()


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause between attempts."""
    monkeypatch.setattr(shared, "PAUSE_S", 0.001)


def files(directory: Path) -> list[str]:
    """What is in a directory beside its locks."""
    return sorted(path.name for path in directory.iterdir() if path.name != ".locks")


def test_many_threads_and_processes_download_a_file_once(server: Server, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from concurrent.futures import ThreadPoolExecutor\n"
        "from tests.lab.fetch import download\n"
        "with ThreadPoolExecutor(8) as pool:\n"
        "    wanted = [pool.submit(download, sys.argv[1], Path(sys.argv[2]), sys.argv[3]) for _ in range(8)]\n"
        "print([len(one.result().read_bytes()) for one in wanted])\n"
    )
    target = tmp_path / "downloads/yarn.tgz"
    command = [sys.executable, "-c", program, server.url, str(target), DIGEST]
    started = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate(timeout=60)[0].strip() for process in started] == [str([len(CONTENT)] * 8)] * 3
    assert target.read_bytes() == CONTENT
    assert files(target.parent) == ["yarn.tgz"]
    assert server.requests == 1


@pytest.mark.parametrize("fault", ["500", "429", "cut off", "hang up", "other"])
def test_a_download_that_fails_is_tried_again(fault: str, server: Server, tmp_path: Path) -> None:
    server.faults = [fault] * (shared.ATTEMPTS - 1)
    assert fetch.download(server.url, tmp_path / "file", DIGEST).read_bytes() == CONTENT
    assert server.requests == shared.ATTEMPTS


@pytest.mark.parametrize(
    ("fault", "requests", "why"),
    [
        ("503", 4, "HTTP 503 Service Unavailable (4 attempts)"),
        ("404", 1, "HTTP 404 Not Found"),
        ("cut off", 4, "the answer was cut off after 200000 of 400000 bytes (4 attempts)"),
        ("hang up", 4, "Remote end closed connection without response (4 attempts)"),
    ],
)
def test_a_download_that_keeps_failing_is_one_line(
    fault: str, requests: int, why: str, server: Server, tmp_path: Path
) -> None:
    server.faults = [fault] * 100
    with ThreadPoolExecutor(1) as pool, pytest.raises(LabError) as caught:
        pool.submit(fetch.download, server.url, tmp_path / "file").result()
    assert caught.value.told().splitlines()[0] == f"error: download of {server.url}: {why}"
    assert server.requests == requests
    assert files(tmp_path) == []


def test_a_package_of_another_content_is_refused(server: Server, tmp_path: Path) -> None:
    digest = hashlib.sha512(CONTENT)
    expected = fetch.integrity("sha512-" + base64.b64encode(digest.digest()).decode())
    assert expected == ("sha512", digest.hexdigest())
    assert fetch.download(server.url, tmp_path / "right", expected=expected).read_bytes() == CONTENT
    with pytest.raises(LabError, match=r"it has sha512 .*, expected 0000 \(4 attempts\)"):
        fetch.download(server.url, tmp_path / "wrong", expected=("sha512", "0000"))
    assert files(tmp_path) == ["right"]


def test_a_document_is_tried_again(server: Server) -> None:
    server.faults = ["500"]
    with pytest.raises(LabError, match="no JSON"):
        fetch.read_json(server.url)
    assert server.requests == shared.ATTEMPTS


def test_a_directory_is_made_by_one_at_a_time(tmp_path: Path) -> None:
    target = tmp_path / "engine"
    killed = tmp_path / f".engine.abc{shared.SUFFIX}"
    killed.mkdir()
    made = []

    def make(number: int) -> None:
        with making(target) as partial:
            if partial is not None:
                partial.mkdir()
                (partial / "file").write_text(str(number))
                made.append(number)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(make, range(16)))
    assert len(made) == 1
    assert files(tmp_path) == ["engine"]


def test_what_fails_half_way_leaves_nothing(tmp_path: Path) -> None:
    def make() -> None:
        with replacing(tmp_path / "file") as partial:
            partial.write_text("half")
            raise ValueError("half")

    with pytest.raises(ValueError, match="half"):
        make()
    assert files(tmp_path) == []


def test_a_file_is_never_seen_half_written(tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    texts = ["a" * 100_000, "b" * 100_000]
    write_text(path, texts[0])
    with ThreadPoolExecutor(4) as pool:
        writers = [pool.submit(write_text, path, texts[number % 2]) for number in range(50)]
        while not all(writer.done() for writer in writers):
            assert path.read_text() in texts
    assert files(tmp_path) == ["state.json"]


def test_threads_that_share_a_blob_do_not_meet(tmp_path: Path) -> None:
    (tmp_path / "blob").write_bytes(CONTENT)
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda _: storage.share(tmp_path / "blob", tmp_path / "registry/data"), range(64)))
    assert (tmp_path / "registry/data").samefile(tmp_path / "blob")
    assert files(tmp_path / "registry") == ["data"]


def test_a_lock_whose_file_was_removed_holds_nobody_up_and_admits_one(tmp_path: Path) -> None:
    lock, inside, most = tmp_path / "lab/lock", 0, 0

    def work(_: int) -> None:
        nonlocal inside, most
        with locked(lock):
            inside += 1
            most = max(most, inside)
            inside -= 1
            lock.unlink()  # as `down` does

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(100)))
    assert most == 1


def fails(*, times: int, error: Exception) -> Callable[[], str]:
    """Work that fails so often."""
    errors = [error] * times

    def work() -> str:
        if errors:
            raise errors.pop()
        return "made"

    return work


def test_a_part_is_tried_again_a_bounded_number_of_times() -> None:
    assert tried("part", fails(times=3, error=OSError("no space"))) == "made"
    with pytest.raises(FinalError) as caught:
        tried("part", fails(times=9, error=LabError("no\n space", output="one\ntwo\n")))
    assert caught.value.told().splitlines()[:3] == ["  one", "  two", "error: part: no space (4 attempts)"]


def test_the_innermost_part_is_named_and_not_tried_again_by_the_outer_one() -> None:
    calls = []

    def inner() -> None:
        calls.append(1)
        raise OSError("timed out")

    progress = Progress(quiet=True)
    with pytest.raises(LabError) as caught, progress.step("image node:24"):
        tried("image node:24", lambda: tried("download of yarn", inner))
    assert caught.value.told().splitlines()[0] == "error: download of yarn: timed out (4 attempts)"
    assert len(calls) == shared.ATTEMPTS


def test_a_step_that_breaks_names_itself() -> None:
    with pytest.raises(LabError) as caught, Progress(quiet=True).step("buildkitd"):
        raise FileNotFoundError(2, "No such file", "/x")
    assert caught.value.told().splitlines()[0] == "error: buildkitd: [Errno 2] No such file: '/x'"


def test_a_fault_of_ours_is_not_hidden() -> None:
    with pytest.raises(KeyError), Progress(quiet=True).step("buildkitd"):
        raise KeyError("bug")
