# Compagnon in a container: one TCP port, one UDP port, one volume. See docs/operations.md.

FROM python:3.13-slim AS build
WORKDIR /source
COPY . .
# Builds the front end too: its Node is a build dependency from PyPI.
RUN pip wheel --no-cache-dir --wheel-dir /wheels .

FROM python:3.13-slim
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    pip install --no-cache-dir --no-index --find-links /wheels compagnon \
    && useradd --system --uid 10001 --home-dir /data compagnon \
    && install --directory --owner compagnon --mode 0700 /data
USER compagnon
VOLUME /data
ENV COMPAGNON_HOST=0.0.0.0 \
    COMPAGNON_PORT=8080 \
    COMPAGNON_DATA=/data \
    PYTHONUNBUFFERED=1
EXPOSE 8080/tcp 8080/udp
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --start-interval=1s CMD ["python", "-m", "server.alive"]
ENTRYPOINT ["compagnon"]
CMD ["serve"]
