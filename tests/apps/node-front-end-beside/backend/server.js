const { createServer } = require('http');
const { readFileSync } = require('fs');
const path = require('path');

const site = path.join(__dirname, '..', 'storefront', 'dist');
createServer((_, response) => response.end(readFileSync(path.join(site, 'main.js')))).listen(process.env.PORT);
process.on('SIGTERM', () => process.exit(0));
