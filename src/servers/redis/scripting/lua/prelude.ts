/** What Lua 5.1 has and fengari's 5.3 lacks, in Lua. It runs once, in the real globals, and leaves the sandbox. */
export const PRELUDE = `
local rawpcall, rawxpcall, rawtype, rawload = pcall, xpcall, type, load
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

-- What calls a function is written in Lua, so that it can be interrupted inside of that function.
local gsub, find, sub, byte, concat = string.gsub, string.find, string.sub, string.byte, table.concat

-- What a function makes of a match, whose first capture is all of it where it has none.
local function replaced(f, whole, ...)
  local value
  if select('#', ...) == 0 then value = f(whole) else value = f(...) end
  if not value then return whole end
  local kind = rawtype(value)
  if kind ~= 'string' and kind ~= 'number' then error('invalid replacement value (a ' .. kind .. ')') end
  return value
end

local function addMatch(parts, f, s, at, first, last, ...)
  if not first then return nil end
  local n = #parts
  parts[n + 1] = sub(s, at, first - 1)
  parts[n + 2] = replaced(f, sub(s, first, last), ...)
  return first, last
end
local isText = { string = true, number = true }
string.gsub = function(...)
  local s, pattern, f, max = ...
  if rawtype(f) ~= 'function' or not isText[rawtype(s)] or not isText[rawtype(pattern)]
    or (max ~= nil and rawtype(max) ~= 'number') then
    return gsub(...)
  end
  s, pattern = s .. '', pattern .. ''
  local parts, at, count, size = {}, 1, 0, #s
  while count < (max or size + 1) do
    local first, last = addMatch(parts, f, s, at, find(s, pattern, at))
    if not first then break end
    count = count + 1
    at = last + 1
    if last < first then
      if first > size then break end
      parts[#parts + 1] = sub(s, first, first)
      at = first + 1
    end
    if byte(pattern) == 94 then break end
  end
  parts[#parts + 1] = sub(s, at)
  return concat(parts), count
end

-- Quicksort with the steps of Lua 5.1, since what is equal keeps the order that they leave.
local function quicksort(a, low, high, less)
  while low < high do
    if less(a[high], a[low]) then a[low], a[high] = a[high], a[low] end
    if high - low == 1 then return end
    local middle = floor((low + high) / 2)
    if less(a[middle], a[low]) then a[middle], a[low] = a[low], a[middle]
    elseif less(a[high], a[middle]) then a[middle], a[high] = a[high], a[middle] end
    if high - low == 2 then return end
    local pivot = a[middle]
    a[middle], a[high - 1] = a[high - 1], pivot
    local i, j = low, high - 1
    while true do
      i = i + 1
      while less(a[i], pivot) do
        if i > high then error('invalid order function for sorting') end
        i = i + 1
      end
      j = j - 1
      while less(pivot, a[j]) do
        if j < low then error('invalid order function for sorting') end
        j = j - 1
      end
      if j < i then break end
      a[i], a[j] = a[j], a[i]
    end
    a[high - 1], a[i] = a[i], a[high - 1]
    if i - low < high - i then
      quicksort(a, low, i - 1, less)
      low = i + 1
    else
      quicksort(a, i + 1, high, less)
      high = i - 1
    end
  end
end
local sort = table.sort
table.sort = function(...)
  local t, less = ...
  if rawtype(t) ~= 'table' or rawtype(less) ~= 'function' then return sort(...) end
  quicksort(t, 1, #t, less)
end

-- A coroutine that was interrupted did not yield: whoever resumed it is interrupted too, and then goes on with it.
local resume, create, interrupted, interrupt = coroutine.resume, coroutine.create, __interrupted, __interrupt
__interrupted, __interrupt = nil, nil
local function carryOn(co, ...)
  if not interrupted() then return ... end
  interrupt()
  return carryOn(co, resume(co))
end
local function unwrapped(ok, e, ...)
  if ok then return e, ... end
  error(e, rawtype(e) == 'string' and 2 or 0)
end
coroutine.resume = function(co, ...) return carryOn(co, resume(co, ...)) end
coroutine.wrap = function(f)
  local co = create(f)
  return function(...) return unwrapped(carryOn(co, resume(co, ...))) end
end
string.pack, string.unpack, string.packsize = nil, nil, nil

function tostring(v)
  if rawtype(v) == 'number' then return v .. '' end
  local text = __tostring(v)
  return text == 'userdata: null' and 'userdata: (nil)' or text
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

-- JavaScript collects garbage when it wants to: what is held is told as what one state of Redis holds.
local HELD_KB, pause, stepmul = 30, 200, 200
local isOption = { collect = true, count = true, restart = true, stop = true, step = true, setpause = true, setstepmul = true }
function gcinfo() return HELD_KB, 0 end
function collectgarbage(option, value)
  if option == nil then option = 'collect' end
  if not isOption[option] then
    error("bad argument #1 to 'collectgarbage' (invalid option '" .. tostring(option) .. "')", 2)
  end
  if option == 'count' then return HELD_KB end
  if option == 'step' then return false end
  local before = 0
  if option == 'setpause' then before, pause = pause, value or 0 end
  if option == 'setstepmul' then before, stepmul = stepmul, value or 0 end
  return before
end
_VERSION = 'Lua 5.1'
rawlen, dofile, loadfile, print, require, package, utf8, debug, io = nil

-- What is seen through an empty table can't be written past it either.
local isReadonly, rawset = setmetatable({}, { __mode = 'k' }), rawset
function _G.rawset(t, ...)
  if isReadonly[t] then error('Attempt to modify a readonly table', 0) end
  return rawset(t, ...)
end

-- Every table of the interface is seen through an empty one, which nobody can write to.
local function readonly(t)
  local shown = {}
  isReadonly[shown] = true
  return setmetatable(shown, {
    __index = t,
    __newindex = function() error('Attempt to modify a readonly table', 2) end,
    -- Not the table itself, which a loop would hand out.
    __pairs = function(shown) return function(_, k) return next(t, k) end, shown, nil end,
    __metatable = false,
  })
end
local function missing(_, name)
  error("Script attempted to access nonexistent global variable '" .. tostring(name) .. "'", 2)
end

local real = _G
for _, name in ipairs({ 'string', 'table', 'math', 'coroutine', 'redis', 'cjson', 'cmsgpack', 'bit', 'struct', 'os' }) do
  if real[name] then real[name] = readonly(real[name]) end
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
isReadonly[sandbox] = true
setmetatable(sandbox, {
  __index = _G,
  __newindex = function() error('Attempt to modify a readonly table', 2) end,
  __metatable = false,
})
rawset(_G, '_G', sandbox)
rawset(_G, '__sandbox', nil)
`;
