"""The variables of an image's configuration."""

from frontend.lower.target import Base
from frontend.plan.model import Plan, Process, Runtime
from frontend.result.image import environment


def variables(base: tuple[tuple[str, str], ...] = (), env: tuple[tuple[str, str], ...] = ()) -> dict[str, str]:
    """Those of an image whose base and whose plan set some."""
    runtime = Runtime("python:3.14", (), (Process("web", ("python", "app.py")),), env=env)
    return environment(
        Plan("python", runtime), Base("python:3.14", "", {"config": {"Env": ["=".join(one) for one in base]}})
    )


def test_state_is_kept_below_tmp_and_home_stays() -> None:
    env = variables((("PATH", "/bin"), ("XDG_DATA_HOME", "/usr/share")))
    assert env == {
        "PATH": "/bin",
        "HOME": "/home/miget",
        "PORT": "5000",
        "XDG_CACHE_HOME": "/tmp/.cache",
        "XDG_CONFIG_HOME": "/tmp/.config",
        "XDG_DATA_HOME": "/tmp/.local/share",
        "XDG_STATE_HOME": "/tmp/.local/state",
    }


def test_a_place_that_the_user_sets_is_kept() -> None:
    assert variables(env=(("XDG_DATA_HOME", "/data"),))["XDG_DATA_HOME"] == "/data"
    assert variables(env=(("HOME", "/data"),)) == {"HOME": "/data", "PORT": "5000"}
