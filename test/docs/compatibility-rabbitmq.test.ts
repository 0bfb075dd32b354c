import { expect, it } from 'vitest';
import { compatibilityTable } from '../servers/rabbitmq/compatibility.ts';

it('docs/compatibility-rabbitmq.md says what the tests compare', async () => {
  await expect(compatibilityTable()).toMatchFileSnapshot('../../docs/compatibility-rabbitmq.md');
});
