/** The name that stands for direct replies (https://www.rabbitmq.com/docs/direct-reply-to). */
export const REPLY_TO = 'amq.rabbitmq.reply-to';
