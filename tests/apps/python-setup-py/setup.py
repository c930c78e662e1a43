from setuptools import setup

setup(
    name="ledger",
    version="2.0",
    py_modules=["ledger"],
    python_requires=">=3.11",
    install_requires=["falcon>=4", "gunicorn>=25"],
)
