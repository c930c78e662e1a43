const { createServer } = require('http');
createServer((_, response) => response.end(`a copied package says ${require('@r/lib').minute()}`)).listen(process.env.PORT);
process.on('SIGTERM', () => process.exit(0));
