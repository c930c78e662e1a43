"""Debian packages for what the code of a Ruby app starts."""

import pytest

from tests.languages.ruby import Files, codes, plan, rack, rails

USED: list[tuple[str, str, tuple[str, ...]]] = [  # a line of the code, the packages for it
    ("a text", 'system("convert #{from} -resize 10x10 #{to}")', ("imagemagick",)),
    ("a list", 'system("ffmpeg", "-i", from)', ("ffmpeg",)),
    ("with variables", 'spawn({ "A" => "1" }, "pandoc", from)', ("pandoc",)),
    ("variables of a name", 'system(env, "gs -q #{from}")', ("ghostscript",)),
    ("an output", 'text = `pdftotext #{from} -`', ("poppler-utils",)),
    ("a condition", "puts `which tesseract`", ("tesseract-ocr",)),
    ("percent", "out = %x(exiftool #{from})", ("libimage-exiftool-perl",)),
    ("Open3", 'Open3.capture3("ffprobe", "-v", "error", from)', ("ffmpeg",)),
    ("a pipe", 'IO.popen(["qpdf", "--check", from])', ("qpdf",)),
    ("words", "Open3.capture2e(*%w[unzip -l], from)", ("unzip",)),
    ("a path", 'system("/usr/bin/curl", url)', ("curl",)),
    ("behind another", 'system("cd x && nice pg_dump #{url} | gpg -e > out")', ("gnupg", "postgresql-client")),
    ("a variable", 'cmd = "sox #{from} #{to}"\n  Open3.popen3(cmd)', ("sox",)),
    ("a list of a variable", 'cmd = ["dot", "-Tpng"]\n  IO.popen(cmd)', ("graphviz",)),
    ("a splat", 'cmd = ["dot", "-Tpng"]\n  system(*cmd)', ("graphviz",)),
    ("a variable of an object", '@command = "lame #{from}"\n  Open3.popen3(@command)', ("lame",)),
    ("a gem's class", 'Terrapin::CommandLine.new("identify", ":file")', ("imagemagick",)),
    ("two of a package", 'system("ffmpeg")\n  system("ffprobe")', ("ffmpeg",)),
    ("git, of the app itself", 'sha = `git rev-parse HEAD`', ()),
    ("git, of the app itself, a list", 'Open3.capture2("git", "rev-parse", "HEAD")', ()),
    ("git", 'system("git", "clone", url)', ("git",)),
    ("another program", 'system("mine", "ffmpeg")', ()),
    ("only a text", 'puts "ffmpeg"', ()),
    ("an unknown variable", "system(command)", ()),
    ("another method", 'client.exec("git log")', ()),
    ("a comment", '# system("ffmpeg")', ()),
]  # fmt: skip


def with_code(line: str, path: str = "lib/work.rb") -> Files:
    return {**rack("puma"), path: f"def go\n  {line}\nend\n"}


@pytest.mark.parametrize(("line", "packages"), [row[1:] for row in USED], ids=[row[0] for row in USED])
def test_what_the_code_starts_is_in_the_image(line: str, packages: tuple[str, ...]) -> None:
    found = plan(with_code(line))
    assert found.runtime.packages == packages
    assert {one.what for one in found.evidence if one.because.startswith("the code starts")} == {*packages}


@pytest.mark.parametrize("path", ["app/services/media/work.rb", "work.rb", "app/controllers/work_controller.rb"])
def test_all_code_of_an_app_counts(path: str) -> None:
    found = plan(with_code('system("ffmpeg", "-i", from)', path))
    assert found.runtime.packages == ("ffmpeg",)
    assert [str(one.at) for one in found.evidence if one.what == "ffmpeg"] == [f"{path}:2"]


def test_scripts_in_the_root_of_a_rails_app_are_for_developers() -> None:
    assert plan({**rails(), "deploy.rb": 'system("git push")\n'}).runtime.packages == ()


@pytest.mark.parametrize("name", ["yt-dlp", "wkhtmltopdf"])
def test_what_the_image_cannot_have_is_told(name: str) -> None:
    files = with_code(f'system("{name}", url)')
    (told,) = (one for one in plan(files).warnings if one.code == "program-missing")
    assert name in told.message
    assert str(told.at) == "lib/work.rb:2"
    assert plan(files).runtime.packages == ()


def test_a_package_that_the_user_asks_for_is_not_told() -> None:
    found = plan(with_code('system("yt-dlp", url)'), run_packages=("yt-dlp",))
    assert "program-missing" not in codes(found)


def test_a_gem_that_is_the_program_has_it() -> None:
    files = {**rack("puma", "pandoc_binary"), "app.rb": 'system("pandoc", "x")\n'}
    assert plan(files).runtime.packages == ()


@pytest.mark.parametrize(
    ("gems", "packages"),
    [
        (("pg",), ("postgresql-client",)),
        (("trilogy",), ("default-mysql-client",)),
        (("sqlite3",), ("sqlite3",)),
        ((), ()),
    ],
)
def test_a_schema_in_sql_is_loaded_by_the_databases_program(gems: tuple[str, ...], packages: tuple[str, ...]) -> None:
    assert plan({**rails(*gems), "db/structure.sql": ""}).runtime.packages == packages
    assert plan(rails(*gems)).runtime.packages == ()


def test_a_program_that_is_a_script_of_perl_is_told_on_a_hardened_image() -> None:
    files = {**rails("pg"), "db/structure.sql": ""}
    (told,) = (one for one in plan(files, flavour="hardened").warnings if one.code == "code-starts-scripts")
    assert "psql" in told.message
    assert str(told.at) == "db/structure.sql"
    assert "code-starts-scripts" not in codes(plan(files))
