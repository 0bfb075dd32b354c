/** The embedded RabbitMQ in a process of its own, as the real one is. */
const started = performance.now();
const { default: rabbitmq } = await import('../../../.bench/src/servers/rabbitmq/index.js');
// What a start would load first is loaded here, so that the two can be told apart.
await Promise.all(['start', 'amqp/front'].map((name) => import(`../../../.bench/src/servers/rabbitmq/${name}.js`)));
const importedMs = performance.now() - started;
const server = await rabbitmq.start({ services: ['rabbitmq'] });
const startMs = performance.now() - started;
process.send({ url: server.urls.rabbitmq, importedMs, startMs });
process.on('message', (message) => {
  if (message === 'memory') {
    globalThis.gc?.();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    process.send({ bytes: heapUsed + arrayBuffers });
  } else process.exit(0);
});
process.on('disconnect', () => process.exit(0));
