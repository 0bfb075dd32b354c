/** A scenario that needs the new service. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { defineScenario } from 'msgplay';

export default defineScenario({
  name: 'echo-line',
  title: 'One line there and back',
  group: 'Recipes',
  options: {},
  needs: ['line'],
  about: () => '',
  explain: { idea: '', picture: '', look: [], try: [] },
  async run(lab) {
    const { hostname, port } = new URL(await lab.url('line', 'speaker'));
    const socket = connect(Number(port), hostname);
    lab.defer(() => socket.destroy());
    socket.write('hello\n');
    const [answer] = await once(socket, 'data');
    lab.check('the line came back', String(answer) === 'hello\n');
  },
});
