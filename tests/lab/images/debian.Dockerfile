# debian:SUITE and debian:SUITE-slim: the context holds their root filesystem.
FROM scratch
ADD root.tar /
CMD ["bash"]
