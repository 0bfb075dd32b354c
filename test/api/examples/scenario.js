/** A scenario: client code with no tracing call in it. `msgplay run ./scenario.js` */
import { Redis } from 'ioredis';
import { defineScenario } from 'msgplay';

export default defineScenario({
  name: 'counter',
  title: 'One counter',
  group: 'Mine',
  options: { by: { type: 'integer', default: 2, min: 1, max: 10, help: 'how much to add' } },
  needs: ['redis'],
  about: ({ by }) => `adds ${by}`,
  explain: { idea: 'A counter.', picture: '', look: [], try: [] },
  async run(lab, { by }) {
    const redis = lab.using(new Redis(await lab.url('redis', 'counter')));
    const key = lab.name('visits');
    await redis.incrby(key, by);
    lab.check('the counter counts', (await redis.get(key)) === String(by));
  },
});
