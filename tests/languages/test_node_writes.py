"""Directories that started files write to: which calls name one, and which do not."""

import pytest

from frontend.languages import node
from frontend.languages.node import writes
from frontend.plan.model import Imports, Process, Runtime
from frontend.rules.writes import Place
from tests.result.test_start import Rootfs

UPLOADS = "/app/uploads"
WRITTEN: list[tuple[str, str]] = [  # a source at /app/server/index.js of an app in /app, the directory
    ('fs.mkdirSync(path.join(__dirname, "uploads"))', "/app/server/uploads"),
    ('fs.mkdirSync(path.join(__dirname, "../uploads"), { recursive: true })', UPLOADS),
    ("await mkdir(join(import.meta.dirname, '..', 'uploads'))", UPLOADS),
    ("fs.mkdirSync('uploads')", UPLOADS),
    ("fs.mkdirSync(`./uploads/`)", UPLOADS),
    ("fs.mkdirSync(__dirname + '/cache')", "/app/server/cache"),
    ("fs.mkdirSync(`${__dirname}/cache`)", "/app/server/cache"),
    ("fs.mkdirSync(`${process.cwd()}/uploads`)", UPLOADS),
    ("fs.mkdirSync(path.resolve(process.cwd(), 'uploads'))", UPLOADS),
    ("const dir = path.join(__dirname, '..', 'uploads')\nif (!fs.existsSync(dir)) fs.mkdirSync(dir)", UPLOADS),
    ("const A = 'uploads'; const B: string = A\nfse.ensureDirSync(B, 1)", UPLOADS),
    ("const upload = multer({ limits: 1, dest: 'uploads/' })", UPLOADS),
    ("multer.diskStorage({ destination: './uploads' })", UPLOADS),
    ("multer.diskStorage({\n  destination: function (req, file, cb) {\n    cb(null, 'uploads/')\n  }\n})", UPLOADS),
    ("multer.diskStorage({ destination: (a, b, cb) => cb(null, path.join(__dirname, '../uploads')) })", UPLOADS),
    ("multer.diskStorage({ destination(a, b, done) { done(null, 'uploads') } })", UPLOADS),
    ("fs.createWriteStream(path.join(__dirname, '../uploads/a.log'), { flags: 'a' })", UPLOADS),
    ("fs.writeFileSync('./uploads/state.json', text)", UPLOADS),
    ("fs.writeFileSync('./uploads/' + name, text)", UPLOADS),
    ("new sqlite3.Database('./app.db', done)", "/app"),
    ('const Database = require("better-sqlite3"); const db = new Database("data/app.db")', "/app/data"),
    ("const store = openStore(process.env.DB_PATH ?? 'data/app.sqlite')", "/app/data"),
    ("import { DatabaseSync } from 'node:sqlite'; new DatabaseSync('file:data/app.db')", "/app/data"),
    ("new winston.transports.File({ level: 'error', filename: 'logs/error.log' })", "/app/logs"),
    ("fs.mkdirSync('../uploads')", "/uploads"),
    # as TypeScript and bundlers write them
    (
        'const D = (0, node_path_1.join)(process.cwd(), "data");\n(0, node_fs_1.mkdirSync)(D, { recursive: true });',
        "/app/data",
    ),
    ("(0, import_fs.writeFileSync)(import_path.default.join(process.cwd(), 'data', 'a.json'), '{}')", "/app/data"),
    ("await promises_1.default.mkdir(path_1.default.resolve('./uploads'))", UPLOADS),
    ("const db = new better_sqlite3_1.default('data/app.db')", "/app/data"),
    ("const upload = (0, multer_1.default)({ dest: 'uploads/' })", UPLOADS),
    ("(0, fs_1.mkdirSync)((0, path_1.join)((0, os_1.homedir)(), '.app'))", "/home/miget/.app"),
    ("(0, fs_1.mkdirSync)((0, path_1.dirname)('data/app.db'))", "/app/data"),
    ("const dir = path.join(os.homedir(), '.config', 'App')\nfs.mkdirSync(dir)", "/home/miget/.config/App"),
    ("fs.mkdirSync(join(homedir(), '.app'))", "/home/miget/.app"),
    ("fs.mkdirSync(`${process.env.HOME}/.app`)", "/home/miget/.app"),
    ("fs.writeFileSync(os.homedir() + '/.apprc', text)", "/home/miget"),
]
LEFT = [
    "fs.mkdirSync('/tmp/uploads')",
    "fs.mkdirSync('/data')",
    "fs.mkdirSync(path.join(os.tmpdir(), 'uploads'))",
    "fs.mkdirSync(path.join(root, 'uploads'))",
    "fs.mkdirSync(path.dirname(file))",
    "fs.mkdirSync(dir)",
    "fs.mkdirSync(names.join('-'))",
    "const dir = process.env.DIR\nfs.mkdirSync(dir)",
    "// fs.mkdirSync('uploads')",
    "import Database from 'better-sqlite3'; new Database(':memory:')",
    "new Database('users')",
    "const url = process.env.HOST || 'example.db.org'",
    "const trip = { destination: 'Visby' }",
    "new Database()",
    "multer({ storage: multer.memoryStorage() })",
    "multer({ dest: os.tmpdir() })",
    "new Database('libsql://host/x')",
    "fs.readFileSync('uploads/a')",
    "const a = b; const b = a; fs.mkdirSync(a)",
    "x" * 2000 + ";fs.mkdirSync('uploads')",
]


@pytest.mark.parametrize(("text", "expected"), WRITTEN)
def test_a_directory_that_a_file_writes_to(text: str, expected: str) -> None:
    assert [one.dir for one in writes.places({"/app/server/index.js": text}, "/app")] == [expected]


@pytest.mark.parametrize("text", LEFT)
def test_what_is_elsewhere_or_not_spelled_out(text: str) -> None:
    assert writes.places({"/app/server/index.js": text}, "/app") == ()


def test_the_line_and_the_variable_that_the_app_reads_it_from() -> None:
    text = "\nconst DIR = process.env.UPLOAD_DIR || './uploads';\n\nfs.mkdirSync(DIR);\n"
    assert writes.places({"/app/a.js": text}, "/app") == (Place(UPLOADS, "/app/a.js", 4, "UPLOAD_DIR"),)


def test_each_directory_is_told_once_and_what_is_in_it_with_it() -> None:
    text = "mkdirSync('a/b'); mkdirSync('a'); mkdirSync('c'); mkdirSync('a'); new sqlite3.Database('x.db')"
    assert [one.dir for one in writes.places({"/app/a.js": text, "/app/b.js": text}, "/app")] == [
        "/app/a",
        "/app/c",
        "/app",
    ]


TOLD: list[tuple[dict[str, str], str, str]] = [  # the app's files, the place, a part of the hint
    ({"server.js": "\nfs.mkdirSync('uploads')"}, "server.js:2", "mount a volume at /app/uploads"),
    ({"server.js": "require('./lib/up')", "lib/up.js": "multer({ dest: 'up/' })"}, "lib/up.js:1", "/app/up"),
    ({"server.js": "new sqlite3.Database('app.db')"}, "server.js:1", "such as /data"),
    ({"server.js": "const A = process.env.UP || 'up'\nfs.mkdirSync(A)"}, "server.js:2", "set UP to"),
    ({"server.js": "\nmkdirSync(join(homedir(), '.app'))"}, "server.js:2", "volume at /home/miget, or set"),
]


@pytest.mark.parametrize(("files", "at", "hint"), TOLD, ids=[row[1] for row in TOLD])
def test_a_file_that_is_started_and_writes_is_a_warning_at_its_line(files: dict[str, str], at: str, hint: str) -> None:
    rootfs = Rootfs({f"/app/{path}": (text.encode(), 0o644) for path, text in files.items()})
    processes = (Process("web", ("node", "server.js")), Process("worker", ("node", "server.js")))
    (warning,) = node.lacking(rootfs, Runtime("node", (), processes, imports=Imports(plain=True))).warnings
    assert str(warning.at) == at
    assert hint in warning.hint


@pytest.mark.parametrize("value", ["/data", "/data/up", "../up", "postgres://db/up"])
def test_a_place_that_a_variable_of_the_image_names_is_the_users(value: str) -> None:
    rootfs = Rootfs({"/app/server.js": (b"fs.mkdirSync(process.env.UP || 'up')", 0o644)})
    runtime = Runtime(
        "node", (), (Process("web", ("node", "server.js")),), env=(("UP", value),), imports=Imports(plain=True)
    )
    assert node.lacking(rootfs, runtime).warnings == ()


@pytest.mark.parametrize("value", ["/app/data/up", "./data/up", "data/up", "file:./data/up"])
def test_a_variable_of_the_image_that_names_a_place_in_the_app_moves_nothing(value: str) -> None:
    text = "const UP = process.env.UP || 'up'\nfs.mkdirSync(path.dirname(UP))"
    rootfs = Rootfs({"/app/server.js": (text.encode(), 0o644)})
    runtime = Runtime(
        "node", (), (Process("web", ("node", "server.js")),), env=(("UP", value),), imports=Imports(plain=True)
    )
    (warning,) = node.lacking(rootfs, runtime).warnings
    assert (str(warning.at), "set UP to" in warning.hint) == ("server.js:2", True)


def test_a_file_that_is_not_loaded_is_not_judged() -> None:
    files = {"server.js": "require('./a')", "a.js": "", "scripts/seed.js": "fs.mkdirSync('seeds')"}
    rootfs = Rootfs({f"/app/{path}": (text.encode(), 0o644) for path, text in files.items()})
    runtime = Runtime("node", (), (Process("web", ("node", "server.js")),), imports=Imports(plain=True))
    assert node.lacking(rootfs, runtime).warnings == ()
