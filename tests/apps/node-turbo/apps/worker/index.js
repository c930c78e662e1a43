const { chunk } = require("lodash");

setInterval(() => console.log(chunk([1, 2, 3], 2)), 60_000);
