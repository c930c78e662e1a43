"""The migetpacks BuildKit frontend: application source in, OCI image out."""

VERSION = "0.1.0"
