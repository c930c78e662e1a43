# A Django app with pip as a careful engineer writes it: requirements first, static files collected in the build stage, a
# virtualenv copied whole and before the app, non-root.
FROM python:3.13-trixie AS build
ENV PATH=/app/.venv/bin:$PATH
WORKDIR /app
RUN python -m venv /app/.venv
COPY requirements.txt ./
RUN --mount=type=cache,target=/root/.cache/pip --mount=type=secret,id=ca-certificates,target=/run/secrets/ca \
    PIP_CERT=/run/secrets/ca pip install --disable-pip-version-check -r requirements.txt
COPY . .
RUN SECRET_KEY=for-collectstatic python manage.py collectstatic --noinput

FROM python:3.13-slim-trixie
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 PORT=5000
WORKDIR /app
COPY --chown=1000:1000 --from=build /app/.venv /app/.venv
COPY --chown=1000:1000 . .
COPY --chown=1000:1000 --from=build /app/staticfiles ./staticfiles
USER 1000:1000
EXPOSE 5000
CMD ["gunicorn", "--bind", "0.0.0.0:5000", "shop.wsgi:application"]
