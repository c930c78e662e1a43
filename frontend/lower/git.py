"""What a program that clones git repositories is given, besides what every program of a step gets.

Git is told by a configuration file, not by variables: npm 6 hides most of those from it, and older releases of git read
fewer. It is on a tmpfs where git looks for a user's own, so that nothing is left of it. The credentials are only read:
git's own helper would write them into the step's filesystem after each use. Host keys are always checked: npm and bun
would accept any that they see first, unless GIT_SSH_COMMAND says otherwise, which pip replaces by one of its own.

A repository that a lockfile names by SSH is read over https where the client gives no agent, because SSH cannot work
then: npm locks public repositories of GitHub by SSH. The output says so.
"""

import llb
from frontend.plan.model import GitAccess

CREDENTIALS, KNOWN_HOSTS = "git-credentials", "known-hosts"  # ids of secrets
DIR = "/run/migetpacks-git"  # read-only: the files below
CONFIG_DIR, SSH_DIR = "/root/.config/git", "/root/.ssh"
# published by the services, next to the fingerprints: https://api.github.com/meta,
# https://docs.gitlab.com/user/gitlab_com/#ssh-host-keys-fingerprints, https://bitbucket.org/site/ssh
PUBLIC_HOSTS = """\
github.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl
gitlab.com ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAfuCHKVTjquxvt6CM6tdG4SLp1Btn/nOeHHE5UOzRdf
bitbucket.org ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIazEu89wgQZ4bqs3d63QSMzYVa0MuJ2e2gKTKqu+UUO
"""
START = f"""#!/bin/sh
cat {DIR}/known-hosts >{SSH_DIR}/known_hosts
cat /run/secrets/{KNOWN_HOSTS} >>{SSH_DIR}/known_hosts 2>/dev/null
printf '%s\\n' 'StrictHostKeyChecking yes' 'BatchMode yes' >{SSH_DIR}/config
: "${{GIT_SSH_COMMAND:=ssh -o BatchMode=yes -o StrictHostKeyChecking=yes}}"
export GIT_SSH_COMMAND GIT_TERMINAL_PROMPT=0
cat {DIR}/config >{CONFIG_DIR}/config
if [ ! -S "$SSH_AUTH_SOCK" ]; then
  unset SSH_AUTH_SOCK
  cat {DIR}/without-agent >>{CONFIG_DIR}/config
  sed -n 's/^# //p' {DIR}/without-agent >&2
fi
exec "$@"
"""
CREDENTIAL = f"""#!/bin/sh
[ "$1" != get ] || exec git credential-store --file=/run/secrets/{CREDENTIALS} get
"""
CONFIG = f"""[credential]
\thelper = {DIR}/credential
"""


def started(args: tuple[str, ...]) -> tuple[str, ...]:
    """The argument list that runs `args` with git set up."""
    return ("/bin/sh", f"{DIR}/start", *args)


def without_agent(logins: tuple[str, ...]) -> str:
    """Git's configuration where the client gives no agent, with what is printed then as comments."""
    return "".join(
        f"# No SSH agent is given to the build (--ssh default): {login} is read over https\n"
        f'[url "https://{login.rpartition("@")[2]}/"]\n'
        f"\tinsteadOf = ssh://{login}/\n"
        f"\tinsteadOf = {login}:\n"
        for login in logins
    )


def files(access: GitAccess) -> tuple[tuple[str, str, int], ...]:
    """The files that are mounted at DIR: name, text and mode."""
    return (
        ("start", START, 0o644),
        ("credential", CREDENTIAL, 0o755),
        ("config", CONFIG, 0o644),
        ("known-hosts", f"{PUBLIC_HOSTS}{access.known_hosts.strip()}\n", 0o644),
        ("without-agent", without_agent(access.over_ssh), 0o644),
    )


def mounts(access: GitAccess) -> list[llb.AnyMount]:
    """What a program that is started so needs."""
    made = (llb.mkfile(f"/{name}", text.encode(), mode) for name, text, mode in files(access))
    state = llb.scratch().file(*made, name="[internal] git's configuration")
    return [
        llb.secret(f"/run/secrets/{CREDENTIALS}", id=CREDENTIALS, optional=True),
        llb.secret(f"/run/secrets/{KNOWN_HOSTS}", id=KNOWN_HOSTS, optional=True),
        llb.ssh(optional=True),
        llb.tmpfs(CONFIG_DIR),
        llb.tmpfs(SSH_DIR),
        llb.bind(DIR, state, readonly=True),
    ]
