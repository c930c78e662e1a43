"""What the output of a failed program says, whatever its language: patterns of grep -E, each with what to do.

The first pattern that matches decides: those of NETWORK, those of the languages' registry entries, then FAILURES. Package
managers that reach no server say afterwards that there is no such package, so the network comes first. Where none does,
STATUSES know some exit statuses, whatever the program, and last comes the hint of the program in the plan.
"""

NETWORK = (
    (
        r"[Cc]ertificate[ _-]verif(y|ication)[ _-]failed|CERTIFICATE_VERIFY_FAILED|SELF_SIGNED_CERT_IN_CHAIN|self[- ]signed certificate|unable to get (local )?issuer cert|UNABLE_TO_(GET_ISSUER_CERT|VERIFY_LEAF_SIGNATURE)|invalid peer certificate",
        "the server's certificate is not trusted; give the certificates of your network as the secret ca-certificates",
    ),
    (
        r"[Tt]emporary failure in name resolution|[Tt]emporary failure resolving|getaddrinfo (ENOTFOUND|EAI_AGAIN)|[Cc]ould not resolve host|Name or service not known|failed to lookup address information|Temporary failure resolving",
        "a host name cannot be resolved; check the name and the network of the builder, and set http_proxy and https_proxy if it needs a proxy",
    ),
)
FAILURES = (
    (
        r"Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED",
        "the SSH host key of the git server is unknown; set the build-arg GIT_KNOWN_HOSTS to what ssh-keyscan prints for it, or give your known_hosts file as the secret known-hosts",
    ),
    (
        r"Permission denied \([a-z,-]*publickey",
        "the git server accepts no SSH key of this build; add the key to your agent (ssh-add) and give the agent to the build with --ssh default",
    ),
    (
        r"fatal: could not read (Username|Password) for|fatal: Authentication failed for|Failed to clone .*, check your git configuration|remote: (Repository not found|The project you were looking for could not be found)",
        "a git repository requires credentials, or does not exist; give them as the secret git-credentials (lines https://USER:TOKEN@HOST), or your SSH agent with --ssh default where the URL is one of SSH",
    ),
    (
        r"cannot run ssh: No such file|spawn ssh ENOENT|ssh: (command )?not found",
        "a git repository is read over SSH, and the build has no ssh; set the build-arg BUILD_PACKAGES=openssh-client",
    ),
    (
        r"(connect|read) (ECONNREFUSED|ETIMEDOUT|ECONNRESET)|Connection (refused|timed out)|Network is unreachable|ENETUNREACH",
        "a server cannot be reached from the build; check that it is not one of your own machine, and set http_proxy and https_proxy if the builder needs a proxy",
    ),
    (
        r"No space left on device|ENOSPC",
        "the disk of the builder is full; run docker builder prune, or give it more space",
    ),
    (
        r"not a git repository|spawn git ENOENT|git: (command )?not found|No such file or directory: '?git'?|does not appear to be a git repository|unable to find (git )?version|Could not find the git",
        "the build reads git, which is not in it: set the build-arg BUILD_PACKAGES=git if the program is missing; to have .git, add the line !.git to .dockerignore, and for a context from a git URL set the build-arg BUILDKIT_CONTEXT_KEEP_GIT_DIR=1",
    ),
    (
        r"fatal error: .*\.h: No such file|fatal error: .* file not found|cannot find -l[a-z]|Package .* was not found in the pkg-config search path|No package '.*' found",
        "a system library is missing for a compilation; set the build-arg BUILD_PACKAGES to the Debian package that has it, such as libpq-dev",
    ),
    (
        r"(gcc|g\+\+|cc|c\+\+|make|cmake|pkg-config|gfortran): (command )?not found|command '?(x86_64-linux-gnu-|aarch64-linux-gnu-)?(gcc|cc|g\+\+)'? failed: No such file|[Cc]an('t|not) find (a )?C\+* compiler|not found: make|spawn (make|cmake) ENOENT|No CMAKE_C(XX)?_COMPILER could be found",
        "a compiler or build tool is missing; set the build-arg BUILD_PACKAGES to its Debian package, such as build-essential or cmake",
    ),
    (
        r"[Uu]nable to locate package|has no installation candidate",
        "Debian has no package of that name in this release; correct the name in BUILD_PACKAGES, RUN_PACKAGES or the configuration file",
    ),
    (
        r"[Cc]annot allocate memory|std::bad_alloc|ENOMEM|Out of memory|^Killed$|signal SIGKILL|died with <Signals.SIGKILL",
        "the build ran out of memory; give the builder more, or run fewer jobs in parallel",
    ),
    (
        r"(HTTP|[Ss]tatus|returned)( code| error)?[^0-9A-Za-z]{0,8}(401|403)([^0-9]|$)|(401|403) (Client Error|Unauthorized|Forbidden)",
        "a server refused the credentials, or requires some; give them as a build secret (the documentation of the settings lists the secrets)",
    ),
)
STATUSES = {
    126: "the program exists but cannot be executed: check its permissions and the platform it was built for",
    127: "the program was not found: add it to the dependencies, or its Debian package to BUILD_PACKAGES",
    137: "the program was killed, most likely for lack of memory: give the builder more, or run fewer jobs in parallel",
    139: "the program crashed (segmentation fault), often from a native module built for another version or libc",
}
