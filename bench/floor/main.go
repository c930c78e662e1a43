// A frontend that exits at once: what BuildKit itself needs to start one.
package main

func main() {}
