"""railway.json and railway.toml.

Source: https://docs.railway.com/reference/config-as-code
"""

from frontend.deploy import nixpacks
from frontend.deploy.model import Deployment
from frontend.deploy.nixpacks import PLAN
from frontend.deploy.reading import NOTHING, Item
from frontend.deploy.shapes import COMMANDS, TEXT, Keys
from frontend.deploy.values import commands, processes, scheduled, volumes

PARTS: Keys = {
    "build": {"buildCommand": COMMANDS, "nixpacksPlan": PLAN, "dockerfilePath": TEXT},
    "deploy": {
        **dict.fromkeys(("startCommand", "preDeployCommand"), COMMANDS),
        **dict.fromkeys(("requiredMountPath", "cronSchedule", "healthcheckPath"), TEXT),
    },
}
SHAPE: Keys = {**PARTS, "environments": {"production": PARTS}}


def read(file: Item) -> tuple[Deployment, ...]:
    """The service that the file configures; what it says of production goes before what it says of all."""
    live = file.get("environments", "production")
    build, deploy = file.get("build"), file.get("deploy")
    planned = nixpacks.planned(build.get("nixpacksPlan"))
    started = (("web", one.get("startCommand")) for one in (live.get("deploy"), deploy))
    released = (("release", one.get("preDeployCommand")) for one in (live.get("deploy"), deploy))
    built = commands(live.get("build", "buildCommand"), build.get("buildCommand"))
    return (
        Deployment(
            file.at.file,
            build=built or planned.build,
            processes=processes(*started, *released) or planned.processes,
            build_packages=planned.build_packages,
            run_packages=planned.run_packages,
            versions=planned.versions,
            languages=planned.languages,
            env=planned.env,
            dockerfile=live.get("build", "dockerfilePath").only or build.get("dockerfilePath").only,
            health=live.get("deploy", "healthcheckPath").only or deploy.get("healthcheckPath").only,
            warnings=(
                *planned.warnings,
                *volumes(*(one.get("requiredMountPath") for one in (live.get("deploy"), deploy))),
                *scheduled(*((NOTHING, one.get("cronSchedule")) for one in (live.get("deploy"), deploy))),
            ),
        ),
    )
