"""The images a plan is built from."""

from frontend.plan.model import FromImage, ImageRef, Plan


def image_names(plan: Plan) -> tuple[str, ...]:
    """The images a plan is built from on each platform, the runtime's first, each once."""
    inputs = [given for step in plan.steps if not step.native for given in step.inputs]
    inputs += [given for layer in plan.runtime.layers for given in layer.inputs]
    others = [given.image for given in inputs if isinstance(given, FromImage)]
    tools = [tool_image(plan)] if plan.runtime.standard else []
    bases = [step.base.image for step in plan.steps if isinstance(step.base, ImageRef) and not step.native]
    return tuple(dict.fromkeys([plan.runtime.base, *bases, *others, *tools]))


def tool_image(plan: Plan) -> str:
    """The image whose shell writes the account files: a build image, or the runtime's own where nothing is built."""
    return next(iter(step_bases(plan)), plan.runtime.standard or plan.runtime.base)


def native_images(plan: Plan) -> tuple[str, ...]:
    """The images of steps that run on the platform of the build environment."""
    steps = [step for step in plan.steps if step.native]
    bases = [step.base.image for step in steps if isinstance(step.base, ImageRef)]
    inputs = [given.image for step in steps for given in step.inputs if isinstance(given, FromImage)]
    return tuple(dict.fromkeys((*bases, *inputs)))


def step_bases(plan: Plan) -> list[str]:
    """The images that steps stand on, in order."""
    return [step.base.image for step in plan.steps if isinstance(step.base, ImageRef)]
