"""pika, unmodified: declares, publishes with confirms, consumes, acknowledges, and is refused."""
import sys
import pika

connection = pika.BlockingConnection(pika.URLParameters(sys.argv[1]))
channel = connection.channel()
channel.confirm_delivery()
channel.exchange_declare("pika.x", exchange_type="topic")
queue = channel.queue_declare("", exclusive=True).method.queue
channel.queue_bind(queue, "pika.x", "a.#")
for number in range(100):
    channel.basic_publish(
        "pika.x", "a.%d" % number, b"%d" % number,
        pika.BasicProperties(headers={"number": number, "text": "é"}, delivery_mode=2), mandatory=True)
try:
    channel.basic_publish("pika.x", "nobody", b"lost", mandatory=True)
    sys.exit("the unroutable message did not come back")
except pika.exceptions.UnroutableError:
    pass

channel.basic_qos(prefetch_count=10)
got = []
for method, properties, body in channel.consume(queue, inactivity_timeout=5):
    if method is None:
        sys.exit("waited in vain")
    assert properties.headers["number"] == int(body), properties
    got.append(int(body))
    channel.basic_ack(method.delivery_tag)
    if len(got) == 100:
        break
channel.cancel()
assert got == list(range(100)), got

try:
    connection.channel().queue_declare("pika.none", passive=True)
    sys.exit("a queue that is not there was found")
except pika.exceptions.ChannelClosedByBroker as error:
    assert error.reply_code == 404, error
channel.exchange_delete("pika.x")
connection.close()
print("done")
