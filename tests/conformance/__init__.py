"""The runtime page as a suite: every requirement R1-R79, for every language and flavour, on a built image in a real
Docker Engine.

`make conformance` prints the table, writes it to bench/out/conformance.json and to docs/conformance.md, and fails when
a row does not hold.
"""
