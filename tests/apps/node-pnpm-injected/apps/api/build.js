const { copyFileSync, mkdirSync } = require('fs');
console.log(require('@r/lib').minute()); // the library is built before the app, and the app sees it
mkdirSync('dist', { recursive: true });
copyFileSync('server.js', 'dist/server.js');
