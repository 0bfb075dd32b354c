import { contract } from './_contract.ts';

const CASES = [
  'return 1',
  "return 'x'",
  'return nil',
  'return true',
  'return false',
  'return 3.99',
  'return -3.99',
  'return 1e300',
  'return {1,2,{3,"x"},nil,4}',
  'return {1,2,false,3}',
  'return {}',
  "return {ok='fine'}",
  "return {err='MY error'}",
  'return {double=3.5}',
  'return {map={a=1}}',
  'return {set={a=true}}',
  "return {big_number='123'}",
  "return {verbatim_string={format='txt',string='hi'}}",
  "return redis.status_reply('X')",
  "return redis.error_reply('MY ERR')",
  "return redis.error_reply('-ERR x')",
  "return redis.error_reply('single')",
  'return redis.error_reply(1)',
  "return redis.sha1hex('a')",
  'return redis.sha1hex()',
  'return {KEYS[1],ARGV[1],#KEYS,#ARGV}',
  "return redis.call('set','k','v')",
  "return redis.call('set','k','v').ok",
  "return redis.call('get','k')",
  "return redis.call('get','none')==false",
  "return redis.call('foo')",
  'return redis.call()',
  "return redis.call('get')",
  "return redis.call('get',{})",
  "return redis.call('get',nil)",
  "return redis.call('incr','k')",
  "return redis.pcall('incr','k')",
  "return redis.pcall('incr','k').err",
  "local ok,e = pcall(redis.call,'incr','k') return {tostring(ok),e}",
  "return redis.call('subscribe','a')",
  "return redis.call('eval','return 1',0)",
  "return redis.call('multi')",
  "return redis.call('blpop','none',0)",
  "return redis.call('hset','h','f',1.5,'g',10/2)",
  "return redis.call('hgetall','h')",
  "redis.call('hset','one','f',1) redis.setresp(3) return redis.call('hgetall','one')",
  'return {0x100000000, 0xff, tonumber("0x1ffffffff")}',
  "redis.setresp(3) return redis.call('get','none') == nil",
  "redis.setresp(3) redis.call('zadd','zz',1.5,'a') return redis.call('zscore','zz','a')",
  "redis.setresp(3) return redis.call('zscore','zz','a').double",
  "redis.call('set','n',5.5) return redis.call('get','n')",
  "redis.call('set','n',10/2) return redis.call('get','n')",
  "redis.call('set','n',1700000000000) return redis.call('get','n')",
  "redis.call('set','n',2^53) return redis.call('get','n')",
  "error('boom')",
  "error({err='My err'})",
  'x = 1',
  'return y',
  'redis.call = 1',
  'string.x = 1',
  'local a = nil return a.b',
  'return 1 + {}',
  "return tostring(10/2)..' '..(2^53)..' '..(1e15)..' '..3.14159265358979",
  'return tostring(1e100)..tostring(123456789012)',
  "return string.format('%d %s %5.1f %x %5d|%-5d|%05d', 1700000000000, 5, 2.26, 255, 7, 7, 7)",
  "return string.format('%q', 'a b')",
  'return {7%-3, -1%3, math.floor(-3.5), math.floor(2^40)}',
  'return 2147483647 + 1',
  'return 65536 * 65536',
  'local t = {} for i = 2147483647, 2147483650 do t[#t+1] = i end return t',
  "return {tonumber('0x10'), tonumber('10', 2), tonumber('1e3')}",
  'return {unpack({1,2,3})}',
  "return select('#', unpack({1,nil,3}, 1, 3))",
  'return table.getn({1,2})',
  "return loadstring('return 1+1')()",
  "return load('return 1')()",
  "return {string.byte('ab', 1, -1)}",
  "return string.rep('ab', 3)",
  "return {string.find('hello world', 'o w')}",
  "return {string.gsub('hello', 'l', 'L')}",
  'local t = {5,2,8} table.sort(t) return t',
  "return table.concat({1,2.5,'x'}, ',')",
  '_ = 1',
  'return _VERSION',
  'return type(redis.call)..type(nil)..type({})',
  'return math.max(1,5,3)',
  'return math.pow(2,10)',
  'local s = 0 for k,v in pairs({a=1,b=2}) do s = s + v end return s',
  "return #'abc'",
  "return '\\255\\0a'",
  'local function f(n) if n == 0 then return 0 end return 1 + f(n-1) end return f(100)',
  'return cjson.encode({1,2,{a=1.5}})',
  "return cjson.encode('a/b\\n\\1\\127\"')",
  'return cjson.encode({})',
  'return cjson.encode({[1]=1,[10]=2})',
  'return cjson.encode({[1]=1,[100]=2})',
  'return cjson.encode(1/0)',
  'return cjson.encode(function() end)',
  'return cjson.encode({a=cjson.null})',
  'return cjson.encode(123456789012345678)',
  'return cjson.encode(0.1)',
  `return cjson.encode(cjson.decode('{"a":[1,null,{}]}'))`,
  `return cjson.decode('[1,2.5,"x",true,{"k":"v"}]')`,
  `return cjson.decode('"\\\\u00e9\\\\ud83d\\\\ude00\\\\n"')`,
  `return cjson.decode('{"a":null}').a == cjson.null`,
  "return cjson.decode('bad')",
  "return cjson.decode('[1,2')",
  'return cjson.decode(\'{"a" 1}\')',
  "return cjson.decode('[1] x')",
  "return cjson.decode('')",
  "return cmsgpack.pack({1,2,'x',{a=1},1.5,-1,-200,70000,true,false})",
  'return cmsgpack.pack({})',
  "return cmsgpack.pack(1,'a')",
  "return cmsgpack.unpack(cmsgpack.pack({1,2,'x'}))",
  'return cmsgpack.unpack(cmsgpack.pack({a={b=5}})).a.b',
  "return {cmsgpack.unpack(cmsgpack.pack(1,'a',2^40))}",
  'return {cmsgpack.unpack_one(cmsgpack.pack(1,2))}',
  'return {cmsgpack.unpack_limit(cmsgpack.pack(1,2,3), 2)}',
  "return cmsgpack.unpack('\\217')",
  'return {bit.band(255,15), bit.bor(1,2), bit.bxor(5,1), bit.bnot(0), bit.lshift(1,31), bit.rshift(-1,28), bit.arshift(-8,1), bit.rol(1,33), bit.ror(1,1), bit.bswap(1), bit.tobit(4294967295)}',
  'return {bit.tohex(255), bit.tohex(255,4), bit.tohex(255,-4)}',
  "return struct.pack('>I2i4bh', 258, -2, 5, -1)",
  "return {struct.unpack('>I2i4', struct.pack('>I2i4', 258, -2))}",
  "return struct.pack('<dfs', 1.5, 2.5, 'abc')",
  "return {struct.unpack('s', struct.pack('s', 'abc'))}",
  "return {struct.unpack('Bc0', struct.pack('Bc0', 3, 'abc'))}",
  "return struct.size('!4bi4')",
  "return struct.pack('!4bi4', 1, 2)",
  "return struct.pack('z')",
  'return redis.acl_check_cmd("get","a")',
  'return redis.REDIS_VERSION_NUM > 0x070000',
  'return redis.log(redis.LOG_DEBUG, "x")',
  'return redis.set_repl(redis.REPL_ALL)',
  'return redis.replicate_commands()',
  'return redis.log(1)',
  "return redis.log(9, 'x')",
  "local ok, e = pcall(redis.log, 'x', 'y') return {tostring(ok), type(e), e}",
  'return redis.setresp(9)',
  'return redis.sha1hex()',
  'return redis.acl_check_cmd()',
  "return redis.acl_check_cmd('nope')",
  'return redis.set_repl()',
  'return redis.set_repl(99)',
  'return redis.set_repl(redis.REPL_AOF)',
  "return loadstring('return nope')()",
];

/** Texts that are no Lua 5.1. */
const UNREADABLE = [
  'foo',
  'foo bar(',
  'return',
  'return return',
  'local',
  'local function',
  'if x then',
  'x =',
  'for i = 1 do end',
  'foo.bar',
  'foo.bar baz',
  "foo['x'] 1",
  'foo bar baz',
  '1',
  "'x'",
  ')',
  'return (1',
  'return {1',
  'return "x',
  'return [[x',
  'x = 1 1',
  'end',
];

/** The settings of cjson hold for all scripts; `new` gives a table with settings of its own. */
const FRESH = 'local c = cjson.new() ';
const WITH = (settings: string, result: string) => `${FRESH}c.${settings} return ${result}`;
const JSON_SETTINGS = [
  'local t = {} for k in pairs(cjson) do t[#t+1] = k end table.sort(t) return t',
  'return {cjson._NAME, cjson._VERSION, tostring(cjson.null), type(cjson.new().null)}',
  ...['encode_sparse_array', 'encode_max_depth', 'decode_max_depth', 'encode_number_precision'].flatMap((name) => [
    `${FRESH}local function all(...) local t = {} for i = 1, select('#', ...) do t[i] = tostring((select(i, ...))) end return t end return all(c.${name}())`,
    ...[
      "'x'",
      '0',
      '-1',
      '2^31',
      '2^40',
      '1.5',
      '{}',
      '1, 2',
      '1, 2, 3, 4',
      'true',
      'nil',
      'true, 0',
      'true, 1.5',
      'true, -1',
      'true, 2, -3',
      "'on', '4', '5'",
    ].map((args) => `${FRESH}local a, b, d = c.${name}(${args}) return {tostring(a), tostring(b), tostring(d)}`),
  ]),
  ...['encode_keep_buffer', 'encode_invalid_numbers', 'decode_invalid_numbers'].flatMap((name) =>
    ['', 'true', 'false', 'nil', "'on'", "'off'", "'null'", "'x'", '1', '{}', 'true, 1'].map(
      (args) => `${FRESH}return tostring(c.${name}(${args}))`,
    ),
  ),
  WITH('encode_sparse_array(true)', 'c.encode({[1]=1,[100]=2})'),
  WITH('encode_sparse_array(true)', 'c.encode({[1]=1,[10]=2})'),
  WITH('encode_sparse_array(true, 2, 3)', 'c.encode({[1]=1,[4]=2,[5]=3})'),
  WITH('encode_sparse_array(true, 0, 0)', 'c.encode({[1]=1,[20]=2})'),
  WITH('encode_sparse_array(false, 3, 3)', 'c.encode({[1]=1,[7]=2})'),
  WITH('encode_max_depth(3)', 'c.encode({{{1}}})'),
  WITH('encode_max_depth(3)', 'c.encode({{{{1}}}})'),
  WITH('decode_max_depth(2)', `c.decode('[[1]]')`),
  WITH('decode_max_depth(2)', `c.decode('[[[1]]]')`),
  WITH('decode_max_depth(2)', `c.decode('{"a":{"b":{}}}')`),
  'local t = {} for i = 1, 999 do t = {t} end return #cjson.encode(t)',
  'local t = {} for i = 1, 1000 do t = {t} end return #cjson.encode(t)',
  'local t = {} t[1] = t return cjson.encode(t)',
  "return #cjson.decode(string.rep('[', 1000) .. string.rep(']', 1000))",
  "return cjson.decode(string.rep('[', 1001) .. string.rep(']', 1001))",
  ...[1, 3, 14].map((digits) =>
    WITH(`encode_number_precision(${digits})`, 'c.encode({123, 0.55, 1/3, 1e10, 1e300, -2.5e-7})'),
  ),
  ...["'on'", "'off'", "'null'"].map((how) => WITH(`encode_invalid_numbers(${how})`, 'c.encode({1/0, -1/0, 0/0})')),
  ...['true', 'false'].flatMap((how) =>
    [
      '0x10',
      '-0x1F',
      '01',
      '-01',
      '1.',
      '1.5e3',
      '-1',
      '+1',
      '-',
      '1e',
      '.5',
      '1e400',
      'Infinity',
      '-inf',
      'infx',
      '0x',
      '1x',
      '1 2',
    ].map((number) => WITH(`decode_invalid_numbers(${how})`, `tostring(c.decode('[${number}]')[1])`)),
  ),
  'return cjson.encode({[1]=1,[100]=2})',
  'cjson.encode_sparse_array(true) return 1',
  'return cjson.encode({[1]=1,[100]=2})',
  'return cjson.new().encode({[1]=1,[100]=2})',
  'return cjson.decode()',
  "return cjson.decode('[]', 'x')",
  'return cjson.encode(1, 2)',
];

const RANDOM = [
  'return {tostring(math.random()), tostring(math.random()), math.random(100), math.random(5, 9)}',
  'return tostring(math.random())',
  ...['42', '0', '-1', '1.9', '1e10', '2^53', '-1e15', "'7'", '1, 2', '1/0', '-1/0', '0/0'].map(
    (seed) => `math.randomseed(${seed}) return {tostring(math.random()), math.random(1000000), math.random(-5, 5)}`,
  ),
  'return math.random(1000000)',
  'math.randomseed()',
  "math.randomseed('x')",
  "return select('#', math.randomseed(5))",
  ...[
    '0',
    '-3',
    '5, 1',
    '1, 2, 3',
    "'10'",
    "'x'",
    '1.9',
    '2^31',
    '1, 2^31',
    '2^40',
    '-2^31, 2^31',
    '-2^30, 2^30 - 1',
  ].map((args) => `return math.random(${args})`),
  'return math.random(1000000)',
];

const evaluated = (bodies: readonly string[]) => bodies.map((body) => `EVAL ${JSON.stringify(body)} 0`).join('\n');

export default [
  contract('settings of cjson', evaluated(JSON_SETTINGS)),
  contract('random numbers in scripts', evaluated(RANDOM)),
  contract(
    'random numbers in scripts and functions',
    `
  EVAL "math.randomseed(7) return math.random(1000000)" 0
  FUNCTION LOAD "#!lua name=numbers\\nredis.register_function('one', function() return math.random(1000000) end)"
  FCALL one 0
  EVAL "return math.random(1000000)" 0
  SCRIPT FLUSH
  EVAL "return math.random(1000000)" 0
  FCALL one 0
  `,
  ),
  contract(
    'scripts that are no Lua',
    UNREADABLE.map((body) => `EVAL ${JSON.stringify(body)} 0\nSCRIPT LOAD ${JSON.stringify(body)}`).join('\n'),
  ),
  contract(
    'scripts',
    `${CASES.map((body) => `EVAL ${JSON.stringify(body)} 1 key arg`).join('\n')}
  EVAL "return {KEYS[1],KEYS[2],ARGV[1]}" 2 a b c
  EVAL "return 1" -1
  EVAL "return 1" x
  EVAL "return 1" 2 a
  EVALSHA ffffffffffffffffffffffffffffffffffffffff 0
  EVALSHA short 0
  SCRIPT LOAD "return ARGV[1]"
  SCRIPT EXISTS 098e0f0d1448c0a81dafe820f66d460eb09263da 0000000000000000000000000000000000000000
  EVALSHA 098e0f0d1448c0a81dafe820f66d460eb09263da 0 hello
  EVALSHA 098E0F0D1448C0A81DAFE820F66D460EB09263DA 0 hello
  EVALSHA_RO 098e0f0d1448c0a81dafe820f66d460eb09263da 0 hello
  EVALSHA_RO ffffffffffffffffffffffffffffffffffffffff 0
  SCRIPT DEBUG no
  SCRIPT DEBUG foo
  EVAL_RO "return redis.call('get','k')" 0
  EVAL_RO "return redis.call('set','k','v')" 0
  EVAL "#!lua flags=no-writes\\nreturn redis.call('set','k','v')" 0
  EVAL "#!lua name=x\\nreturn 1" 0
  EVAL "#!python\\nreturn 1" 0
  EVAL "#!lua flags=foo\\nreturn 1" 0
  EVAL "#!lua\\nreturn 1" 0
  SCRIPT FLUSH
  SCRIPT EXISTS 098e0f0d1448c0a81dafe820f66d460eb09263da
  SCRIPT FLUSH FOO
  SCRIPT KILL
  SCRIPT FOO
  MULTI
  EVAL "return redis.call('incr',KEYS[1])" 1 counter
  EVAL "return redis.call('foo')" 0
  EXEC
  @b> BLPOP woken 0
  EVAL "redis.call('rpush','woken','a') return redis.call('llen','woken')" 0
  @b<
  SELECT 3
  EVAL "redis.call('select',5) return redis.call('set','in5','x')" 0
  EXISTS in5
  `,
  ),
  contract(
    'numbers, and what is newer',
    `
  EVAL "return redis.call('echo', 0.1)" 0
  EVAL "return redis.call('echo', 1e20)" 0
  EVAL "return redis.call('echo', 2^53 + 1)" 0
  EVAL "return redis.call('echo', 1/3)" 0
  EVAL "return redis.call('echo', 1e100)" 0
  EVAL "return redis.call('echo', -1.5e-9)" 0
  EVAL "redis.setresp(3) return {double=0.1}" 0
  EVAL "redis.setresp(3) return redis.call('zscore', KEYS[1], 'm')" 1 z
  ZADD z 0.1 m
  EVAL "redis.setresp(3) local v = redis.call('zscore', KEYS[1], 'm') return {type(v), tostring(v.double)}" 1 z
  EVAL "return redis.call('brpop', KEYS[1], 0)" 1 l
  RPUSH l a b
  EVAL "return redis.call('blpop', KEYS[1], 0)" 1 l
  EVAL "return redis.call('blmove', KEYS[1], KEYS[2], 'LEFT', 'RIGHT', 0)" 2 l m
  EVAL "return redis.call('bzpopmin', KEYS[1], 0)" 1 none
  EVAL "return redis.call('xread', 'BLOCK', 0, 'STREAMS', KEYS[1], '$')" 1 none
  EVAL "return redis.call('subscribe', 'x')" 0
  EVAL "return redis.call('multi')" 0
  EVAL "return redis.call('wait', 0, 0)" 0
  EVAL "return redis.call('wait', 1, 0)" 0
  EVAL "return redis.call('wait', 1, 100)" 0
  EVAL "return redis.call('waitaof', 0, 0, 0)" 0
  EVAL "return redis.call('blmpop', 0, 1, KEYS[1], 'LEFT')" 1 none
  EVAL "return redis.call('bzmpop', 0, 1, KEYS[1], 'MIN')" 1 none
  EVAL "return redis.call('bzpopmax', KEYS[1], 0)" 1 none
  EVAL "return redis.call('brpoplpush', KEYS[1], KEYS[2], 0)" 2 none m
  EVAL "return redis.call('blpop', KEYS[1], 'x')" 1 none
  EVAL "return redis.call('blpop', KEYS[1], -1)" 1 none
  XADD stream 1-1 a b
  EVAL "return redis.call('xread', 'BLOCK', 0, 'STREAMS', KEYS[1], '0')" 1 stream
  EVAL "return redis.call('xread', 'BLOCK', 'x', 'STREAMS', KEYS[1], '0')" 1 stream
  XGROUP CREATE stream g $
  EVAL "return redis.call('xreadgroup', 'GROUP', 'g', 'c', 'BLOCK', 0, 'STREAMS', KEYS[1], '>')" 1 stream
  EVAL "return {redis.REDIS_VERSION}" 0
  EVAL "return {type(server)}" 0
  EVAL "return tostring(cjson.encode({a=0.1}))" 0
  EVAL "return cjson.encode(1e20)" 0
  `,
  ),
];
