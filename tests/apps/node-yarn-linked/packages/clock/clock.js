module.exports = `the clock has ${require("ms/package.json").version}`;
