"""A file in an image, made by one operation.

PYTHONPATH=. python examples/llb/hello.py | buildctl build --output type=local,dest=out
"""

import sys

import llb

state = llb.scratch().file(llb.mkfile("/hello", b"hello, world\n"))

sys.stdout.buffer.write(state.marshal().to_bytes())
