"""Ruby apps beyond what every app is asked: Rails 8's parts, settings of the allocator, builds that the app breaks."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from subprocess import CalledProcessError

import pytest

from tests.e2e.apps import APPS, app, build, started
from tests.e2e.conftest import Images
from tests.lab.api import Engine, Lab

pytestmark = pytest.mark.e2e

SECRET = ("-e", "SECRET_KEY_BASE=of-a-test-of-a-test-of-a-test-of-a-test")
READS_TABLE = """\
Rails.application.config.x.title =
  ActiveRecord::Base.connection.select_value("select title from settings")
"""


def test_solid_queue_is_a_process_of_its_own_or_in_puma(images: Images, lab: Lab, engine: Engine) -> None:
    whole = images.of(app("ruby-rails-solid"))
    jobs = build(lab, APPS / "ruby-rails-solid", name="ruby-jobs", options={"target": "jobs"})
    engine.docker("pull", "-q", jobs.reference)
    with started(engine, jobs.reference, *SECRET) as container:
        container.wait_for("SolidQueue started in process 1")
        assert container.stop()[0] == 0
    with started(engine, whole.reference, *SECRET, "-e", "SOLID_QUEUE_IN_PUMA=1") as container:
        assert container.get().status == 200
        container.wait_for("SolidQueue started")


def test_assets_of_node_and_of_tailwind_are_served(images: Images, engine: Engine) -> None:
    with started(engine, images.of(app("ruby-rails-solid")).reference, *SECRET) as container:
        paths = dict(re.findall(r'"(/assets/(tailwind|application)-[^"]*)"', container.get().text))
        texts = {name: container.get(path).text for path, name in paths.items()}
        assert "display: flex" in texts["tailwind"]
        assert "Harbour" in texts["application"]


def test_jemalloc_is_the_allocator_where_the_settings_say_so(lab: Lab, engine: Engine) -> None:
    settings = {"RUN_PACKAGES": "libjemalloc2", "RUN_ENV_LD_PRELOAD": "libjemalloc.so.2"}
    built = build(lab, APPS / "ruby-rack", name="ruby-jemalloc", args=settings)
    engine.docker("pull", "-q", built.reference)
    with started(engine, built.reference) as container:
        assert container.get().status == 200
        assert "libjemalloc.so.2" in engine.docker("exec", container.id, "cat", "/proc/1/maps").stdout


def test_a_tmpfs_over_tmp_hides_nothing(images: Images, engine: Engine) -> None:
    rails = app("ruby-rails")
    with started(engine, images.of(rails).reference, *SECRET, "--tmpfs", "/app/tmp") as container:
        assert rails.answer in container.get().text
        made = engine.docker("exec", container.id, "find", "/tmp", "-name", "*bootsnap*").stdout
        assert not made, "the cache was built again"
        assert engine.docker("exec", container.id, "ls", "/app/vendor/bootsnap").stdout


def test_what_asks_the_database_in_the_build_is_named(lab: Lab, tmp_path: Path) -> None:
    context = tmp_path / "context"
    shutil.copytree(APPS / "ruby-rails", context)
    initializers = context / "config/initializers"
    initializers.mkdir(exist_ok=True)
    (initializers / "settings.rb").write_text(READS_TABLE)
    with pytest.raises(CalledProcessError) as failed:
        build(lab, context, name="ruby-reads")
    told = failed.value.stderr
    assert re.search(r"StatementInvalid.*\n.*  config/initializers/settings.rb:2\n.*hint: .*SKIP=assets", told)
    assert build(lab, context, name="ruby-skips", args={"SKIP": "assets"}).digest


def test_a_key_that_is_required_is_told_at_its_line(lab: Lab, tmp_path: Path) -> None:
    context = tmp_path / "context"
    shutil.copytree(APPS / "ruby-rails", context)
    production = context / "config/environments/production.rb"
    text = re.sub(r"end\n\Z", "  config.require_master_key = true\nend\n", production.read_text())
    production.write_text(text)
    line = text.splitlines().index("  config.require_master_key = true") + 1
    with pytest.raises(CalledProcessError) as failed:
        build(lab, context, name="ruby-key")
    told = failed.value.stderr
    assert f"config/environments/production.rb:{line}" in told
    assert "hint: the app reads its encrypted credentials; give their key as the secret rails-master-key" in told
