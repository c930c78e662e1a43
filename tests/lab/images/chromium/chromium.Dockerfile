# A browser without a display, from Debian: `chromium-headless-shell` is the program alone.
FROM docker.io/library/debian:trixie-slim
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium-headless-shell \
    && rm -rf /var/lib/apt/lists/* && useradd --uid 1000 --create-home browser
USER 1000:1000
WORKDIR /home/browser
ENTRYPOINT ["chromium-headless-shell", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr"]
