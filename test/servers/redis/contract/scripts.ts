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
  contract(
    'what Lua 5.1 does not know yet',
    `
  EVAL "return 7//2" 0
  EVAL "return 7&2" 0
  EVAL "return 7|2" 0
  EVAL "return 7~2" 0
  EVAL "return ~2" 0
  EVAL "return 7<<2" 0
  EVAL "return 7>>2" 0
  EVAL "goto x ::x:: return 1" 0
  EVAL "local goto = 5 return goto" 0
  EVAL "local t = {goto = 1} return t.goto" 0
  EVAL "::x::" 0
  EVAL "return 1 ~= 2" 0
  EVAL "return '\\\\x41\\\\65\\\\q\\\\d\\\\z\\\\u'" 0
  EVAL "return '\\\\a\\\\b\\\\f\\\\n\\\\r\\\\t\\\\v\\\\\\\\\\\\\\"\\\\''" 0
  EVAL "x" 0
  EVAL "x y" 0
  EVAL "1" 0
  EVAL "local x = 1 x" 0
  EVAL "local a,b = 1 a,b" 0
  EVAL "f() = 1" 0
  EVAL "a.b" 0
  EVAL "local t={} t.x, t.y = 1, 2 return t.x + t.y" 0
  EVAL "(function() end)()" 0
  EVAL "'x'" 0
  EVAL "local x = = 1" 0
  EVAL "return 1 +" 0
  EVAL "return )" 0
  EVAL "for i=1,3 do" 0
  EVAL "local function f() return 1 end return f()" 0
  EVAL "return 'unfinished" 0
  EVAL "return [[long\\nstring]]" 0
  EVAL "--[[ comment ]] return 1" 0
  EVAL "while true do break end return 2" 0
  EVAL "while true do do break end end return 2" 0
  EVAL "return 5 return 6" 0
  EVAL "local t = {1,2;3} return #t" 0
  EVAL "return 0xff, 1e3" 0
  EVAL "return 0x1p4" 0
  EVAL "return 3..2" 0
  EVAL "return 3 .. 2" 0
  EVAL "return @" 0
  EVAL "return $x" 0
  EVAL "return !x" 0
  EVAL "x++" 0
  EVAL "x += 1" 0
  EVAL "local x <const> = 1" 0
  `,
  ),
  contract(
    'surrogates of cjson, and commands that are containers',
    `
  EVAL "return redis.call('config')" 0
  EVAL "return redis.call('client')" 0
  EVAL "return redis.call('nosuch')" 0
  EVAL "return redis.call('client','nosuch')" 0
  EVAL "return redis.pcall('config').err" 0
  EVAL "return cjson.decode('[\\"\\\\\\\\udc00\\"]')" 0
  EVAL "return cjson.decode('[\\"\\\\\\\\ud83d\\"]')" 0
  EVAL "return cjson.decode('[\\"\\\\\\\\ud83d\\\\\\\\u0041\\"]')" 0
  EVAL "return cjson.decode('[\\"ab\\\\\\\\ud83dx\\"]')" 0
  EVAL "return cjson.decode('[\\"ab\\\\\\\\u00\\"]')" 0
  EVAL "return cjson.decode('[\\"\\\\\\\\u0000\\"]')" 0
  EVAL "return cjson.decode('[\\"\\\\\\\\ud83d\\\\\\\\ude00\\\\\\\\ud83d\\\\\\\\ud83d\\"]')" 0
  EVAL "return cjson.decode('[\\"\\\\\\\\ud83d\\\\\\\\uzzzz\\"]')" 0
  `,
  ),
  contract(
    'string.format',
    `
  EVAL "return string.format('%s', nil)" 0
  EVAL "return string.format('%s', true)" 0
  EVAL "return string.format('%s', {})" 0
  EVAL "return string.format('%5s|%-5s|%.2s|%5.1s|%05s|', 'abc', 12, 'abc', 'xyz', 'q')" 0
  EVAL "return string.format('%s')" 0
  EVAL "return string.format()" 0
  EVAL "return string.format(nil)" 0
  EVAL "return string.format(5)" 0
  EVAL "return string.format('%d', nil)" 0
  EVAL "return string.format('%d', '0x10')" 0
  EVAL "return string.format('%d|%i|%5d|%-5d|%05d|%+d|% d|%.3d|%5.3d|%-+5d|%+05d', 1, -2, 3, 4, 5, 6, 7, 8, 9, 10, 11)" 0
  EVAL "return string.format('%d|%05d|%.3d|% d|%+d|%.0d|', -1, -5, -8, -7, -6, 0)" 0
  EVAL "return string.format('%d|%d|%d|%d', 3.99, -3.99, 2^53, 1e15)" 0
  EVAL "return string.format('%d|%d|%d|%d', 2^62, -2^62, 2^63, -2^63)" 0
  EVAL "return string.format('%d|%d|%d', 1e300, 1/0, -1/0)" 0
  EVAL "return string.format('%d', 'x')" 0
  EVAL "return string.format('%q|%q|%q', 5, 'a\\\\nb\\"c\\\\\\\\d\\\\0e\\\\rf', '')" 0
  EVAL "return string.format('%q', nil)" 0
  EVAL "return string.format('%c%c%3c|%-3c|', 65, 66, 67, 68)" 0
  EVAL "return string.format('%c|', 321)" 0
  EVAL "return string.format('%i|%u|%o|%X|%x', 5, 6, 8, 255, 255)" 0
  EVAL "return string.format('%#x|%#X|%#o|%#x|%5x|%-5x|%05x|%.4x|%#06x', 255, 255, 8, 0, 10, 11, 12, 13, 14)" 0
  EVAL "return string.format('%u|%x|%o', -1, -1, -1)" 0
  EVAL "return string.format('%+u|% x', 1, 2)" 0
  EVAL "return string.format('%e|%E|%.2e|%10.2e|%-12.1e|%.0e|%#.0e|%+e', 1.5, 12345.678, 0.00012, 1e100, 2, 3.6, 3, 4)" 0
  EVAL "return string.format('%f|%.0f|%.1f|%8.3f|%-8.3f|%08.3f|%+.2f|% .2f|%#.0f', 1.5, 2.5, 0.25, 3.14159, 3.14159, -3.14159, 1, 2, 5)" 0
  EVAL "return string.format('%.10f|%.20f|%.3f|%.15f', 0.1, 0.1, 1e21, 1e-10)" 0
  EVAL "return string.format('%f', 1e22)" 0
  EVAL "return string.format('%.2f', 1.005)..string.format('|%.1f|%.1f|%.0f|%.0f', 0.05, 0.15, 0.5, 1.5)" 0
  EVAL "return string.format('%g|%g|%g|%g|%g|%g|%g', 100000, 1000000, 1e20, 0.0001, 0.00001, 0.1, 123456789)" 0
  EVAL "return string.format('%.3g|%.10g|%.14g|%.17g|%G|%#g|%#.3g|%.0g|%10g|%-10g|%010g', 1234.5, 1/3, 0.1, 0.1, 1e-10, 1, 2, 345, 1.5, 2.5, -3.5)" 0
  EVAL "return string.format('%g|%f|%e|%5.1f|%05f|%G', 1/0, -1/0, 1/0, 1/0, 1/0, -1/0)" 0
  EVAL "return string.format('%g|%f', 0/0, 0/0)" 0
  EVAL "return string.format('%y', 1)" 0
  EVAL "return string.format('%', 1)" 0
  EVAL "return string.format('%')" 0
  EVAL "return string.format('a%')" 0
  EVAL "return string.format('100%%|%%d')" 0
  EVAL "return string.format('%a', 1)" 0
  EVAL "return string.format('%l', 1)" 0
  EVAL "return string.format('%5', 1)" 0
  EVAL "return string.format('%123d', 1)" 0
  EVAL "return string.format('%.123d', 1)" 0
  EVAL "return string.format('%------d', 1)" 0
  EVAL "return string.format('%-+ #0d', 1)" 0
  EVAL "return string.format('%.20s|%.0s|%.s|', 'abc', 'abc', 'abc')" 0
  EVAL "return string.format('%99d', 1)" 0
  EVAL "return string.format('%.99f', 1/3)" 0
  EVAL "return string.format('%s|%10s|', 'a\\\\0b', 'a\\\\0b')" 0
  EVAL "return string.format('%10s|', string.rep('x', 120))" 0
  EVAL "return string.format('%.5s|', string.rep('x', 120))" 0
  EVAL "return string.format('%s %s', 1, 2, 3)" 0
  EVAL "return string.format('%s|%s|%s', 0.1, 1e100, -0.0)" 0
  EVAL "return ('%d items'):format(3)" 0
  EVAL "local s = string.format return s('%5.2f', '1.234')" 0
  EVAL "return string.format('%.0f|%.0f|%.0f|%.0f|%.2f|%.3f|%.1f|%.0f', 0.5, 1.5, 2.5, 9.5, 0.125, 0.0625, 0.35, 1e15+0.5)" 0
  EVAL "return string.format('%.0e|%.0e|%.1e|%.2g|%.1g|%.3g|%.0e|%.0e', 2.5, 3.5, 1.25, 2.25, 2.5, 10.25, 9.5, 8.5)" 0
  EVAL "return string.format('%5s', 12.5)" 0
  EVAL "local t = {} for i=1,3 do t[#t+1] = ('%02d:%s'):format(i, 'x') end return t" 0
  `,
  ),
  contract(
    'positions and whole numbers',
    `
  EVAL "return string.rep('ab', 3, ',')" 0
  EVAL "return string.rep('ab')" 0
  EVAL "return string.rep('ab', 0)" 0
  EVAL "return string.rep('ab', '2')" 0
  EVAL "return string.rep('ab', 2.7)" 0
  EVAL "local t={1,2,3} table.insert(t, 9, 'x') return #t" 0
  EVAL "local t={1,2,3} table.insert(t, 9, 'x') return t[9]" 0
  EVAL "local t={1,2,3} table.insert(t, 0, 'x') return t" 0
  EVAL "local t={1,2,3} table.insert(t, -5, 'x') return {#t, t[-5]}" 0
  EVAL "local t={1,2,3} table.insert(t, 4, 'x') return t" 0
  EVAL "local t={1,2,3} table.insert(t, 1, 'x') return t" 0
  EVAL "local t={1,2,3} table.insert(t, 'x') return t" 0
  EVAL "local t={1,2,3} table.insert(t, 1, 2, 3) return t" 0
  EVAL "local t={1,2,3} table.insert(t) return t" 0
  EVAL "table.insert(nil, 1)" 0
  EVAL "local t={1,2,3} table.insert(t, 'a', 1) return t" 0
  EVAL "local t={1,2,3} return {table.remove(t, 9), #t}" 0
  EVAL "local t={1,2,3} return table.remove(t, 9)" 0
  EVAL "local t={1,2,3} return table.remove(t, 4)" 0
  EVAL "local t={1,2,3} return table.remove(t, 0)" 0
  EVAL "local t={1,2,3} return {table.remove(t, 1), t}" 0
  EVAL "local t={1,2,3} return {table.remove(t), t}" 0
  EVAL "local t={1,2,3} return {table.remove(t, 3), t}" 0
  EVAL "return table.remove({})" 0
  EVAL "return select('#', table.remove({}))" 0
  EVAL "return select('#', table.remove({1}, 5))" 0
  EVAL "table.remove(nil)" 0
  EVAL "return string.sub('hello', 1, 5/2)" 0
  EVAL "return string.sub('hello', '2')" 0
  EVAL "return string.sub('hello', 1.9, 3.9)" 0
  EVAL "return string.sub('hello', 'x')" 0
  EVAL "return table.concat({1,2,3}, ',', 1.5, 2.5)" 0
  EVAL "return string.char(65.9)" 0
  EVAL "return string.char(256)" 0
  EVAL "return string.byte('abc', 1.5)" 0
  EVAL "return select(1.5, 1, 2)" 0
  EVAL "return math.random(1.5, 1.5)" 0
  EVAL "return unpack({1,2,3}, 1.5)" 0
  EVAL "return tonumber('10', 2.5)" 0
  EVAL "return cjson.decode('[\\"\\\\\\\\x\\"]')" 0
  EVAL "return cjson.decode('{\\"a\\":\\"b\\\\\\\\u12\\"}')" 0
  `,
  ),
];
