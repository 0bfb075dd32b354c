/** Resizes images in the background; one that fails is tried three times in all. */
import { Queue, Worker } from 'bullmq';

const connection = (name) => ({ url: process.env.REDIS_URL, connectionName: name, maxRetriesPerRequest: null });

export function startImages(resize) {
  const queue = new Queue('images', { connection: connection('api') });
  const worker = new Worker('images', (job) => resize(job.data), { connection: connection('worker') });
  return {
    worker,
    add: (image) => queue.add('resize', image, { attempts: 3 }),
    counts: () => queue.getJobCounts(),
    async close() {
      await worker.close();
      await queue.close();
    },
  };
}
