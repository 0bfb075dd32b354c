/** Runs a scenario from code, and looks at what it told. `node run-scenario.js` */
import { runScenario } from 'msgplay';
import counter from './scenario.js';

const checks = [];
const { outcome } = await runScenario(counter, {
  options: { by: 3 },
  onEvent: (event) => {
    if (event.type === 'check') checks.push(event.title);
  },
});
console.log(`${outcome}: ${checks.join(', ')}`);
