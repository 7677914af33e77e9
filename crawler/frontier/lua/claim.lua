-- Grant up to `want` leases to a worker.  ARGV: worker, want, busy (leases it holds).
-- Returns state, milliseconds until something may be ready (-1: nothing known), 1 when the round is at rest, then
-- one JSON document per grant.
local worker, want, busy = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local now = now_ms()
local epoch = redis.call('HGET', P .. 'epoch', 'id')
local lease_ms = setting('lease')

for _, token in ipairs(redis.call('ZRANGEBYSCORE', P .. 'deadlines', '-inf', now, 'LIMIT', 0, 64)) do
  return_lease(token)
end

for _, entry in ipairs(redis.call('ZRANGEBYSCORE', P .. 'delayed', '-inf', now, 'LIMIT', 0, 256)) do
  redis.call('ZREM', P .. 'delayed', entry)
  local cut = string.find(entry, SEP, 1, true)
  local host, path = string.sub(entry, 1, cut - 1), string.sub(entry, cut + 1)
  bump(host, 'delayed', -1)
  put_back(host, path, extras_of(host, path))
end

now = now_ms()  -- what was just returned may be granted at once
local grants = {}

local function grant(kind, host, path, holds, depth)
  local token = epoch .. '-' .. string.format('%d', redis.call('INCR', P .. 'grants'))
  redis.call('HSET', P .. 'l:' .. token, 'kind', kind, 'host', host, 'path', path, 'worker', worker,
    'holds', holds and '1' or '0')
  redis.call('ZADD', P .. 'deadlines', now + lease_ms, token)
  local state = redis.call('HMGET', P .. 'h:' .. host, 'origin', 'dead', 'robots_url', 'robots_tries', 'server',
    'probe_url', 'probe_tries', 'soft')
  if holds then
    redis.call('HINCRBY', P .. 'h:' .. host, 'inflight', 1)
    if state[5] then occupy_server(token, state[5], now) end
  end
  local document = extras_of(host, path)
  if kind == 'probe' or (document.deaths or 0) > 0 then redis.call('HSET', P .. 'l:' .. token, 'safe', '1') end
  document.token, document.grant, document.host, document.path = token, kind, host, path
  document.origin = state[1]
  document.dead = tonumber(state[2]) or 0
  document.depth = depth or -1
  if kind == 'robots' then
    document.url = state[3] or nil
    document.attempts = tonumber(state[4]) or 0
  elseif kind == 'probe' then
    document.url = state[6] or nil
    document.attempts = tonumber(state[7]) or 0
  end
  document.soft = state[8] and true or nil
  if kind == 'page' then
    bump(host, 'queued', -1)
    bump(host, 'leased', 1)
  end
  grants[#grants + 1] = cjson.encode(document)
end

-- The list of a parted band is empty: true when the next chunk, or what waited behind all chunks, has taken its place,
-- false when the band is done, nil when the next chunk has to be loaded first.
local function refill(host, band)
  local h, list = P .. 'h:' .. host, P .. 'b:' .. band .. ':' .. host
  local token = first_chunk(host, band)
  if token then
    if redis.call('ZREM', P .. 'spilling', host .. SEP .. token) == 0 then
      redis.call('ZADD', P .. 'wanted', 'NX', 0, host)
      redis.call('HSET', h, 'waits', 1)
      return nil
    end
    redis.call('RENAME', P .. 's:' .. token, list)  -- it was on its way out
    redis.call('ZREM', P .. 'c:' .. host, token)
    redis.call('HINCRBY', h, 'here', redis.call('LLEN', list))
    return true
  end
  parted[host] = string.gsub(parted[host], ',' .. band .. ',', '')
  redis.call('HSET', h, 'parted', parted[host])
  if redis.call('EXISTS', P .. 't:' .. band .. ':' .. host) == 0 then return false end
  redis.call('RENAME', P .. 't:' .. band .. ':' .. host, list)
  return true
end

-- The list of a parted band runs low: have its next chunk loaded before it is empty.
local function look_ahead(host, band)
  if redis.call('LLEN', P .. 'b:' .. band .. ':' .. host) < setting('chunk') / 2 and first_chunk(host, band) then
    redis.call('ZADD', P .. 'wanted', 'NX', 0, host)
  end
end

-- The next path of a host's queue and its depth (nil: not told): what was put back first, then band by band.
local function take(host)
  local h = P .. 'h:' .. host
  local head = redis.call('ZPOPMIN', P .. 'q:' .. host)
  if head[1] then
    redis.call('HINCRBY', h, 'here', -1)
    return head[1]
  end
  local first = tonumber(redis.call('HGET', h, 'low')) or 0
  local band, met, path = first, 0, nil
  local last = (setting('depth') + 1) * RANKS - 1
  while band <= last and not path do
    local entry = redis.call('LPOP', P .. 'b:' .. band .. ':' .. host)
    if entry then
      met = met + 1
      local bucket, id, rest = string.match(entry, '^(%d+) (%d+)(.*)$')
      local depth = math.floor(band / RANKS)
      if move_seen(bucket, id, depth, TAKEN + depth) then path = rest end
    else
      local filled = is_parted(host, band) and refill(host, band)
      if filled == nil then break end
      if not filled then band = band + 1 end
    end
  end
  if path and is_parted(host, band) then look_ahead(host, band) end
  if band ~= first then redis.call('HSET', h, 'low', band) end
  local here = met > 0 and redis.call('HINCRBY', h, 'here', -met) or 0
  if too_long(here) then redis.call('SADD', P .. 'over', host) end  -- it grew before there was a window
  return path, math.floor(band / RANKS)
end

-- Milliseconds until one of the host's spans of the day is open (0: now).  The rule: crawler/hours.py.
local function hours_wait(host)
  if (setting('hours') or 0) == 0 then return 0 end
  local spans = redis.call('HGET', P .. 'hours', host) or redis.call('HGET', P .. 'hours', '*.' .. host)
  local rest = host
  while not spans do
    local dot = string.find(rest, '.', 1, true)
    if not dot then break end
    rest = string.sub(rest, dot + 1)
    spans = redis.call('HGET', P .. 'hours', '*.' .. rest)
  end
  spans = spans or redis.call('HGET', P .. 'hours', '*')
  if not spans or spans == '' then return 0 end
  local day, least = 86400000, nil
  local at = (now + 28800000) % day
  for first, last in string.gmatch(spans, '(%d+)-(%d+)') do
    first, last = first * 60000, last * 60000
    local inside
    if first < last then inside = at >= first and at < last else inside = at >= first or at < last end
    if inside then return 0 end
    local until_open = (first - at) % day
    if not least or until_open < least then least = until_open end
  end
  return least
end

local function ask_robots(host)
  if redis.call('HGET', P .. 'h:' .. host, 'robots') == 'done' then return false end
  redis.call('HSET', P .. 'h:' .. host, 'robots', 'asked')
  grant('robots', host, '/robots.txt', true)
  return true
end

-- A made-up address of the host, the same in every run of the round: its pages' most common ending behind a name that
-- nobody has given to a page.
local function ask_probe(host)
  local h = P .. 'h:' .. host
  redis.call('HSET', h, 'probe', 'asked')
  local name = string.sub(redis.sha1hex(P .. host), 1, 16)
  grant('probe', host, '/cf' .. name .. (redis.call('HGET', h, 'probe_ext') or ''), true)
end

local function grant_suspect()
  for _, entry in ipairs(redis.call('ZRANGE', P .. 'suspects', 0, 31)) do
    local cut = string.find(entry, SEP, 1, true)
    local host, path = string.sub(entry, 1, cut - 1), string.sub(entry, cut + 1)
    local server = redis.call('HGET', P .. 'h:' .. host, 'server')
    local free = not server or server_free(server, now)
    if free and number_of(host, 'inflight') == 0 and number_of(host, 'next') <= now and hours_wait(host) == 0 then
      if not ask_robots(host) then
        redis.call('ZREM', P .. 'suspects', entry)
        grant('page', host, path, true)
      end
      wake(host)
      return
    end
  end
end

local function serve(host, server)
  local closed = hours_wait(host)
  if closed > 0 then
    wait_until(host, server, now + closed)
    return
  end
  local state = redis.call('HMGET', P .. 'h:' .. host, 'robots', 'probe')
  if state[1] == 'asked' then
    wait_until(host, server, now + 50)  -- several places, but the answer is not in yet
    return
  end
  if not ask_robots(host) then
    if state[2] == 'wanted' then ask_probe(host) end
    while #grants < want and number_of(host, 'inflight') < setting('concurrency')
        and (not server or server_free(server, now)) do
      local path, depth = take(host)
      if not path then break end
      grant('page', host, path, true, depth)
    end
  end
  wake(host)
end

-- At most as many hosts as the server has places, so that a row of hosts with nothing to grant is not walked in one call.
local function serve_server(server)
  for _, host in ipairs(redis.call('ZRANGEBYSCORE', P .. 'sw:' .. server, '-inf', now, 'LIMIT', 0, server_places())) do
    if #grants >= want or not server_free(server, now) then break end
    serve(host, server)
  end
  wake_server(server)
end

local state = redis.call('GET', P .. 'state')
if state == 'running' then
  local owner = redis.call('GET', P .. 'alone')
  local alone = owner == worker and busy > 0  -- while it holds the last of them, too
  if want > 0 and redis.call('ZCARD', P .. 'suspects') > 0 then alone = not owner or owner == worker end
  if alone then
    redis.call('SET', P .. 'alone', worker, 'PX', lease_ms)
    if busy == 0 then grant_suspect() end
  elseif owner == worker then
    redis.call('DEL', P .. 'alone')
  end
  if not alone then
    local popped = redis.call('ZPOPMIN', P .. 'relinks', math.min(want, 8))
    for at = 1, #popped, 2 do
      local cut = string.find(popped[at], SEP, 1, true)
      grant('relink', string.sub(popped[at], 1, cut - 1), string.sub(popped[at], cut + 1), false)
    end
    for _, entry in ipairs(redis.call('ZRANGEBYSCORE', P .. 'ready', '-inf', now, 'LIMIT', 0, want)) do
      if string.sub(entry, 1, 1) == SEP then
        serve_server(string.sub(entry, 2))
      else
        serve(entry)
      end
      if #grants >= want then break end
    end
  end
end

local wait = -1
for _, queue in ipairs({ 'ready', 'delayed', 'deadlines' }) do
  local first = redis.call('ZRANGE', P .. queue, 0, 0, 'WITHSCORES')
  if first[2] then
    local ms = math.max(0, tonumber(first[2]) - now)
    if wait < 0 or ms < wait then wait = ms end
  end
end
local left = redis.call('HMGET', P .. 'counts', 'queued', 'delayed', 'leased', 'relinks', 'probes')
local sum = 0
for at = 1, 5 do sum = sum + (tonumber(left[at]) or 0) end
local reply = { state, wait, sum == 0 and 1 or 0 }
for at = 1, #grants do reply[at + 3] = grants[at] end
return reply
