/** The queue by which a client gets direct replies: it keeps nothing. https://www.rabbitmq.com/docs/direct-reply-to */
export const REPLY_TO = 'amq.rabbitmq.reply-to';
