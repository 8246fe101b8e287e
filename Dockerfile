# One image for every program of reportwatch: worker, attend, deploy, monitor, and the Prefect server.
#
#   docker build --tag reportwatch:local .
#
# The base is named by its version. A tag can be moved; to pin what was pulled, put its digest
# behind each of the two tags, as printed by
#   docker buildx imagetools inspect python:3.12.12-slim-bookworm --format '{{.Manifest.Digest}}'
# (python:3.12.12-slim-bookworm@sha256:…). It is not written here since no registry could be asked
# where this file was written.

FROM python:3.12.12-slim-bookworm AS build

ENV UV_PROJECT_ENVIRONMENT=/opt/reportwatch \
    UV_PYTHON_DOWNLOADS=never \
    UV_LINK_MODE=copy
WORKDIR /source
RUN pip install --no-cache-dir uv==0.13.9

# The packages first: they change less often than the sources. `image` is what builds the project,
# so that this too is of uv.lock, with hashes.
COPY pyproject.toml uv.lock ./
RUN uv sync --frozen --no-dev --extra scale --group image --no-install-project \
        --compile-bytecode --no-cache
COPY . .
RUN uv sync --frozen --no-dev --extra scale --group image --no-editable --no-build-isolation \
        --compile-bytecode --no-cache \
    && uv sync --frozen --no-dev --extra scale --no-editable --no-build-isolation --no-cache

FROM python:3.12.12-slim-bookworm

LABEL org.opencontainers.image.title="reportwatch" \
      org.opencontainers.image.licenses="MIT"

# pg_dump makes the daily backup; it must not be older than the server (compose.yaml: 15).
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends postgresql-client-15 \
    && rm -rf /var/lib/apt/lists/* \
    && install --directory --owner=10001 --group=10001 --mode=0700 /var/lib/reportwatch

COPY --from=build /opt/reportwatch /opt/reportwatch

# Nothing is written but to the home folder and /tmp: the root may be read-only.
ENV PATH=/opt/reportwatch/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/tmp \
    PREFECT_HOME=/tmp/prefect \
    REPORTWATCH_HOME=/var/lib/reportwatch \
    REPORTWATCH_LOG_FORMAT=json
WORKDIR /var/lib/reportwatch
USER 10001:10001
VOLUME /var/lib/reportwatch
EXPOSE 8080

# The monitor, unless another command is given. Any answer will do: /healthz says 503 if a source is
# stale, and a monitor that is started anew does not mend that.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s --retries=3 \
    CMD ["python", "-m", "deployments.probe", "--any", "http://127.0.0.1:8080/healthz"]
CMD ["python", "-m", "monitor", "--host", "0.0.0.0"]
