/** The RabbitMQ whose behaviour this server has; clients choose what they do by it. */
export const VERSION = '3.10.8';
