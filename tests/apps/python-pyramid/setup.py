from setuptools import find_packages, setup

setup(
    name="board",
    version="1.0",
    packages=find_packages(),
    install_requires=["plaster_pastedeploy==1.0.1", "pyramid==2.1", "waitress==3.0.2"],
    entry_points={"paste.app_factory": ["main = board:main"]},
)
