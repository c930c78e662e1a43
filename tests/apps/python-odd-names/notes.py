KOMODO = "a name of another module"
