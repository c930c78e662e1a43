"""What starts the program of a step, run by sh: output, exit status, and the hint where the program fails."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from frontend.languages import registry
from frontend.lower import failures, wrapper

Run = subprocess.CompletedProcess[str]


class Step:
    """The files of the wrapper in a directory, and the way to run a shell command by them."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.count = 0
        for name, text in wrapper.FILES.items():
            (directory / name).write_text(text.replace(f"{wrapper.DIR}/", f"{directory}/"))

    def args(self, command: str) -> list[str]:
        self.count += 1
        work = self.directory / f"work{self.count}"
        work.mkdir()
        start = self.directory / f"start{self.count}"
        start.write_text((self.directory / "start").read_text().replace(f"{wrapper.WORK_DIR}/", f"{work}/"))
        return ["/bin/sh", str(start), "/bin/sh", "-c", command]

    def run(
        self,
        command: str,
        path: str = os.environ["PATH"],
        hint: str = "",
        ftp: str = "",
        env: Mapping[str, str] | None = None,
        program: str = "/bin/sh",
    ) -> Run:
        env = {"PATH": path, **environment({"ftp": ftp} if ftp else {}, hint, program), **(env or {})}
        return subprocess.run(self.args(command), capture_output=True, text=True, check=False, timeout=30, env=env)


def environment(settings: dict[str, str], hint: str = "", program: str = "/bin/sh") -> dict[str, str]:
    """The proxies as BuildKit sets them."""
    proxies = wrapper.proxy(settings, program, hint)
    return {name: text for kind, text in proxies.items() for name in (f"{kind}_proxy", f"{kind.upper()}_PROXY")}


@pytest.fixture
def step(tmp_path: Path) -> Step:
    return Step(tmp_path)


def test_output_is_passed_on_and_nothing_is_added(step: Step) -> None:
    ended = step.run("echo one; echo two >&2; printf three; printf '\\000\\377' | wc -c")
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "one\nthree2\n", "two\n")
    failed = step.run("echo out; echo err >&2; exit 7")
    assert (failed.returncode, failed.stdout, failed.stderr) == (7, "out\n", "err\n")


def test_a_signal_is_the_exit_status_that_buildkit_reports(step: Step) -> None:
    assert step.run("kill -SEGV $$").returncode == 128 + signal.SIGSEGV
    assert step.run("kill -KILL $$").returncode == 128 + signal.SIGKILL


def test_long_output_keeps_its_end(step: Step) -> None:
    ended = step.run("seq 1 400000; echo 'npm error Missing: ms@2.1.3 from lock file'; seq 1 1000; exit 1")
    assert ended.stdout.startswith("1\n2\n")
    assert ended.stdout.count("\n") == 401_001
    assert ended.stderr.startswith("\nnpm error Missing: ms@2.1.3 from lock file\nhint: package-lock.json")


def test_a_daemon_left_behind_is_not_waited_for(step: Step) -> None:
    ended = step.run("sleep 60 & echo $! ; exit 3")
    os.kill(int(ended.stdout), signal.SIGTERM)  # raises ProcessLookupError where it has ended
    assert ended.returncode == 3


def test_an_image_without_the_tools_runs_the_program_itself(step: Step, tmp_path: Path) -> None:
    ended = step.run("echo 'CERTIFICATE_VERIFY_FAILED'; exit 4", path=str(tmp_path))
    assert (ended.returncode, ended.stdout, ended.stderr) == (4, "CERTIFICATE_VERIFY_FAILED\n", "")


@pytest.mark.parametrize("name", ["TERM", "INT", "HUP"])
def test_a_signal_to_end_reaches_the_program(step: Step, name: str) -> None:
    command = f"trap 'echo caught; sleep 0.2; exit 9' {name}; echo ready; while :; do sleep 0.1; done"
    env = {"PATH": os.environ["PATH"]}
    # a run in the background ignores some signals, and a shell cannot trap what it was started to ignore
    args = ["env", f"--default-signal={name}", *step.args(command)]
    with subprocess.Popen(args, stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.Signals[f"SIG{name}"])
        assert process.communicate(timeout=30)[0] == "caught\n"
    assert process.returncode == 9


def test_a_program_gets_the_input_and_the_signals_of_a_foreground_one(step: Step) -> None:
    args = step.args("cat; kill -INT $$; echo 'still here'")
    ended = subprocess.run(args, input="typed\n", capture_output=True, text=True, check=False, timeout=30)
    assert (ended.returncode, ended.stdout) == (128 + signal.SIGINT, "typed\n")


def test_no_program_sees_the_patterns(step: Step, tmp_path: Path) -> None:
    assert step.run("env").stdout.count("_proxy") == 0
    assert step.run("env | grep -i ftp_proxy | sort", ftp="http://p:1").stdout.splitlines() == [
        "FTP_PROXY=http://p:1",
        "ftp_proxy=http://p:1",
    ]
    assert step.run("exec /usr/bin/env", path=str(tmp_path), ftp="http://p:1").stdout.count("=http://p:1\n") == 2


def test_the_program_s_own_hint_is_for_what_no_pattern_knows(step: Step) -> None:
    assert step.run("echo odd; exit 5", hint="see above").stderr == "\nhint: see above\n"
    assert step.run("echo Killed; exit 5", hint="see above").stderr.count("hint: ") == 1
    assert step.run("exit 0", hint="see above").stderr == ""


CRASH = "Error: The `onCancel` handler was attached after the promise settled."
OF_NPM = "npm error Exit handler never called!"


@pytest.mark.parametrize("fault", [CRASH, OF_NPM])
def test_a_program_that_crashed_by_a_known_fault_is_run_once_more(step: Step, tmp_path: Path, fault: str) -> None:
    crash = f"echo run >>{tmp_path}/runs; [ -e {tmp_path}/met ] || {{ >{tmp_path}/met; echo '{fault}' >&2; exit 1; }}"
    ended = step.run(f"{crash}; echo installed")
    assert (ended.returncode, ended.stdout) == (0, "installed\n")
    assert ended.stderr == f"{fault}\n\n{wrapper.AGAIN}\n"
    assert (tmp_path / "runs").read_text() == "run\n" * 2


@pytest.mark.parametrize("crash", ["{ echo '# Check failed: current == end.'; exit 1; }", "kill -SEGV $$"])
def test_what_a_crash_may_come_from_is_emptied_before_the_second_run(step: Step, tmp_path: Path, crash: str) -> None:
    kept = tmp_path / "kept"
    (kept / "v24-x64").mkdir(parents=True)
    (kept / "v24-x64" / "entry").write_text("no code")
    ended = step.run(f"[ ! -e {kept}/v24-x64 ] || {crash}; echo built", env={"NODE_COMPILE_CACHE": str(kept)})
    assert (ended.returncode, ended.stdout.splitlines()[-1]) == (0, "built")
    assert ended.stderr.endswith(f"\n{wrapper.AGAIN}\n")
    assert list(kept.iterdir()) == []


@pytest.mark.parametrize("env", [{}, {"NODE_COMPILE_CACHE": "/nowhere"}])
def test_a_crash_that_cannot_come_from_what_was_kept_is_the_end(step: Step, env: dict[str, str]) -> None:
    ended = step.run("echo '# Check failed: current == end_slot_index.'; kill -TRAP $$", env=env)
    assert ended.returncode == 128 + signal.SIGTRAP
    assert wrapper.AGAIN not in ended.stderr


def test_a_program_that_crashes_again_gets_its_hint(step: Step, tmp_path: Path) -> None:
    ended = step.run(f"echo run >>{tmp_path}/runs; echo '{CRASH}' >&2; exit 1", hint="see above")
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"{CRASH}\n\n{wrapper.AGAIN}\n{CRASH}\n\n{CRASH}\nhint: yarn ")
    assert (tmp_path / "runs").read_text() == "run\n" * 2


def test_a_program_that_succeeds_or_fails_otherwise_is_run_once(step: Step, tmp_path: Path) -> None:
    assert step.run(f"echo run >>{tmp_path}/runs; echo '{CRASH}' >&2").returncode == 0
    assert step.run(f"echo run >>{tmp_path}/runs; echo YN0028 >&2; exit 1").returncode == 1
    assert (tmp_path / "runs").read_text() == "run\n" * 2


@pytest.mark.parametrize("status", failures.STATUSES)
def test_exit_statuses_that_mean_the_same_for_all_programs_get_their_hint(step: Step, status: int) -> None:
    ended = step.run(f"exit {status}", hint="see above")
    assert (ended.returncode, ended.stderr) == (status, f"\nhint: {failures.STATUSES[status]}\n")


SAID = [  # the output of a failed program, words of the hint
    ("npm error `npm ci` can only install packages when your package.json and package-lock.json are in sync.\nnpm error\nnpm error Missing: fsevents@2.3.3 from lock file\nnpm error Clean install", ("fsevents@2.3.3", "npm install")),
    ("npm error code EBADENGINE\nnpm error engine Not compatible with your version of node/npm: a@1.0.0", ("NODE_VERSION",)),
    (" ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with \"frozen-lockfile\" because pnpm-lock.yaml is not up to date with package.json", ("pnpm install",)),
    ("➤ YN0028: │ The lockfile would have been modified by this install, which is explicitly forbidden.", ("yarn install",)),
    ("error Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.", ("yarn install",)),
    ("error: lockfile had changes, but lockfile is frozen", ("bun install",)),
    (
        'error acme@1.0.0: The engine "node" is incompatible with this module. Expected version "6". Got "24.22.3"',
        ("NODE_VERSION", "--install.ignore-engines true", ".yarnrc"),
    ),
    ("npm error code E401\nnpm error Incorrect or missing password.", ("npmrc",)),
    ("npm error code E403\nnpm error 403 403 Forbidden - GET https://npm.acme.test/a", ("npmrc",)),
    ("npm error code ETARGET\nnpm error notarget No matching version found for express@99.", ("no such package or version",)),
    ("npm error code SELF_SIGNED_CERT_IN_CHAIN\nnpm error errno SELF_SIGNED_CERT_IN_CHAIN", ("ca-certificates",)),
    ("WARNING: Retrying: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed\nERROR: No matching distribution found for flask", ("ca-certificates",)),
    ("npm error network request to https://registry.npmjs.org/a failed, reason: getaddrinfo ENOTFOUND registry.npmjs.org", ("cannot be resolved",)),
    ("FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory", ("BUILD_ENV_NODE_OPTIONS",)),
    ("npm error ERROR: Failed to set up chrome v131.0.6778.204! Set \"PUPPETEER_SKIP_DOWNLOAD\" env variable to skip download.", ("BUILD_ENV_PUPPETEER_SKIP_DOWNLOAD",)),
    ("URL: https://download.cypress.io/desktop/13.0.0?platform=linux\nError: connect ECONNREFUSED", ("BUILD_ENV_CYPRESS_INSTALL_BINARY",)),
    ("Error: request to https://binaries.prisma.sh/all_commits/x/debian-openssl-3.0.x/libquery.so.gz failed", ("prisma",)),
    ("Error: Unknown binaryTarget debian-openssl-3.5.x and no custom binaries were provided", ("prisma",)),
    ("src/a.ts:2:27 - error\x1b[90m TS2307: \x1b[0mCannot find module '../Shared/Rule' or its corresponding type declarations.", ("Shared/",)),
    ("Module not found: Error: Can't resolve './src' in '/app'", ("committed",)),
    ("The following environment variables are not defined:\n -  DATABASE_URL", ("BUILD_ENV_NAME",)),
    ("Error: Environment variable not found: DATABASE_URL.", ("BUILD_ENV_NAME", "DATABASE_URL")),
    ("PrismaConfigEnvError: Missing required environment variable: DATABASE_URL", ("BUILD_ENV_NAME",)),
    ("`destination` does not start with `/`, `http://`, or `https://` for route {\"source\":\"/api/:path*\",\"destination\":\"undefined/api/:path*\"}", ("BUILD_ENV_NAME",)),
    ("error: The lockfile at `uv.lock` needs to be updated, but `--locked` was provided.", ("uv lock",)),
    ("pyproject.toml changed significantly since poetry.lock was last generated. Run `poetry lock` to fix the lock file.", ("poetry lock",)),
    ("Your Pipfile.lock (1b2c3d) is out of date. Expected: (4d5e6f).", ("pipenv lock",)),
    ('Warning: Your Pipfile requires "python_version" 3.10.12, but you are using \n3.10.13 from /app/.venv/bin/python.', ("Pipfile requires", "PYTHON_VERSION")),
    ("ERROR: Package 'app' requires a different Python: 3.12.1 not in '>=3.13'", ("PYTHON_VERSION",)),
    ("ModuleNotFoundError: No module named 'pkg_resources'", ("pkg_resources", "setuptools<82", "PYTHON_VERSION=3.11")),
    ("    from distutils.version import LooseVersion\nModuleNotFoundError: No module named 'distutils'", ("distutils", "PYTHON_VERSION=3.11")),
    ("DATABASE_URL has a stand-in value for this step alone: it is not set\nModuleNotFoundError: No module named 'debug_toolbar'", ("debug_toolbar", "for development are left out", "BUILD_ENV_NAME")),
    ("ERROR: No matching distribution found for torch==2.6.0+cpu", ("torch==2.6.0+cpu", "--extra-index-url")),
    ("ERROR: Could not find a version that satisfies the requirement nosuch==9 (from versions: none)\nERROR: No matching distribution found for nosuch==9", ("nosuch==9", "PYTHON_VERSION")),
    ("ERROR: HTTP error 401 while getting https://pypi.acme.test/simple/a/", ("pip.conf",)),
    ("Error: pg_config executable not found.", ("libpq-dev",)),
    ("django.core.exceptions.ImproperlyConfigured: Set the SECRET_KEY environment variable", ("BUILD_ENV_NAME",)),
    ("  File \"settings.py\", line 3\nKeyError: 'PGDATABASE'", ("PGDATABASE", "BUILD_ENV_NAME")),
    ("LookupError: setuptools-scm was unable to detect version for /app.", ("SETUPTOOLS_SCM_PRETEND_VERSION",)),
    ("error: command 'gcc' failed: No such file or directory", ("build-essential",)),
    ("error: can't find Rust compiler", ("cargo",)),
    ("src/a.c:4:10: fatal error: libpq-fe.h: No such file or directory", ("libpq-fe.h", "BUILD_PACKAGES")),
    ("npm error syscall spawn git\nnpm error errno -2\nnpm error enoent An unknown git error occurred\nnpm error spawn git ENOENT", (".git", "BUILD_PACKAGES=git")),
    ("fatal: not a git repository (or any of the parent directories): .git", ("BUILDKIT_CONTEXT_KEEP_GIT_DIR",)),
    ("error: RPC failed; The requested URL returned error: 403", ("credentials",)),
    ("fatal: could not read Username for 'https://github.com': terminal prompts disabled", ("git-credentials", "--ssh default")),
    ("Failed to clone https://git.acme.test/dep.git, check your git configuration and permissions for this repository.", ("git-credentials",)),
    ("npm error Host key verification failed.\nnpm error fatal: Could not read from remote repository.", ("GIT_KNOWN_HOSTS", "known-hosts")),
    ("  git@github.com: Permission denied (publickey).\n  fatal: Could not read from remote repository.", ("ssh-add", "--ssh default")),
    ("error: cannot run ssh: No such file or directory\nfatal: unable to fork", ("openssh-client",)),
    ("➤ YN0080: │ dep@https://git.acme.test/dep.git#main: Request to 'https://git.acme.test/dep.git' has been blocked because it doesn't match any of the patterns in 'approvedGitRepositories'", (".yarnrc.yml",)),
    ("Your lockfile is missing a CHECKSUMS entry for \"rack\", but can't be updated", ("bundle lock --add-checksums",)),
    ("Your lockfile is missing a checksums entry for \"rack\", but can't be updated", ("bundle lock --add-checksums",)),
    ("Your lockfile has an empty CHECKSUMS entry for \"rack\", but can't be updated", ("bundle lock --add-checksums",)),
    ("Bundler found mismatched checksums. This is a potential security risk.", ("CHECKSUMS", "where it comes from")),
    ("OSError: [Errno 28] No space left on device", ("disk",)),
    ("Killed", ("memory",)),
    ("E: Unable to locate package libfoo-dev", ("BUILD_PACKAGES",)),
]  # fmt: skip


@pytest.mark.parametrize(("said", "words"), SAID, ids=[said.splitlines()[0][:50] for said, _ in SAID])
def test_the_hint_is_chosen_from_the_output(step: Step, tmp_path: Path, said: str, words: tuple[str, ...]) -> None:
    (tmp_path / "said").write_text(f"{said}\nmore\n")
    ended = step.run(f"cat {tmp_path}/said; exit 1")
    assert ended.returncode == 1
    assert ended.stdout == f"{said}\nmore\n"
    blank, line, hint = ended.stderr.splitlines()
    assert not blank
    assert line in said.splitlines()
    assert hint.startswith("hint: ")
    assert [word for word in words if word not in ended.stderr] == []


@pytest.mark.parametrize(
    ("program", "said", "word"),
    [
        ("bundle", "sh: 1: bun: not found", "SKIP=assets"),
        ("npm", "sh: 1: bun: not found", "npm install -D bun"),
        ("yarn", "/bin/sh: 1: pnpm: not found", '"packageManager"'),
        ("npm", "Error: spawn yarn ENOENT", '"packageManager"'),
        ("bun", "/usr/bin/bash: line 1: npm: command not found", "BUILD_PACKAGES=nodejs,npm"),
        ("dotnet", "/tmp/MSBuildTemproot/tmp1.exec.cmd: 2: npm: not found", "BUILD_PACKAGES=nodejs,npm"),
        ("pip", "sh: 1: yarn: not found", "BUILD_PACKAGES=nodejs,npm"),
    ],
)
def test_a_program_that_is_not_there_is_told_by_the_one_that_runs_it(
    step: Step, program: str, said: str, word: str
) -> None:
    blank, line, hint = step.run(f"echo '{said}'; exit 1", program=program).stderr.splitlines()
    assert (blank, line) == ("", said)
    assert word in hint
    assert "SKIP=assets" not in hint or program == "bundle"


def test_where_the_app_s_own_code_is_at_fault_is_told(step: Step, tmp_path: Path) -> None:
    said = (
        "rails aborted!\nActiveRecord::ConnectionNotEstablished: connection to server failed\n"
        "/app/vendor/bundle/ruby/3.4.0/gems/activerecord-8.0.1/lib/active_record/a.rb:9:in 'connect'\n"
        "/app/app/models/setting.rb:4:in '<class:Setting>'\n/app/config/initializers/settings.rb:3:in '<main>'\n"
        "/app/config/environment.rb:5:in '<main>'\n"
    )
    (tmp_path / "said").write_text(said)
    blank, line, place, hint = step.run(f"cat {tmp_path}/said; exit 1").stderr.splitlines()
    assert (blank, place) == ("", "  config/initializers/settings.rb:3")
    assert line.startswith("ActiveRecord::ConnectionNotEstablished")
    assert "SKIP=assets" in hint
    (tmp_path / "said").write_text(said.replace("config/initializers/settings.rb", "Rakefile"))
    assert step.run(f"cat {tmp_path}/said; exit 1").stderr.splitlines()[2] == "  app/models/setting.rb:4"
    (tmp_path / "said").write_text(said.splitlines()[1])
    assert len(step.run(f"cat {tmp_path}/said; exit 1").stderr.splitlines()) == 3


FINE = [  # what programs write without meaning it, before they fail for another reason
    "npm warn EBADENGINE Unsupported engine { package: 'a@1.0.0' }",
    "npm warn deprecated inflight@1.0.6: This module is not supported, and leaks memory.",
    "warning: No `requires-python` value found in the workspace; defaulting to `>=3.12`.",
    "Downloaded 403 packages in 401 ms",
    "src/error.ts(401,3): error TS2322: Type 'string' is not assignable to type 'number'.",
    "SyntaxError: Unexpected token '<'",
]


@pytest.mark.parametrize("said", FINE)
def test_other_output_gets_no_hint(step: Step, tmp_path: Path, said: str) -> None:
    (tmp_path / "said").write_text(f"{said}\n")
    assert step.run(f"cat {tmp_path}/said >&2; exit 1").stderr == f"{said}\n"


def test_each_row_is_one_line_with_one_sentence() -> None:
    texts = (wrapper.hints(language) for language in (None, *registry.ENTRIES))
    rows = [line.split("\t") for text in texts for line in text.splitlines()]
    assert all(len(row) in (2, 3) for row in rows)
    assert not [row[1] for row in rows if row[0] != "!" and not re.fullmatch(r"[A-Za-z].*[^.]", row[1])]
