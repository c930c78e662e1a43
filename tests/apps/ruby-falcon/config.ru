run ->(_env) { [200, {}, ["hover"]] }
