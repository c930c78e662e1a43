# A Rails app as a careful engineer writes it, after the Dockerfile that `rails new` makes: gems first, assets and bootsnap's
# cache compiled in the build stage, gems and app copied into a slim image with the libraries they need, non-root.
FROM ruby:3.3-trixie AS build
WORKDIR /app
ENV RAILS_ENV=production BUNDLE_DEPLOYMENT=1 BUNDLE_PATH=/usr/local/bundle BUNDLE_WITHOUT=development:test
COPY Gemfile Gemfile.lock ./
RUN --mount=type=secret,id=bundle-config,target=/root/.bundle/config \
    bundle install && rm -rf /usr/local/bundle/ruby/*/cache && bundle exec bootsnap precompile --gemfile
COPY . .
RUN bundle exec bootsnap precompile app/ lib/ && SECRET_KEY_BASE_DUMMY=1 bundle exec rails assets:precompile

FROM ruby:3.3-slim-trixie
RUN apt-get update && apt-get install -y --no-install-recommends libsqlite3-0 libxml2 libxslt1.1 tzdata && rm -rf /var/lib/apt/lists/*
ENV RAILS_ENV=production BUNDLE_DEPLOYMENT=1 BUNDLE_PATH=/usr/local/bundle BUNDLE_WITHOUT=development:test PORT=5000
WORKDIR /app
RUN groupadd --gid 1000 miget && useradd --uid 1000 --gid 1000 --create-home miget
COPY --chown=1000:1000 --from=build /usr/local/bundle /usr/local/bundle
COPY --chown=1000:1000 --from=build /app /app
USER 1000:1000
EXPOSE 5000
CMD ["bundle", "exec", "rails", "server", "-b", "0.0.0.0", "-p", "5000"]
