import { CASES, evaluated, JSON_SETTINGS, RANDOM, UNREADABLE } from './_bodies.ts';
import { contract } from './_contract.ts';

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
  EVAL "return type(os.clock())" 0
  EVAL "local n = {} for k in pairs(os) do n[#n + 1] = k end return n" 0
  EVAL "os.clock = 1" 0
  EVAL "return os.x" 0
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
