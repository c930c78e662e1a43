# ruby:VERSION-SUITE (target full) and ruby:VERSION-slim-SUITE (target slim): Debian's Ruby, which stays where Debian has
# it; its programs, the directory for gems and the environment are where the real image has them (ruby.sh).
ARG FROM_SUITE
FROM docker.io/library/debian:${FROM_SUITE}-slim AS slim
ENV LANG=C.UTF-8
ARG MINOR
RUN --mount=type=bind,source=ruby.sh,target=/ruby.sh \
    sh /ruby.sh ${MINOR} bzip2 ca-certificates libffi-dev libgmp-dev libssl-dev libyaml-dev procps zlib1g-dev
ARG RUBY_VERSION
ENV RUBY_VERSION=${RUBY_VERSION}
ENV GEM_HOME=/usr/local/bundle
ENV BUNDLE_SILENCE_ROOT_WARNING=1 BUNDLE_APP_CONFIG=/usr/local/bundle
ENV PATH=/usr/local/bundle/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
CMD ["irb"]

FROM docker.io/library/buildpack-deps:${FROM_SUITE} AS full
ENV LANG=C.UTF-8
ARG MINOR
RUN --mount=type=bind,source=ruby.sh,target=/ruby.sh sh /ruby.sh ${MINOR} default-libmysqlclient-dev
ARG RUBY_VERSION
ENV RUBY_VERSION=${RUBY_VERSION}
ENV GEM_HOME=/usr/local/bundle
ENV BUNDLE_SILENCE_ROOT_WARNING=1 BUNDLE_APP_CONFIG=/usr/local/bundle
ENV PATH=/usr/local/bundle/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
CMD ["irb"]

FROM slim AS asked
RUN ruby -e 'print RUBY_VERSION' >/ruby-version

FROM scratch AS version
COPY --from=asked /ruby-version /
