def greet(whom: str) -> str:
    return f"hello from a {whom}"
