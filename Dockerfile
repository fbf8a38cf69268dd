# syntax=docker/dockerfile:1
# What is needed to build stays behind; what runs has Python, the service and no compiler. The last stage
# is the image that serves; `--target operator` is the one that also backs up and restores.
FROM python:3.13-slim-trixie AS build
WORKDIR /build
COPY requirements/runtime.txt requirements/local.txt requirements/
# The packages that run, into a place of their own; then the build tool beside, not among them.
RUN python -m venv /srv/sonla-api \
    && /srv/sonla-api/bin/python -m pip install --no-cache-dir --no-compile --require-hashes \
        --only-binary :all: --requirement requirements/runtime.txt \
    && python -m venv /build/tools \
    && /build/tools/bin/python -m pip install --no-cache-dir --require-hashes \
        --only-binary :all: --requirement requirements/local.txt
COPY pyproject.toml LICENSE openapi.json ./
COPY migrations migrations
COPY src src
RUN /build/tools/bin/python -m pip wheel --no-deps --no-index --no-build-isolation \
        --wheel-dir dist . \
    && /srv/sonla-api/bin/python -m pip install --no-compile --no-deps --no-index dist/*.whl \
    && /srv/sonla-api/bin/python -m pip uninstall --yes pip \
    && /srv/sonla-api/bin/python -OO -m compileall -q /srv/sonla-api/lib

FROM python:3.13-slim-trixie AS service
# Python's own modules come without bytecode, and the user that serves cannot write any: each start and
# each health check would compile them.
RUN groupadd --system --gid 10001 sonla \
    && useradd --system --uid 10001 --gid 10001 --no-create-home --shell /usr/sbin/nologin sonla \
    && python -OO -m compileall -q -x 'site-packages|ensurepip|idlelib|tkinter|turtledemo|lib2to3' \
        /usr/local/lib/python3.13
COPY --from=build /srv/sonla-api /srv/sonla-api
ENV PATH=/srv/sonla-api/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONOPTIMIZE=2 \
    SONLA_HOST=0.0.0.0
USER 10001
EXPOSE 8000
# Straight to the port, without a client that the image would have to carry.
HEALTHCHECK --interval=10s --timeout=3s --start-period=20s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ.get('SONLA_PORT', '8000') + '/health/live', timeout=2)"]
STOPSIGNAL SIGTERM
CMD ["sonla", "serve"]

# pg_dump, pg_restore and psql of 17, for servers up to that version.
FROM service AS operator
USER root
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
USER 10001
HEALTHCHECK NONE

FROM service
