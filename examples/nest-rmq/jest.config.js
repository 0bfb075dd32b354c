process.env.MSGPLAY_SERVICES ??= 'rabbitmq';

module.exports = {
  testTimeout: 60_000,
  testEnvironment: 'msgplay/test/jest',
  testRegex: 'test/.*\\.test\\.ts$',
  transform: {
    '\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
        },
        module: { type: 'commonjs' },
      },
    ],
  },
};
