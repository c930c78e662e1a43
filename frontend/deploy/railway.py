"""railway.json and railway.toml.

Source: https://docs.railway.com/reference/config-as-code
"""

from frontend.deploy import nixpacks
from frontend.deploy.model import Deployment
from frontend.deploy.reading import Item
from frontend.deploy.values import commands, processes


def read(file: Item) -> tuple[Deployment, ...]:
    """The service that the file configures; what it says of production goes before what it says of all."""
    live = file.get("environments", "production")
    build, deploy = file.get("build"), file.get("deploy")
    planned = nixpacks.read(build.get("nixpacksPlan"))[0]
    started = live.get("deploy", "startCommand"), deploy.get("startCommand")
    released = live.get("deploy", "preDeployCommand"), deploy.get("preDeployCommand")
    built = commands(live.get("build", "buildCommand"), build.get("buildCommand"))
    return (
        Deployment(
            file.at.file,
            build=built or planned.build,
            processes=processes(web=started, release=released) or planned.processes,
            build_packages=planned.build_packages,
            run_packages=planned.run_packages,
            versions=planned.versions,
            env=planned.env,
            warnings=planned.warnings,
        ),
    )
