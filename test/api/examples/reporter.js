/** A format of your own: one line per check. `msgplay run job-queue --format ./reporter.js` */
/** @type {import('msgplay').Reporter} */
const checks = {
  name: 'checks',
  title: 'one line per check',
  frames: () => 'no',
  begin: () => (event) => (event.type === 'check' ? `${event.passed ? 'ok' : 'not ok'} ${event.title}\n` : ''),
};
export default checks;
