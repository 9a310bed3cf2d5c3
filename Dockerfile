# The simulator in a container: scenarios of your own at /scenarios, state in /data, port 8642.
#
#   docker build -t pass-simulator .
#   docker run --rm -p 8642:8642 -v "$PWD/my-scenarios:/scenarios:ro" -v pass-simulator:/data pass-simulator
#
# Reachable from outside, the admin API asks for a token: set PASS_SIMULATOR_ADMIN_TOKEN, or read the one that is made
# up in the log of the start. Every PASS_SIMULATOR_* setting works here as anywhere.

FROM python:3.13-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 \
    PIP_NO_CACHE_DIR=1 \
    PIP_NO_INPUT=1 \
    PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
RUN ["python", "-m", "venv", "--without-pip", "/opt/pass-simulator"]
# What seldom changes comes first, so that it need not be built again.
COPY requirements.lock requirements-dev.lock ./
RUN sed -n '/^asyncpg==/,/^ *# via/p' requirements-dev.lock > requirements-postgres.lock
RUN ["python", "-m", "pip", "--python", "/opt/pass-simulator/bin/python", "install", \
     "--require-hashes", "-r", "requirements.lock", "-r", "requirements-postgres.lock"]
COPY pyproject.toml README.md LICENSE ./
COPY migrations migrations
COPY scenarios scenarios
COPY pass_simulator pass_simulator
COPY simulator simulator
RUN ["python", "-m", "pip", "--python", "/opt/pass-simulator/bin/python", "install", "--no-deps", "."]
RUN ["mkdir", "-p", "empty"]

FROM python:3.13-slim-trixie
LABEL org.opencontainers.image.title="pass-simulator" \
      org.opencontainers.image.description="A stand-in for the Adobe Pass Authentication backend, with real state" \
      org.opencontainers.image.licenses="MIT"
COPY --from=build /opt/pass-simulator /opt/pass-simulator
COPY --from=build --chown=10001:10001 /build/empty /data
COPY --from=build /build/empty /scenarios
ENV PATH=/opt/pass-simulator/bin:$PATH \
    PASS_SIMULATOR_HOST=0.0.0.0 \
    PASS_SIMULATOR_DB=/data/pass-simulator.db \
    PASS_SIMULATOR_SCENARIOS=/scenarios
WORKDIR /data
VOLUME ["/data"]
USER 10001:10001
EXPOSE 8642
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
  CMD ["pass-simulator", "wait", "--timeout", "3"]
ENTRYPOINT ["pass-simulator"]
CMD ["serve"]
