/** The longest time to live that RabbitMQ takes, of a message as of a queue: ten years, in ms. */
export const LONGEST_TTL_MS = 315_360_000_000;
