"""redis-py, unmodified: keys, hashes, streams, a pipeline, a subscription, a lock, a script."""
import sys
import redis

client = redis.Redis.from_url(sys.argv[1], client_name="me", decode_responses=True)
client.flushall()
client.set("k", "v", ex=10)
assert client.get("k") == "v"
client.hset("h", mapping={"a": 1})
assert client.hgetall("h") == {"a": "1"}
pipeline = client.pipeline()
pipeline.incr("n")
pipeline.get("n")
assert pipeline.execute() == [1, "1"]
subscription = client.pubsub()
subscription.subscribe("a")
assert subscription.get_message(timeout=5)["type"] == "subscribe"
client.publish("a", "x")
assert subscription.get_message(timeout=5)["data"] == "x"
script = client.register_script("return ARGV[1]")
assert script(args=["1"]) == "1"
client.xadd("x", {"a": 1}, id="1-1")
assert client.xread({"x": "0"}) == [["x", [("1-1", {"a": "1"})]]]
client.zadd("z", {"a": 1})
assert client.zrange("z", 0, -1, withscores=True) == [("a", 1.0)]
assert client.blpop("none", timeout=1) is None
assert list(client.scan_iter("q*")) == []
assert client.dbsize() == 5
assert client.sort("z", alpha=True) == ["a"]
client.geoadd("g", [13.3, 38.1, "P"])
assert client.geodist("g", "P", "P") == 0
assert client.object("encoding", "k") == "embstr"
client.close()
print("done")
