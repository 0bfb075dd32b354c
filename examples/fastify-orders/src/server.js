import { startApi } from './api.js';
import { startMailer } from './mailer.js';

const { AMQP_URL: amqpUrl = 'amqp://127.0.0.1', REDIS_URL: redisUrl = 'redis://127.0.0.1' } = process.env;
await startMailer({ amqpUrl, send: async (mail) => console.log('mail', mail) });
const api = await startApi({ amqpUrl, redisUrl });
await api.listen({ port: Number(process.env.PORT ?? 3000) });
