/** What Lua 5.1 has and fengari's 5.3 lacks, in Lua. It runs once, in the real globals, and leaves the sandbox. */
export const PRELUDE = `
local rawpcall, rawxpcall, rawtype, rawload, rawformat = pcall, xpcall, type, load, string.format
local floor = math.floor
local __tostring, __sandbox = tostring, __sandbox

unpack = table.unpack
table.unpack = nil
table.pack = nil
table.move = nil
function table.getn(t) return #t end
function table.maxn(t)
  local max = 0
  for k in next, t do if rawtype(k) == 'number' and k > max then max = k end end
  return max
end
function table.foreach(t, f)
  for k, v in next, t do local r = f(k, v) if r ~= nil then return r end end
end
function table.foreachi(t, f)
  for i = 1, #t do local r = f(i, t[i]) if r ~= nil then return r end end
end
math.pow = function(a, b) return a ^ b end
math.mod = math.fmod
math.log10 = function(x) return math.log(x, 10) end
math.cosh = function(x) return (math.exp(x) + math.exp(-x)) / 2 end
math.sinh = function(x) return (math.exp(x) - math.exp(-x)) / 2 end
math.tanh = function(x) local a, b = math.exp(x), math.exp(-x) return (a - b) / (a + b) end
math.ldexp = function(m, e) return m * 2 ^ e end
math.frexp = function(x)
  if x == 0 then return 0, 0 end
  local e = floor(math.log(math.abs(x), 2)) + 1
  local m = x / 2 ^ e
  if math.abs(m) >= 1 then m, e = m / 2, e + 1 end
  return m, e
end
math.tointeger, math.type, math.ult, math.maxinteger, math.mininteger = nil, nil, nil, nil, nil
string.gfind = string.gmatch
string.pack, string.unpack, string.packsize = nil, nil, nil

-- Whole numbers are doubles here: they are formatted without the 32 bits of fengari's integers.
string.format = function(f, ...)
  if rawtype(f) ~= 'string' then return rawformat(f, ...) end
  local args, n, i = { ... }, select('#', ...), 0
  local converted = string.gsub(f, '%%([-+ #0]*%d*)(%.?%d*)(.)', function(flags, precision, kind)
    if kind == '%' then return nil end
    i = i + 1
    if (kind == 'd' or kind == 'i') and tonumber(args[i]) then
      local value = tonumber(args[i])
      args[i] = value >= 0 and floor(value) or -floor(-value)
      if precision == '' then return '%' .. flags .. '.0f' end
    elseif kind == 's' and rawtype(args[i]) == 'number' then
      args[i] = args[i] .. ''
    end
  end)
  return rawformat(converted, unpack(args, 1, n))
end

function tostring(v)
  if rawtype(v) == 'number' then return v .. '' end
  return __tostring(v)
end

function loadstring(text, name)
  return rawload(text, name or text, 't', __sandbox)
end
function load(f, name)
  if rawtype(f) ~= 'function' then
    error("bad argument #1 to 'load' (function expected, got " .. rawtype(f) .. ")", 2)
  end
  return rawload(f, name, 't', __sandbox)
end

-- Redis tells what pcall caught as a text, where the error was one of redis.call.
local function caught(ok, e, ...)
  if not ok and rawtype(e) == 'table' and e.err then return false, e.err end
  return ok, e, ...
end
function pcall(...) return caught(rawpcall(...)) end
function xpcall(...) return caught(rawxpcall(...)) end

function gcinfo() return 0, 0 end
_VERSION = 'Lua 5.1'
rawlen, dofile, loadfile, print, require, package, utf8, debug, os, io = nil

-- Every table of the interface is seen through an empty one, which nobody can write to.
local function readonly(t)
  return setmetatable({}, {
    __index = t,
    __newindex = function() error('Attempt to modify a readonly table', 2) end,
    __metatable = false,
  })
end
local function missing(_, name)
  error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
end

local real = _G
for _, name in ipairs({ 'string', 'table', 'math', 'coroutine', 'redis', 'cjson', 'cmsgpack', 'bit', 'struct' }) do
  real[name] = readonly(real[name])
end
if real.__loading then
  local loading = setmetatable(real.__loading, { __index = missing })
  loading.redis = readonly(setmetatable(loading.redis, { __index = missing }))
end
setmetatable(real, { __index = missing })
`;

/** Ends the prelude: makes the table that scripts see as their globals. */
export const SANDBOX = `
local sandbox = __sandbox
setmetatable(sandbox, {
  __index = _G,
  __newindex = function() error('Attempt to modify a readonly table', 2) end,
  __metatable = false,
})
rawset(_G, '_G', sandbox)
rawset(_G, '__sandbox', nil)
`;
