#!/usr/bin/env node
'use strict';

const { existsSync } = require('node:fs');
const { join } = require('node:path');

const main = join(__dirname, '..', 'dist', 'src', 'cli', 'main.js');
if (existsSync(main)) {
  require(main);
} else {
  process.stderr.write('vringfuzz is not built: run npm run build\n');
  process.exitCode = 1;
}
