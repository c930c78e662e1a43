globalThis.loadedFirst = true;
