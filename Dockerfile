# Compagnon in a container: one TCP and one UDP port, an ordinary user, everything kept in /data.

FROM python:3.13-slim-bookworm AS build
WORKDIR /src
COPY pyproject.toml hatch_build.py README.md ./
COPY tools tools
COPY signaling signaling
COPY server server
COPY web web
# Node for the front end comes from PyPI into pip's build environment and stays behind with this stage.
RUN python -m venv /opt/compagnon && /opt/compagnon/bin/pip install --no-cache-dir .

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /data --shell /usr/sbin/nologin compagnon \
    && install --directory --owner compagnon --group compagnon --mode 700 /data
COPY --from=build /opt/compagnon /opt/compagnon
ENV PATH=/opt/compagnon/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    COMPAGNON_HOST=0.0.0.0 \
    COMPAGNON_PORT=8080 \
    COMPAGNON_DATA=/data
USER compagnon
VOLUME /data
EXPOSE 8080/tcp 8080/udp
HEALTHCHECK --interval=30s --timeout=5s --start-period=10s --retries=3 \
    CMD ["python", "-c", "import os, ssl, urllib.request as u; e = os.environ; tls = e.get('COMPAGNON_TLS_CERT') or e.get('COMPAGNON_TLS_SELF_SIGNED'); u.urlopen(f\"http{'s' if tls else ''}://127.0.0.1:{e.get('COMPAGNON_PORT', '8080')}/readyz\", timeout=4, context=ssl._create_unverified_context() if tls else None)"]
STOPSIGNAL SIGTERM
CMD ["compagnon", "serve"]
