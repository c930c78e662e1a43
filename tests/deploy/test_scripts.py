"""Scripts and schedules of a Dockerfile: what they start, set up and run besides."""

import pytest

from tests.deploy.common import FLASK, plan, text


@pytest.mark.parametrize(
    "cmd", ['["/srv/entrypoint.sh"]', "/srv/entrypoint.sh", '["sh", "-c", "exec /srv/entrypoint.sh"]']
)
def test_a_dockerfiles_script_in_its_working_directory_is_the_app_s(cmd: str) -> None:
    script = "#!/bin/sh\nflask db upgrade || exit 1\ngunicorn app:app --bind 0.0.0.0:8000\n"
    files = {**FLASK, "Dockerfile": f"FROM python:3.13\nWORKDIR /srv\nCOPY . .\nCMD {cmd}\n", "entrypoint.sh": script}
    assert [(one.name, text(one)) for one in plan(files).runtime.processes] == [
        ("web", "gunicorn app:app"),
        ("release", "flask db upgrade"),
    ]


def test_what_a_script_sets_up_before_it_hands_on_is_told() -> None:
    script = '#!/bin/sh\nset -e\nflask db upgrade\npython seed.py\nexec "$@"\n'
    dockerfile = 'FROM python:3.13\nENTRYPOINT ["./entrypoint.sh"]\nCMD ["gunicorn", "-b", "0.0.0.0:80", "app:app"]\n'
    found = plan({**FLASK, "Dockerfile": dockerfile, "entrypoint.sh": script, "seed.py": ""})
    (said,) = (one for one in found.warnings if one.code == "script-left-out")
    assert str(said.at) == "entrypoint.sh:4"
    assert said.message.endswith("is not run: it runs python seed.py")
    ready = plan({**FLASK, "Dockerfile": dockerfile, "entrypoint.sh": script.replace("python seed.py\n", "")})
    assert "script-left-out" not in [one.code for one in ready.warnings]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (
            'RUN echo "0 4 * * * x" > /var/spool/cron/crontabs/root\nCMD ["sh", "-c", "crond -f"]',
            2,
        ),
        ('COPY jobs /etc/cron.d/jobs\nRUN crontab /etc/cron.d/jobs\nCMD ["cron", "-f"]', 2),
        ('CMD ["supercronic", "/srv/jobs"]', 2),
        ('RUN apt-get update && apt-get install -y cron\nCMD ["gunicorn", "app:app"]', 0),
        ("RUN pip install django-crontab\nCOPY crontab.txt .", 0),
    ],
)
def test_what_a_dockerfile_has_cron_run_is_told(lines: str, told: int) -> None:
    found = plan({**FLASK, "Dockerfile": f"FROM python:3.13\n{lines}\n"}).warnings
    said = [str(one.at) for one in found if one.code == "platform-schedule"]
    assert said == ([f"Dockerfile:{told}"] if told else [])
