/** Functions: what a library may do while it is loaded, what its functions may do, and how libraries are managed. */
import { contract } from './_contract.ts';

const quoted = (text: string): string => JSON.stringify(text);

/** A library's code below its shebang, and what listing it afterwards tells. */
const LOADS = [
  "redis.register_function('f', function() return 1 end)",
  "redis.register_function('f', function() end) redis.register_function('g', function() end) return redis.nope",
  'redis.register_function()',
  "redis.register_function('f')",
  'redis.register_function(1)',
  "redis.register_function('f', 1)",
  "redis.register_function('f', function() end, 1)",
  'redis.register_function(1, function() end)',
  'redis.register_function({}, function() end)',
  'redis.register_function(true, function() end)',
  "redis.register_function('a-b', function() end)",
  "redis.register_function('', function() end)",
  'redis.register_function{}',
  "redis.register_function{function_name='f'}",
  'redis.register_function{callback=function() end}',
  "redis.register_function{function_name='f', callback=1}",
  'redis.register_function{function_name={}, callback=function() end}',
  'redis.register_function{function_name=12, callback=function() end}',
  "redis.register_function{function_name='a b', callback=function() end}",
  "redis.register_function{function_name='f', callback=function() end, flags=1}",
  "redis.register_function{function_name='f', callback=function() end, flags={'foo'}}",
  "redis.register_function{function_name='f', callback=function() end, flags={'no-writes', 1}}",
  "redis.register_function{function_name='f', callback=function() end, flags={x='no-writes'}}",
  "redis.register_function{function_name='f', callback=function() end, flags={'allow-oom', 'no-cluster', 'no-writes', 'allow-stale', 'allow-cross-slot-keys', 'no-writes'}}",
  "redis.register_function{function_name='f', callback=function() end, description='What it does'}",
  "redis.register_function{function_name='f', callback=function() end, description=1}",
  "redis.register_function{function_name='f', callback=function() end, description={}}",
  "redis.register_function{function_name='f', callback=function() end, foo={}}",
  "redis.register_function{function_name='f', callback=function() end, [1]=2}",
  "redis.register_function{function_name='f', callback=function() end, [{}]=2}",
  "redis.register_function{'f', function() end}",
  "redis.register_function('f', function() end) redis.register_function('f', function() end)",
  "redis.register_function('f_'..('x'):rep(3)..redis.REDIS_VERSION_NUM..redis.LOG_WARNING, function() end)",
  'return 1',
  'x = 1',
  'redis = 1',
  'redis.x = 1',
  '_G.x = 1',
  'string.x = 1',
  "error('boom')",
  "redis.call('get', 'x')",
  "redis.pcall('get', 'x')",
  "return redis.sha1hex('a')",
  'return redis.setresp(3)',
  'return redis.REPL_ALL',
  'redis.log(1)',
  "redis.log(9, 'x')",
  "redis.log('x', 'x')",
  "redis.log(redis.LOG_NOTICE, 'x')",
  'local a = KEYS',
  'local a = math.random()',
  'local a = tostring(1)',
  'for k in pairs(redis) do end',
  'local a = nil + 1',
  'local t = {} t.x.y = 1',
  '\n\nlocal t\nt.y = 1',
  "return ('x'):nope()",
  'return redis.register_function.x',
];

const SHEBANGS = [
  '',
  'foo',
  '#!',
  '#!lua',
  '#!lua\n',
  '#!lua name=x',
  '#!lua name=x\nreturn 1',
  '#!lua name=x foo=1\n',
  '#!lua name=x name=y\n',
  '#!lua name=\n',
  '#!lua name=a-b\n',
  '#!lua name="a b"\n',
  '#!lua name="ab"\n',
  '#!lua name="ab\n',
  '#!lua name=x flags=no-writes\n',
  '#!python name=x\nreturn 1',
  '#! name=x\nreturn 1',
  '#!LUA NAME=x \nredis.register_function("f", function() return 1 end)',
];

/** The bodies of functions, called with one key and one argument. */
const BODIES = [
  'return {keys[1], args[1], #keys, #args}',
  'return 3.99',
  'return {map={a=1}}',
  'return true',
  'return nil',
  'return',
  "return redis.call('set', keys[1], args[1])",
  "return redis.call('get', keys[1])",
  "return redis.call('incr', keys[1])",
  "return redis.pcall('incr', keys[1])",
  "local ok, e = pcall(redis.call, 'incr', keys[1]) return {tostring(ok), e}",
  "return redis.call('nope')",
  "return redis.call('get')",
  "return redis.call('eval', 'return 1', 0)",
  "return redis.call('fcall', 'f', 0)",
  "return redis.call('function', 'list')",
  "return redis.error_reply('My err')",
  "return redis.status_reply('fine')",
  "return redis.sha1hex('')",
  "return redis.acl_check_cmd('get', 'x')",
  'return redis.acl_check_cmd()',
  "return redis.acl_check_cmd('nope')",
  'return redis.set_repl(redis.REPL_ALL)',
  'return redis.set_repl(99)',
  'return redis.set_repl()',
  'return redis.setresp(5)',
  "redis.setresp(3) redis.call('hset', 'h', 'f', 1) return redis.call('hgetall', 'h')",
  'return redis.log(1)',
  'return {redis.LOG_DEBUG, redis.REPL_ALL, redis.REDIS_VERSION_NUM}',
  'return redis.register_function()',
  'return redis.replicate_commands()',
  'return redis.breakpoint()',
  "return redis.debug('x')",
  'return KEYS',
  'return ARGV',
  'x = 1',
  'return x',
  '_G.x = 1',
  'redis.call = 1',
  'string.x = 1',
  "error('boom')",
  "error({err='My boom'})",
  'local a = nil return a.b',
  '\nlocal a\n\nreturn a.b',
  'return print',
  'return cjson.encode({1, 2})',
  'return cmsgpack.unpack(cmsgpack.pack(args))',
  "return loadstring('return 1 + 1')()",
  "return loadstring('return KEYS')()",
  "return _G.redis.call('get', keys[1])",
  "return math.max(1, 5) .. tostring(10 / 2) .. table.concat({1, 'x'}, ',')",
];

const SCRIPTS = [
  '#!lua\nreturn 1',
  '#!lua flags=\nreturn 1',
  '#!lua flags=no-writes\nreturn 1',
  '#!lua flags="no-writes"\nreturn 1',
  '#!lua flags=no-writes,allow-oom\nreturn 1',
  '#!lua flags=no-writes,,allow-oom\nreturn 1',
  '#!lua flags=no-writes,\nreturn 1',
  '#!lua flags=no-writes flags=allow-oom\nreturn 1',
  '#!lua flags=allow-cross-slot-keys,no-cluster,allow-stale\nreturn 1',
  '#!lua flags=nope\nreturn 1',
  '#!lua FLAGS=no-writes\nreturn 1',
  '#!lua foo\nreturn 1',
  '#!lua "flags=no-writes\nreturn 1',
  '#!LUA\nreturn 1',
  '#!\nreturn 1',
  '#! lua\nreturn 1',
  '#!lua',
  '#!lua\nerror("x")',
  '#!lua flags=no-writes\nreturn redis.call("set", "a", "b")',
  '#!lua\nreturn redis.call("set", "a", "b")',
];

export default [
  contract(
    'loading a library',
    LOADS.map(
      (code) => `
    FUNCTION FLUSH
    FUNCTION LOAD ${quoted(`#!lua name=lib\n${code}`)}
    ~sorted FUNCTION LIST`,
    ).join('\n'),
  ),
  contract(
    'library metadata',
    SHEBANGS.map((code) => `FUNCTION LOAD ${quoted(code)}\nFUNCTION LIST WITHCODE`).join('\n'),
  ),
  contract(
    'calling a function',
    BODIES.map(
      (body) => `
    FUNCTION LOAD REPLACE ${quoted(`#!lua name=lib\nredis.register_function('f', function(keys, args) ${body} end)`)}
    FCALL f 1 key arg`,
    ).join('\n'),
  ),
  contract(
    'calls',
    `
  FUNCTION LOAD "#!lua name=lib\\nlocal n = 0\\nlocal R, reg = redis, redis.register_function\\nreg('count', function() n = n + 1 return n end)\\nreg('early', function() return R.call('get', 'x') end)\\nreg('level', function() R.log(1, 'x') return R.LOG_NOTICE end)\\nreg('late', function() reg('other', function() end) end)\\nreg{function_name='reads', callback=function(k) return redis.call('get', k[1]) end, flags={'no-writes'}}\\nreg{function_name='lies', callback=function(k) return redis.call('set', k[1], 'x') end, flags={'no-writes'}}"
  FCALL count 0
  FCALL COUNT 0
  FCALL count 0
  FCALL early 0
  FCALL level 0
  FCALL late 0
  FCALL reads 1 k
  FCALL lies 1 k
  FCALL_RO reads 1 k
  FCALL_RO lies 1 k
  FCALL_RO count 0
  FCALL nope 0
  FCALL nope x
  FCALL_RO nope 0
  FCALL count
  FCALL count x
  FCALL count -1
  FCALL count 2 a
  FCALL count 99999999999999999999
  MULTI
  FCALL count 0
  FCALL nope 0
  EXEC
  EVAL "return redis.call('fcall', 'count', 0)" 0
  EVAL "return redis.register_function" 0
  @b> BLPOP woken 0
  FUNCTION LOAD "#!lua name=push\\nredis.register_function('push', function(k) return redis.call('rpush', k[1], 'a') end)"
  FCALL push 1 woken
  @b<
  SELECT 3
  FUNCTION LOAD "#!lua name=sel\\nredis.register_function('sel', function() redis.call('select', 5) return redis.call('set', 'in5', 'x') end)"
  FCALL sel 0
  EXISTS in5
  SCRIPT FLUSH
  FLUSHALL
  FLUSHDB
  FCALL count 0
  COMMAND GETKEYS FCALL count 2 a b c
  COMMAND GETKEYSANDFLAGS FCALL_RO count 2 a b c
  `,
  ),
  contract(
    'managing libraries',
    `
  FUNCTION LIST
  FUNCTION STATS
  FUNCTION LOAD "#!lua name=one\\nredis.register_function('f', function() return 1 end)"
  FUNCTION LOAD "#!lua name=one\\nredis.register_function('f', function() return 2 end)"
  FCALL f 0
  FUNCTION LOAD REPLACE "#!lua name=one\\nnope()"
  FUNCTION LOAD REPLACE "#!lua name=one\\nfoo bar("
  FCALL f 0
  FUNCTION LOAD replace "#!lua name=one\\nredis.register_function('f', function() return 2 end)"
  FCALL f 0
  FUNCTION LOAD "#!lua name=two\\nredis.register_function('F', function() return 3 end)"
  FUNCTION LOAD REPLACE "#!lua name=two\\nredis.register_function('f', function() return 3 end)"
  FUNCTION LOAD "#!lua name=ONE\\nredis.register_function('g', function() return 3 end)"
  FUNCTION LOAD "#!lua name=two\\nredis.register_function('h', function() return 3 end)"
  FUNCTION STATS
  ~sorted FUNCTION LIST
  ~sorted FUNCTION LIST WITHCODE
  ~sorted FUNCTION LIST LIBRARYNAME o*
  FUNCTION LIST WITHCODE LIBRARYNAME TW?
  FUNCTION LIST LIBRARYNAME nothing*
  FUNCTION LIST LIBRARYNAME
  FUNCTION LIST WITHCODE WITHCODE
  FUNCTION LIST LIBRARYNAME a LIBRARYNAME b
  FUNCTION LIST foo
  FUNCTION DELETE Two
  FUNCTION DELETE two
  FUNCTION DELETE two
  FCALL h 0
  FUNCTION STATS
  FUNCTION LOAD foo bar
  FUNCTION LOAD REPLACE REPLACE "#!lua name=one\\nredis.register_function('f', function() return 4 end)"
  FCALL f 0
  FUNCTION LOAD
  FUNCTION LOAD REPLACE
  FUNCTION DELETE
  FUNCTION KILL
  SCRIPT KILL
  FUNCTION KILL foo
  FUNCTION STATS foo
  FUNCTION DUMP foo
  FUNCTION HELP foo
  ~type FUNCTION HELP
  FUNCTION FLUSH foo
  FUNCTION FLUSH SYNC foo
  FUNCTION FOO
  FUNCTION
  FUNCTION RESTORE
  FUNCTION FLUSH async
  FUNCTION LIST
  FCALL f 0
  FUNCTION FLUSH SYNC
  FUNCTION FLUSH
  MULTI
  FUNCTION LOAD "#!lua name=one\\nredis.register_function('f', function() return 1 end)"
  FCALL f 0
  FUNCTION LIST
  FUNCTION FLUSH
  EXEC
  `,
  ),
  contract(
    'the shebang of scripts',
    `${SCRIPTS.map((script) => `EVAL ${quoted(script)} 0\nEVAL_RO ${quoted(script)} 0`).join('\n')}
  SCRIPT LOAD "#!lua flags=no-writes\\nreturn redis.call('set', 'a', 'b')"
  SCRIPT LOAD "#!lua flags=nope\\nreturn 1"
  CONFIG SET maxmemory 1
  EVAL "#!lua\\nreturn 1" 0
  EVAL "#!lua flags=allow-oom\\nreturn redis.call('set', 'a', 'b')" 0
  EVAL "#!lua flags=no-writes\\nreturn redis.call('get', 'a')" 0
  EVAL "return redis.call('set', 'a', 'b')" 0
  FUNCTION LOAD "#!lua name=x\\nredis.register_function('f', function() end)"
  CONFIG SET maxmemory 0
  FUNCTION LOAD "#!lua name=x\\nredis.register_function('f', function() end)"
  CONFIG SET maxmemory 1
  FCALL f 0
  CONFIG SET maxmemory 0
  FCALL f 0
  `,
  ),
];
