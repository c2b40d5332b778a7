# syntax=docker/dockerfile:1

# The jar is the same for every platform, so it is built on the builder's own.
FROM --platform=$BUILDPLATFORM maven:3.9-eclipse-temurin-25 AS build
WORKDIR /build
# Dependencies first: they change less often than the sources, so their layer is kept.
COPY pom.xml ./
COPY .mvn .mvn
RUN mvn -B -ntp -q dependency:go-offline
COPY . .
# For --version, as there is no clone here to ask: the commit, and its time.
ARG REVISION
ARG CREATED
RUN mvn -B -ntp -q -Dmaven.test.skip=true -Dspotless.check.skip=true \
      ${REVISION:+"-Dgit.commit.id.abbrev=$(echo "$REVISION" | cut -c1-7)"} ${CREATED:+"-Dgit.commit.time=$CREATED"} \
      package

# A Java of the modules that are used, and a jar with this platform's native libraries only.
FROM eclipse-temurin:25-jdk AS java
RUN jlink --add-modules java.logging,java.management,java.naming,java.net.http,jdk.management,jdk.unsupported \
      --strip-java-debug-attributes --no-man-pages --no-header-files --compress zip-9 --output /opt/jre
WORKDIR /app
COPY --from=build /build/target/shadow-sentinel.jar /build/sentinel /build/LICENSE /opt/shadow-sentinel/
RUN set -eu; \
    case $(uname -m) in \
      x86_64) onnx=linux-x64 netty=x86_64 ;; \
      aarch64) onnx=linux-aarch64 netty=aarch_64 ;; \
      *) echo "no native libraries for $(uname -m) (expected x86_64 or aarch64)" >&2; exit 1 ;; \
    esac; \
    jar --extract --file /opt/shadow-sentinel/shadow-sentinel.jar; \
    find ai/onnxruntime/native -mindepth 1 -maxdepth 1 ! -name $onnx -exec rm -r {} +; \
    mkdir /opt/shadow-sentinel/native; \
    mv META-INF/native/libnetty_transport_native_epoll_$netty.so /opt/shadow-sentinel/native/; \
    rm META-INF/native/*; \
    jar --create --no-manifest --date=2026-01-01T00:00:00Z --file /opt/shadow-sentinel/shadow-sentinel.jar .

# A base with glibc: ONNX Runtime and the native transport are built against it.
FROM debian:12-slim
ARG VERSION=0.1.0-SNAPSHOT
ARG REVISION
ARG CREATED
LABEL org.opencontainers.image.title="Shadow Sentinel" \
      org.opencontainers.image.description="A drop-in reverse proxy that tests a new model on real traffic with no impact on users" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION" \
      org.opencontainers.image.created="$CREATED" \
      org.opencontainers.image.base.name="docker.io/library/debian:12-slim"

# Every architecture's own library of C++, which ONNX Runtime needs, is in the base.
RUN groupadd --system --gid 10001 sentinel \
 && useradd --system --uid 10001 --gid sentinel --home-dir /var/lib/shadow-sentinel --no-create-home --shell /usr/sbin/nologin sentinel \
 && install -d -o sentinel -g sentinel -m 0750 /var/lib/shadow-sentinel /var/lib/shadow-sentinel/state

COPY --from=java /opt/jre /opt/java
# The launcher holds the JVM flags; beside a jar, and without sources, it just runs.
COPY --from=java /opt/shadow-sentinel /opt/shadow-sentinel
ENV PATH=/opt/shadow-sentinel:$PATH \
    SENTINEL_JAVA_HOME=/opt/java \
    SENTINEL_MEMORY=container \
    LANG=C.UTF-8
# Starts in half the time with it. The one for all commands: a second one for servers alone would make the
# image a quarter larger.
RUN sentinel make-archive && rm -f /opt/shadow-sentinel/classes-*.aot

USER 10001:10001
# `state.directory: ./state` of the example config is the volume.
WORKDIR /var/lib/shadow-sentinel
VOLUME /var/lib/shadow-sentinel/state
EXPOSE 8080 9090

# Docker knows 0 and 1 only. A token, where one is set, is taken from SENTINEL_ADMIN_TOKEN.
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["/bin/sh", "-c", "sentinel status >/dev/null || exit 1"]

ENTRYPOINT ["sentinel"]
CMD ["demo"]
