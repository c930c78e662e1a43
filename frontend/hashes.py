"""SHA-256 alone: hashlib looks up and imports a dozen other hashes for it, at each start."""

try:
    from _sha2 import sha256  # type: ignore[import-not-found]
except ImportError:  # Python 3.11
    from hashlib import sha256

__all__ = ["sha256"]
