# Bunny, unmodified: declares, publishes with confirms, consumes, acknowledges, and is refused.
require 'bunny'

connection = Bunny.new(ARGV[0], automatically_recover: false).start
channel = connection.create_channel
channel.confirm_select
exchange = channel.direct('bunny.x', auto_delete: true)
queue = channel.queue('', exclusive: true).bind(exchange, routing_key: 'k')
100.times { |number| exchange.publish(number.to_s, routing_key: 'k', headers: { 'number' => number }) }
channel.wait_for_confirms or abort 'not confirmed'

channel.prefetch(10)
got = Queue.new
queue.subscribe(manual_ack: true) do |delivery, properties, body|
  abort 'another header' unless properties.headers['number'] == body.to_i
  channel.ack(delivery.delivery_tag)
  got << body.to_i
end
numbers = Array.new(100) { got.pop }
abort "another order: #{numbers}" unless numbers == (0...100).to_a

begin
  connection.create_channel.queue('bunny.none', passive: true)
  abort 'a queue that is not there was found'
rescue Bunny::NotFound
end
connection.close
puts 'done'
