# The frontend image: Python, the frontend and what they need, on nothing.
# Built by BuildKit's own Dockerfile frontend: `make image`.
ARG PYTHON_IMAGE=docker.io/library/python:3.13-slim-trixie

FROM ${PYTHON_IMAGE} AS pack
WORKDIR /src
COPY requirements/runtime.txt requirements/
# Behind a TLS-inspecting proxy the secret `ca-certificates` is the bundle to trust.
RUN --mount=type=secret,id=ca-certificates,target=/run/secrets/ca-certificates \
    --mount=type=cache,target=/root/.cache/pip \
    if [ -s /run/secrets/ca-certificates ]; then export PIP_CERT=/run/secrets/ca-certificates; fi \
    && python3 -m venv /pip \
    && /pip/bin/pip install --disable-pip-version-check --require-hashes --only-binary :all: --no-deps --no-compile \
        --target /dependencies -r requirements/runtime.txt
COPY image/bare.py image/first.py image/pack.py image/patterns.py image/start.py image/
COPY llb app/llb
COPY frontend app/frontend
RUN python3 -X no_debug_ranges image/pack.py /out --app /dependencies --app app

FROM scratch
COPY --from=pack /out /
USER 65532:65532
WORKDIR /
LABEL org.opencontainers.image.title="migetpacks" \
      org.opencontainers.image.description="BuildKit frontend: application source in, a small non-root OCI image out" \
      org.opencontainers.image.licenses="Apache-2.0" \
      moby.buildkit.frontend.network.none="true" \
      moby.buildkit.frontend.caps="moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests,moby.buildkit.frontend.contexts,moby.buildkit.frontend.gitquerystring"
# -I: no environment, no user directory. -S: no site. -B: writes no bytecode. The program is bytecode already.
ENTRYPOINT ["/usr/local/bin/python3", "-I", "-S", "-B", "-X", "utf8", "/opt/migetpacks/start.pyc"]
