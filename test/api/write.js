/** `npm run api`: writes docs/api.md. */
import { writeFileSync } from 'node:fs';
import { page } from './face.js';

writeFileSync(new URL('../../docs/api.md', import.meta.url), await page());
