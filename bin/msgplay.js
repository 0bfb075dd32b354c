#!/usr/bin/env node
import { main } from '../dist/src/cli/main.js';

process.exitCode = await main(process.argv.slice(2));
// A client that a scenario left open must not keep the terminal waiting.
setTimeout(() => process.exit(), 300).unref();
