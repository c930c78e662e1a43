"""The wire formats, as .proto files of our own, and the program that compiles them."""
