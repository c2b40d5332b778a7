# syntax=docker/dockerfile:1

FROM maven:3.9-eclipse-temurin-21 AS build
WORKDIR /build
# Dependencies first: they change less often than the sources, so their layer is kept.
COPY pom.xml ./
COPY .mvn .mvn
RUN mvn -B -ntp -q dependency:go-offline
COPY . .
RUN mvn -B -ntp -q -Dmaven.test.skip=true -Dspotless.check.skip=true package

# A base with glibc: ONNX Runtime and the native transports are built against it.
FROM eclipse-temurin:25-jre
LABEL org.opencontainers.image.title="Shadow Sentinel" \
      org.opencontainers.image.description="A drop-in reverse proxy that tests a new model on real traffic with no impact on users" \
      org.opencontainers.image.licenses="Apache-2.0"

RUN groupadd --system --gid 10001 sentinel \
 && useradd --system --uid 10001 --gid sentinel --home-dir /var/lib/shadow-sentinel --no-create-home --shell /usr/sbin/nologin sentinel \
 && install -d -o sentinel -g sentinel -m 0750 /var/lib/shadow-sentinel /var/lib/shadow-sentinel/state

# The launcher holds the JVM flags; beside a jar, and without sources, it just runs.
COPY --from=build /build/sentinel /build/LICENSE /opt/shadow-sentinel/
COPY --from=build /build/target/shadow-sentinel.jar /opt/shadow-sentinel/
ENV PATH=/opt/shadow-sentinel:$PATH
# Starts in a third of the time with it.
RUN sentinel make-archive

USER 10001:10001
# `state.directory: ./state` of the example config is the volume.
WORKDIR /var/lib/shadow-sentinel
VOLUME /var/lib/shadow-sentinel/state
EXPOSE 8080 9090

# Docker knows 0 and 1 only. 2 is an instance that answers, and wants a token to say more.
HEALTHCHECK --interval=10s --timeout=5s --start-period=20s --retries=3 \
  CMD ["/bin/sh", "-c", "/opt/shadow-sentinel/sentinel status >/dev/null; [ $? -eq 0 ] || [ $? -eq 2 ]"]

ENTRYPOINT ["/opt/shadow-sentinel/sentinel"]
CMD ["demo"]
