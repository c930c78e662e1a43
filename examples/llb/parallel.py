"""Steps that run side by side, a secret that leaves no trace, and a report made from all of them.

    export TOKEN=x
    PYTHONPATH=. python examples/llb/parallel.py |
        buildctl build --secret id=token,env=TOKEN --output type=local,dest=out && cat out/report.txt

A step that fails is shown with the line of this file that it comes from.
"""

import sys
from pathlib import Path

import llb

CHECKS = {  # name: shell text
    "kernel": "uname -s",
    "user": "id -un",
    "token": 'printf "%s" "$TOKEN" | sha256sum | cut -c1-12',
}

base = llb.image("debian:trixie-slim").env("LC_ALL", "C").dir("/")
this = llb.SourceMap("parallel.py", Path(__file__).read_bytes(), "Python")
lines = this.data.decode().splitlines()
group = llb.ProgressGroup("checks", "run the checks")

results = {}
for name, text in CHECKS.items():
    step = base.run(
        llb.shell(f"{text} > /out/result"),
        mounts=[llb.scratch_mount("/out"), llb.secret(env="TOKEN", id="token", optional=True)],
        network="none",
        name=f"check {name}",
        progress=group,
        at=this.at(1 + next(number for number, line in enumerate(lines) if f'"{name}":' in line)),
    )
    results[name] = step.output("/out")

report = base.run(
    llb.shell("for name in $(ls /in); do echo $name: $(cat /in/$name/result); done > /out/report.txt"),
    mounts=[
        llb.scratch_mount("/out"),
        *(llb.bind(f"/in/{name}", state, readonly=True) for name, state in results.items()),
    ],
    network="none",
    name="write the report",
)

sys.stdout.buffer.write(report.output("/out").marshal().to_bytes())
