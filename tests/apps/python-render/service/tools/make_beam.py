import pathlib

pathlib.Path("beam.txt").write_text("two flashes every ten seconds\n")
