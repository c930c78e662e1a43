# A Python app with pip as a careful engineer writes it: requirements first, a virtualenv copied whole, non-root.
FROM python:3.13-trixie AS build
WORKDIR /app
RUN python -m venv /app/.venv
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip --mount=type=secret,id=ca-certificates,target=/run/secrets/ca \
    PIP_CERT=/run/secrets/ca /app/.venv/bin/pip install --disable-pip-version-check -r requirements.txt

FROM python:3.13-slim-trixie
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PORT=5000
WORKDIR /app
COPY --chown=1000:1000 --from=build /app/.venv /app/.venv
COPY --chown=1000:1000 . .
USER 1000:1000
EXPOSE 5000
CMD ["gunicorn", "--bind", "0.0.0.0:5000", "app:app"]
