/*
| JavaScript entrypoint for running ace commands
*/
import 'ts-node-maintained/register/esm'
await import('./bin/console.js')
