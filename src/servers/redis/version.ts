/** The release whose behaviour this server follows, and which it tells clients. */
export const REDIS_VERSION = '7.0.15';
