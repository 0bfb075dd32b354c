#!/usr/bin/env node
import { main } from '../dist/src/cli/main.js';

// All that was printed has arrived by now; what a scenario left open must not keep the terminal waiting.
process.exit(await main(process.argv.slice(2)));
