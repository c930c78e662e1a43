"""A plan as LLB: which operations come out, and that both ways of joining layers hold the same files."""

import hashlib
from collections.abc import Iterable

import pytest
from msgspec import structs

import llb
from frontend.errors import GatewayError, Location
from frontend.lower.layers import Lowered, lower
from frontend.lower.target import Base, Sources, Target, source_maps
from frontend.plan.images import image_names, native_images, tool_image
from frontend.plan.model import (
    CacheMount,
    Directory,
    Exec,
    FromContext,
    FromImage,
    FromStep,
    ImageRef,
    Input,
    Layer,
    Link,
    Plan,
    Process,
    Runtime,
    SecretMount,
    SharedLibraries,
    Step,
    StepRef,
    TextFile,
)
from frontend.settings.options import parse
from llb.pb import ops_pb2 as pb

DIGEST = f"sha256:{'a' * 64}"
PLATFORM = "linux/amd64"

PLAN = Plan(
    language="nodejs",
    steps=(
        Step(
            "install",
            ImageRef("node:24-trixie"),
            "everything, for the build",
            packages=("libpq-dev",),
            inputs=(FromContext(("package.json", "package-lock.json")),),
            env=(("CI", "1"),),
            run=(
                Exec(
                    ("npm", "ci"),
                    "npm ci",
                    caches=(CacheMount("/root/.npm", "npm"),),
                    secrets=(SecretMount("npmrc", "/root/.npmrc"),),
                    fetches=True,
                ),
            ),
        ),
        Step(
            "build",
            StepRef("install"),
            "the app's build script",
            (),
            (FromContext(),),
            run=(Exec(("npm", "run", "b"), "b"),),
        ),
    ),
    runtime=Runtime(
        "node:24-trixie-slim",
        (
            Layer("dependencies", "production dependencies", (FromStep("install", "/app/node_modules"),)),
            Layer(
                "application",
                "the app",
                (
                    FromContext(exclude=("**/.git",)),
                    FromStep("build", "/app/dist", optional=True),
                    TextFile("/app/conf", "x"),
                    Directory("/app/tmp"),
                ),
            ),
        ),
        (Process("web", ("node", "server.js")),),
        packages=("libpq5",),
        libraries=(SharedLibraries("install", ("/app/node_modules",)),),
    ),
)


CAPS = frozenset({"mergeop", "diffop", "file.symlink.create"})


def lowered(plan: Plan = PLAN, *missing: str, **target: object) -> Lowered:
    config = {"config": {"Env": ["PATH=/usr/local/bin:/usr/bin", "NODE_VERSION=24.1.0"]}}
    images = {(name, PLATFORM): Base(f"docker.io/library/{name}", DIGEST, config) for name in image_names(plan)}
    options = Target(PLATFORM, PLATFORM, CAPS - set(missing), **target)  # type: ignore[arg-type]
    sources = Sources(images, llb.local("context"), source_maps(plan, lambda path, line: b"one\ntwo\n"))
    return lower(plan, options, sources)


def ops(result: Lowered) -> list[pb.Op]:
    return [pb.Op.FromString(op) for op in result.state.marshal().ops]


def execs(found: Iterable[pb.Op]) -> list[pb.ExecOp]:
    return [op.exec for op in found if op.WhichOneof("op") == "exec"]


def test_the_images_a_plan_needs() -> None:
    assert image_names(PLAN) == ("node:24-trixie-slim", "node:24-trixie")
    assert tool_image(PLAN) == "node:24-trixie"


def test_layers_are_merged_in_order_base_first() -> None:
    result = lowered()
    assert [note.kind for note in result.layers] == ["packages", "user", "dependencies", "application"]
    found = {f"sha256:{hashlib.sha256(op).hexdigest()}": pb.Op.FromString(op) for op in result.state.marshal().ops}
    merge = list(found.values())[-2]
    layers = [found[merge.inputs[one.input].digest] for one in merge.merge.inputs]
    assert len(layers) == 4  # the base with its packages, user, dependencies, application
    assert any(action.mkfile.path == "/app/conf" for action in layers[3].file.actions)


def test_an_image_is_looked_at_by_its_parts() -> None:
    application, dependencies, user, base = lowered().views
    assert application.places == ("/app", "/app/dist", "/app/conf", "/app/tmp")
    assert dependencies.places == ("/app/node_modules",)
    assert {"/etc/passwd", "/home/miget"} <= set(user.places)
    assert [one.beside for one in (application, dependencies, user, base)] == ["", "libraries", "", "any"]
    assert lowered(PLAN, "mergeop").views == ()


def test_shared_libraries_change_with_the_dependencies_that_need_them() -> None:
    files = [op.file for op in ops(lowered()) if op.WhichOneof("op") == "file"]
    (dependencies,) = [
        [action.copy for action in file.actions if action.HasField("copy")]
        for file in files
        if any(action.copy.dest == "/app/node_modules" for action in file.actions)
    ]
    assert [copy.dest for copy in dependencies] == ["/app/node_modules", "/"]
    assert not dependencies[1].HasField("owner")
    alone = [layer for layer in PLAN.runtime.layers if layer.kind != "dependencies"]
    without = structs.replace(PLAN, runtime=structs.replace(PLAN.runtime, layers=tuple(alone)))
    assert [note.kind for note in lowered(without).layers] == ["packages", "packages", "user", "application"]


def test_without_mergeop_the_same_layers_are_stacked() -> None:
    result = lowered(PLAN, "mergeop")
    assert result.layers == lowered().layers
    assert "merge" not in [op.WhichOneof("op") for op in ops(result)]


FROM_BUILD = FromStep("build", "/app", exclude=("**/node_modules",))


def copying(*inputs: Input, steps: tuple[Step, ...] = PLAN.steps) -> Plan:
    """A plan whose application is these inputs."""
    layers = (PLAN.runtime.layers[0], Layer("application", "the app", inputs))
    return structs.replace(PLAN, steps=steps, runtime=structs.replace(PLAN.runtime, layers=layers))


def kinds(result: Lowered) -> list[str]:
    return [op.WhichOneof("op") or "" for op in ops(result)]


def test_the_app_is_copied_from_what_changed_since_its_sources_came() -> None:
    result = lowered(copying(FROM_BUILD))
    assert kinds(result).count("diff") == 1
    assert kinds(result).count("merge") == 2
    copies = [a.copy for op in ops(result) for a in op.file.actions if op.WhichOneof("op") == "file"]
    before, app = [copy for copy in copies if list(copy.exclude_patterns) == ["**/node_modules"]]
    assert (before.src, before.dest, before.allowEmptyWildcard) == ("/ap[p]", "/app", True)
    assert not before.HasField("owner")
    assert (app.src, app.dest, app.owner.user.byID) == ("/app", "/app", 1000)


def test_what_goes_on_from_a_step_with_the_sources_has_them_too() -> None:
    after = Step("prune", StepRef("build"), "without what only the build needs", run=(Exec(("npm", "prune"), "prune"),))
    other = Step("site", ImageRef("node:24-trixie"), "beside it", inputs=(FROM_BUILD,))
    for step in (after, other):
        plan = copying(structs.replace(FROM_BUILD, step=step.name), steps=(*PLAN.steps, step))
        assert kinds(lowered(plan)).count("diff") == (1 if step is after else 2)


@pytest.mark.parametrize(
    "given",
    [
        structs.replace(FROM_BUILD, exclude=()),
        structs.replace(FROM_BUILD, path="/app/dist"),
        structs.replace(FROM_BUILD, step="install"),
    ],
)
def test_what_holds_no_dependencies_is_copied_from_its_step(given: FromStep) -> None:
    assert "diff" not in kinds(lowered(copying(given)))


@pytest.mark.parametrize("missing", ["diffop", "mergeop"])
def test_without_diffop_or_mergeop_the_app_is_copied_from_its_step(missing: str) -> None:
    assert "diff" not in kinds(lowered(copying(FROM_BUILD), missing))


def test_a_fetching_step_gets_certificates_caches_and_secrets() -> None:
    result = lowered(proxy=(("https", "http://proxy:3128"),))
    npm = next(e for e in execs(ops(result)) if "npm" in e.meta.args and "ci" in e.meta.args)
    assert list(npm.meta.args) == ["/bin/sh", "/run/migetpacks-step/start", "npm", "ci"]
    given = {mount.secretOpt.ID for mount in npm.mounts if mount.mountType == pb.SECRET}
    assert given == {"npmrc", "ca-certificates", "http-proxy", "https-proxy"}
    assert all(mount.secretOpt.optional for mount in npm.mounts if mount.mountType == pb.SECRET)
    assert [m.cacheOpt.ID for m in npm.mounts if m.mountType == pb.CACHE] == ["migetpacks/npm/linux/amd64"]
    assert npm.meta.proxy_env.https_proxy == "http://proxy:3128"
    assert "CI=1" in npm.meta.env
    assert "PATH=/usr/local/bin:/usr/bin" in npm.meta.env


def test_a_build_step_runs_the_user_s_program_itself() -> None:
    build = next(e for e in execs(ops(lowered())) if list(e.meta.args[2:]) == ["npm", "run", "b"])
    assert build.meta.cwd == "/app"
    assert not [mount for mount in build.mounts if mount.mountType == pb.SECRET]
    assert not build.meta.proxy_env.https_proxy


def test_hints_are_where_no_cache_key_has_them() -> None:
    """BuildKit leaves a step's proxies out of its cache key: all else is as if there were no hint."""
    install, *others = PLAN.steps
    hinted = structs.replace(install, run=(structs.replace(install.run[0], hint="run npm install"),))
    plain, told = ops(lowered()), ops(lowered(structs.replace(PLAN, steps=(hinted, *others))))
    found = [pair for pair in zip(execs(plain), execs(told), strict=True) if pair[0].meta != pair[1].meta]
    ((before, after),) = found
    assert after.meta.proxy_env.ftp_proxy.endswith("\n=\trun npm install")
    for one in (before, after):
        one.meta.ClearField("proxy_env")
    assert before == after
    assert not [op for op in plain if b"CERTIFICATE_VERIFY_FAILED" in op.file.SerializeToString()]


def test_a_source_map_ends_a_few_lines_after_the_last_place_it_is_for() -> None:
    """Clients get it with a failed step, as a header: a whole lockfile ends their connection."""
    at = Location("package-lock.json", 4)
    install, *others = PLAN.steps
    plan = structs.replace(PLAN, steps=(structs.replace(install, run=(Exec(("npm", "ci"), "npm ci", at=at),)), *others))
    (made,) = source_maps(plan, lambda path, line: b'"resolved": "x",\n' * 1_000_000).values()
    assert made.filename == "package-lock.json"
    assert 4 < made.data.count(b"\n") < 20


def test_files_of_the_app_belong_to_the_user_and_build_inputs_to_root() -> None:
    found = ops(lowered())
    files = [op.file for op in found if op.WhichOneof("op") == "file"]
    owners = {action.copy.dest: action.copy.owner for f in files for action in f.actions if action.HasField("copy")}
    assert owners["/app/node_modules"].user.byID == 1000
    kinds = [{action.WhichOneof("action") for action in f.actions} for f in files]
    app = next(f for f, kind in zip(files, kinds, strict=True) if {"mkfile", "copy"} <= kind)
    copied = next(a.copy for a in app.actions if a.HasField("copy"))
    assert (copied.src, copied.dest, list(copied.exclude_patterns)) == ("/", "/app", ["**/.git"])
    assert (copied.owner.user.byID, copied.owner.group.byID) == (1000, 1000)
    assert any(a.copy.allowEmptyWildcard and a.copy.src == "/app/dis[t]" for a in app.actions if a.HasField("copy"))


def test_no_cache_is_for_all_steps_or_for_one() -> None:
    def ignored(result: Lowered) -> set[str]:
        metadata = result.state.marshal().metadata.values()
        return {m.description.get("llb.customname", "") for m in metadata if m.ignore_cache}

    assert ignored(lowered()) == set()
    assert ignored(lowered(no_cache_steps=("build",))) == {"[build] copy the app", "[build] b"}
    assert len(ignored(lowered(no_cache=True))) >= 8


def test_without_cache_a_step_has_none_of_what_its_last_run_made() -> None:
    install, build = PLAN.steps
    caches = (CacheMount("/app/.next/cache", "next", "private", "app"), CacheMount("/root/.npm", "npm"))
    plan = structs.replace(
        PLAN, steps=(install, structs.replace(build, run=(structs.replace(build.run[0], caches=caches),)))
    )

    def mounted(result: Lowered) -> list[str]:
        ran = next(one for one in execs(ops(result)) if list(one.meta.args[-3:]) == ["npm", "run", "b"])
        return [mount.dest for mount in ran.mounts if mount.mountType == pb.CACHE]

    assert mounted(lowered(plan)) == ["/app/.next/cache", "/root/.npm"]
    for target in ({"no_cache": True}, {"no_cache_steps": ("build",)}):
        assert mounted(lowered(plan, **target)) == ["/root/.npm"]
    assert mounted(lowered(plan, no_cache_steps=("install",))) == ["/app/.next/cache", "/root/.npm"]


def test_the_same_plan_gives_the_same_bytes() -> None:
    assert lowered().state.marshal(unique_id="u").to_bytes() == lowered().state.marshal(unique_id="u").to_bytes()


def test_names_with_brackets_are_taken_as_they_are() -> None:
    source = FromContext(paths=("a[1]/package.json",), root="apps/[web]")
    build = structs.replace(PLAN.steps[0], inputs=(source,))
    layer = Layer("application", "x", (FromStep("install", "/app/[web]/dist", optional=True),))
    runtime = structs.replace(PLAN.runtime, layers=(layer,))
    found = ops(lowered(structs.replace(PLAN, steps=(build,), runtime=runtime)))
    actions = [action.copy for op in found if op.WhichOneof("op") == "file" for action in op.file.actions]
    given = next(copy for copy in actions if copy.include_patterns)
    assert (given.src, given.allowWildcard) == ("/apps/[web]", False)
    assert list(given.include_patterns) == [r"a\[1\]/package.json"]
    assert any(copy.src == r"/app/\[web\]/dis[t]" and copy.allowWildcard for copy in actions)


def with_layer(*inputs: Input) -> Plan:
    layer = Layer("application", "the app", inputs)
    return structs.replace(PLAN, runtime=structs.replace(PLAN.runtime, layers=(layer,)))


def test_a_file_of_another_image_is_copied_with_the_image_resolved() -> None:
    plan = with_layer(FromImage("busybox:1", "/bin/busybox"), FromImage("busybox:1", "/etc", to="/conf"))
    assert "busybox:1" in image_names(plan)
    found = ops(lowered(plan))
    assert [op.source.identifier for op in found if "busybox" in op.source.identifier] == [
        f"docker-image://docker.io/library/busybox:1@{DIGEST}"
    ]
    copies = [action.copy for op in found for action in op.file.actions if action.copy.src in ("/bin/busybox", "/etc")]
    assert [(copy.src, copy.dest) for copy in copies] == [("/bin/busybox", "/bin/busybox"), ("/etc", "/conf")]


def test_a_link_is_made_where_buildkit_can() -> None:
    plan = with_layer(Link("/app/current", "releases/1"))
    (link,) = [action.symlink for op in ops(lowered(plan)) for action in op.file.actions if action.HasField("symlink")]
    assert (link.oldpath, link.newpath) == ("releases/1", "/app/current")
    with pytest.raises(GatewayError, match="symbolic link /app/current"):
        lowered(plan, "file.symlink.create")


def test_what_the_client_sets_for_programs_is_passed_on() -> None:
    asked = parse(
        {
            "platform": "linux/amd64,linux/arm64",
            "add-hosts": "db=10.0.0.1",
            "force-network-mode": "host",
            "shm-size": "1048576",
            "memory": "2097152",
            "ulimit": "nofile=10:20",
            "hostname": "builder",
            "build-arg:https_proxy": "http://proxy:1",
        }
    )
    target = Target.of(asked, PLATFORM, PLATFORM, CAPS)
    sources = Sources({(name, PLATFORM): Base(name, "", {}) for name in image_names(PLAN)}, llb.local("context"))
    found = execs(ops(lower(PLAN, target, sources)))
    npm = next(e for e in found if "ci" in e.meta.args)
    assert npm.network == pb.HOST
    assert (npm.meta.hostname, npm.meta.proxy_env.https_proxy) == ("builder", "http://proxy:1")
    assert [(host.Host, host.IP) for host in npm.meta.extraHosts] == [("db", "10.0.0.1")]
    assert [(limit.Name, limit.Soft, limit.Hard) for limit in npm.meta.ulimit] == [("nofile", 10, 20)]
    assert [m.TmpfsOpt.size for m in npm.mounts if m.dest == "/dev/shm"] == [1048576]
    assert target.resources == {"memory": 2097152}
    assert target.named("npm ci", "install") == "[linux/amd64 install] npm ci"


def test_a_program_of_ours_is_mounted_for_the_run_alone() -> None:
    file = TextFile("/run/migetpacks-programs/say.py", "print(1)\n")
    first, *others = PLAN.steps
    said = structs.replace(first, run=(*first.run, Exec(("python", file.path), "say", files=(file,))))
    found = ops(lowered(structs.replace(PLAN, steps=(said, *others))))
    run = next(op for op in found if op.exec.meta.args[-1:] == [file.path])
    (mount,) = (one for one in run.exec.mounts if one.dest == file.path)
    assert (mount.selector, mount.readonly, mount.output) == ("/say.py", True, -1)
    made = [action.mkfile for op in found for action in op.file.actions if action.mkfile.path == "/say.py"]
    assert [one.data for one in made] == [b"print(1)\n"]


def test_a_native_step_runs_where_the_build_does_for_every_platform() -> None:
    install, build = PLAN.steps
    plan = structs.replace(PLAN, steps=(structs.replace(install, native=True), structs.replace(build, native=True)))
    other = "linux/arm64"
    config = {"config": {"Env": ["PATH=/usr/bin"]}}
    keys = [(name, other) for name in image_names(plan)] + [(name, PLATFORM) for name in native_images(plan)]
    images = {key: Base(f"docker.io/library/{key[0]}", DIGEST, config) for key in keys}
    sources = Sources(images, llb.local("context"), source_maps(plan, lambda path, line: b"one\ntwo\n"))
    result = lower(plan, Target(other, PLATFORM, CAPS), sources)
    found = [pb.Op.FromString(op) for op in result.state.marshal(platform=other).ops]
    programs = {op.exec.meta.args[-1]: op.platform.Architecture for op in found if op.WhichOneof("op") == "exec"}
    assert (programs["b"], programs["libpq5"]) == ("amd64", "arm64")
    assert not any("shared libraries" in note.reason for note in result.layers)
    assert native_images(PLAN) == ()
