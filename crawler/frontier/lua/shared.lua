-- Loaded in front of every transition.  KEYS[1] is the round's key prefix, e.g. "cf:{2026Q4}:".
local P = KEYS[1]
local SEP = '\31'
local RANKS = 3   -- relevance within a depth: 0 first, 1 ordinary, 2 last (see crawler.ranks)
local TAKEN = 50  -- added to the depth in the seen-set from a URL's first grant on
local SPAN = 4294967296  -- 2^32: places of one band's chunks in `c:{host}`

local function now_ms()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end

local settings = {}  -- read once per call: they are frozen with the plan

local function setting(name)
  if not settings[name] then settings[name] = tonumber(redis.call('HGET', P .. 'settings', name)) end
  return settings[name]
end

local function sequence()
  return redis.call('INCR', P .. 'seq')
end

local function bump(host, field, by)
  redis.call('HINCRBY', P .. 'counts', field, by)
  redis.call('HINCRBY', P .. 'h:' .. host, field, by)
end

local function number_of(host, field)
  return tonumber(redis.call('HGET', P .. 'h:' .. host, field)) or 0
end

-- Ids are decimal strings without leading zeros; a member is the id with two digits behind it: the depth while the URL
-- waits for its first grant in a band's list, TAKEN and the depth from then on.
local digits = {}
for depth = 0, 20 do
  digits[depth] = string.format('%02d', depth)
  digits[TAKEN + depth] = string.format('%02d', TAKEN + depth)
end

local function member(id, depth)
  return id .. digits[depth]
end

local candidates = {}  -- one table for all links of a call

-- The depth a URL is known at (nil: not known), and TAKEN or 0.
local function depth_of(bucket, id, limit)
  local width = limit + 1
  for depth = 0, limit do
    candidates[depth + 1] = id .. digits[depth]
    candidates[depth + 1 + width] = id .. digits[TAKEN + depth]
  end
  local found = redis.call('SMISMEMBER', P .. 'seen:' .. bucket, unpack(candidates, 1, 2 * width))
  for at = 1, width do
    if found[at] == 1 then return at - 1, 0 end
    if found[at + width] == 1 then return at - 1, TAKEN end
  end
  return nil
end

-- Give a URL's member another depth, or mark it as taken; true where it stood as said.
local function move_seen(bucket, id, old, new)
  if redis.call('SREM', P .. 'seen:' .. bucket, member(id, old)) == 0 then return false end
  redis.call('SADD', P .. 'seen:' .. bucket, member(id, new))
  return true
end

-- Hosts on one server take turns: they wait in `sw:{server}`, and the server itself, behind SEP, stands in `ready` for
-- the first of them while it may be asked.
local function server_places()
  return math.max(setting('servers') or 0, setting('concurrency'))
end

local function server_free(server, now)
  local state = redis.call('HMGET', P .. 'sv:' .. server, 'inflight', 'next')
  return (tonumber(state[1]) or 0) < server_places() and (tonumber(state[2]) or 0) <= now
end

local function wake_server(server)
  local first = redis.call('ZRANGE', P .. 'sw:' .. server, 0, 0, 'WITHSCORES')
  local state = redis.call('HMGET', P .. 'sv:' .. server, 'inflight', 'next')
  if not first[1] or (tonumber(state[1]) or 0) >= server_places() then
    redis.call('ZREM', P .. 'ready', SEP .. server)
  else
    redis.call('ZADD', P .. 'ready', math.max(tonumber(first[2]), tonumber(state[2]) or 0), SEP .. server)
  end
end

-- A host stands in `ready` (or in its server's row) exactly while its queue holds entries (or its probe is to be asked),
-- the next of them is not spilled, and it has a free place; the score is the next allowed time.
local function wait_until(host, server, at)
  if not server then
    redis.call('ZADD', P .. 'ready', at, host)
  else
    redis.call('ZADD', P .. 'sw:' .. server, at, host)
    wake_server(server)
  end
end

local function wake(host)
  local state = redis.call('HMGET', P .. 'h:' .. host, 'here', 'inflight', 'next', 'waits', 'parted', 'server',
    'probe')
  local empty = (tonumber(state[1]) or 0) == 0 and (state[5] or '') == '' and state[7] ~= 'wanted'
  if not (empty or state[4] or (tonumber(state[2]) or 0) >= setting('concurrency')) then
    wait_until(host, state[6], tonumber(state[3]) or 0)
  elseif not state[6] then
    redis.call('ZREM', P .. 'ready', host)
  else
    redis.call('ZREM', P .. 'sw:' .. state[6], host)
    wake_server(state[6])
  end
end

local function extras_of(host, path)
  local raw = redis.call('HGET', P .. 'x:' .. host, path)
  if raw then return cjson.decode(raw) end
  return {}
end

local function keep_extras(host, path, extras)
  if next(extras) == nil then
    redis.call('HDEL', P .. 'x:' .. host, path)
  else
    redis.call('HSET', P .. 'x:' .. host, path, cjson.encode(extras))
  end
end

-- Append a URL to the list of its band.  The entry is a hint only: it counts while the seen-set says that its URL waits
-- at just this depth.  One whose URL has come nearer, or was granted, is dropped when it is met (`claim`).  In a parted
-- band, one with chunks cut out of it, new entries wait in `t`, behind the chunks.
local parted = {}  -- host → its parted bands, as this call found them

local function is_parted(host, band)
  if not parted[host] then parted[host] = redis.call('HGET', P .. 'h:' .. host, 'parted') or '' end
  return string.find(parted[host], ',' .. band .. ',', 1, true) ~= nil
end

local function first_chunk(host, band)
  local from = string.format('%.0f', band * SPAN)
  return redis.call('ZRANGEBYSCORE', P .. 'c:' .. host, from, '(' .. string.format('%.0f', (band + 1) * SPAN),
    'LIMIT', 0, 1)[1]
end

local function append(host, band, bucket, id, path)
  local list = is_parted(host, band) and 't:' or 'b:'
  redis.call('RPUSH', P .. list .. band .. ':' .. host, bucket .. ' ' .. id .. path)
end

local function too_long(here)
  return setting('window') and here > setting('window') + setting('chunk')
end

-- `number` entries were appended to a host's lists, `lowest` the first of their bands.
local function appended(host, number, lowest)
  local h = P .. 'h:' .. host
  local here = redis.call('HINCRBY', h, 'here', number)
  local state = redis.call('HMGET', h, 'low', 'waits')
  if lowest < (tonumber(state[1]) or math.huge) then redis.call('HSET', h, 'low', lowest) end
  if state[2] then redis.call('HDEL', h, 'waits') end
  if too_long(here) then redis.call('SADD', P .. 'over', host) end
  wake(host)
end

-- Put an entry back for a new grant: suspects (a worker died over them) wait apart, to be granted alone.
local function put_back(host, path, extras)
  keep_extras(host, path, extras)
  if (extras.deaths or 0) > 0 then
    redis.call('ZADD', P .. 'suspects', sequence(), host .. SEP .. path)
    bump(host, 'queued', 1)
  else
    redis.call('HINCRBY', P .. 'h:' .. host, 'here', redis.call('ZADD', P .. 'q:' .. host, sequence(), path))
    redis.call('HDEL', P .. 'h:' .. host, 'waits')
    bump(host, 'queued', 1)
    wake(host)
  end
end

-- Whether a URL that was granted before stands in a queue again.
local function waits_again(host, path)
  return redis.call('ZSCORE', P .. 'q:' .. host, path)
    or redis.call('ZSCORE', P .. 'delayed', host .. SEP .. path)
    or redis.call('ZSCORE', P .. 'suspects', host .. SEP .. path)
end

local function add_relink(host, path)
  if redis.call('ZADD', P .. 'relinks', 'NX', sequence(), host .. SEP .. path) == 1 then
    bump(host, 'relinks', 1)
  end
end

-- The grant's request has ended: free the host's place, and let the next one begin after `wait` milliseconds.
local function free_host(token, host, wait)
  local lease = redis.call('HMGET', P .. 'l:' .. token, 'holds', 'server')
  if lease[1] ~= '1' then return end
  redis.call('HSET', P .. 'l:' .. token, 'holds', '0')
  redis.call('HINCRBY', P .. 'h:' .. host, 'inflight', -1)
  if lease[2] then
    redis.call('HINCRBY', P .. 'sv:' .. lease[2], 'inflight', -1)
    wake_server(lease[2])
  end
  local at = now_ms() + wait
  if at > number_of(host, 'next') then redis.call('HSET', P .. 'h:' .. host, 'next', at) end
  wake(host)
end

-- A host that was too fast for its server goes at half the pace for each such answer, `slow` times halved; with no delay of
-- its own it begins with LEAST, and it never waits longer than MOST for that.
local LEAST, MOST = 200, 60000
local function delay_of(host)
  local delay, slow = math.max(setting('delay'), number_of(host, 'delay')), number_of(host, 'slow')
  if slow == 0 then return delay end
  return math.max(delay, math.min(math.max(delay, LEAST / 2) * 2 ^ slow, MOST))
end

-- A request to a server begins: the next to any of its hosts comes a part of the plan's delay later.
local function occupy_server(token, server, now)
  redis.call('HSET', P .. 'l:' .. token, 'server', server)
  redis.call('HINCRBY', P .. 'sv:' .. server, 'inflight', 1)
  redis.call('HSET', P .. 'sv:' .. server, 'next', now + math.ceil(setting('delay') / server_places()))
end

local function drop_lease(token)
  redis.call('DEL', P .. 'l:' .. token)
  redis.call('ZREM', P .. 'deadlines', token)
end

-- {kind, host, path, worker, safe} of a standing lease, or nil when the token was fenced off.
local function lease_of(token)
  local kept = redis.call('HMGET', P .. 'l:' .. token, 'kind', 'host', 'path', 'worker', 'safe')
  if not kept[1] then return nil end
  return { kind = kept[1], host = kept[2], path = kept[3], worker = kept[4], safe = kept[5] == '1' }
end

-- A host's probe is over: nothing of it is needed any more but that it was.
local function probe_over(host)
  local h = P .. 'h:' .. host
  redis.call('HSET', h, 'probe', 'done')
  redis.call('HDEL', h, 'probe_url', 'probe_tries', 'probe_deaths', 'probe_lost', 'probe_ext', 'probe_votes')
  bump(host, 'probes', -1)
end

-- A worker died with this lease (or its time ran out): what it stood for returns.  A death that can be no doing of the page's
-- (`safe`) is not laid to it, but so many in a row tell of what kills where nothing should.
local OWN, LOST = 3, 30

local function page_died(lease)
  local extras = extras_of(lease.host, lease.path)
  local lost = extras.lost or 0
  if lease.safe and lost < LOST then
    extras.lost = lost + 1
  else
    extras.deaths = (extras.deaths or 0) + 1
  end
  put_back(lease.host, lease.path, extras)
end

local function probe_died(lease)
  local h, count, most = P .. 'h:' .. lease.host, 'probe_deaths', OWN
  if lease.safe then count, most = 'probe_lost', LOST end
  if redis.call('HINCRBY', h, count, 1) >= most then
    probe_over(lease.host)
  else
    redis.call('HSET', h, 'probe', 'wanted')
  end
  wake(lease.host)
end

-- A host whose robots.txt takes the worker away as often in a row is barred, as one that never answers (RFC 9309 §2.3.1.4).
-- The text is robots_desk.py's UNREACHABLE.
local function robots_died(host)
  local h = P .. 'h:' .. host
  if redis.call('HINCRBY', h, 'robots_lost', 1) <= LOST then
    redis.call('HSET', h, 'robots', 'unknown')
    return
  end
  redis.call('HDEL', h, 'robots_lost')
  redis.call('HSET', h, 'robots', 'done')
  redis.call('HSET', P .. 'robots', host, '# unreachable')
end

local function return_lease(token)
  local lease = lease_of(token)
  if not lease then
    redis.call('ZREM', P .. 'deadlines', token)
    return
  end
  free_host(token, lease.host, delay_of(lease.host))
  drop_lease(token)
  if lease.kind == 'page' then
    bump(lease.host, 'leased', -1)
    page_died(lease)
  elseif lease.kind == 'relink' then
    if redis.call('ZADD', P .. 'relinks', 'NX', sequence(), lease.host .. SEP .. lease.path) == 0 then
      bump(lease.host, 'relinks', -1)  -- it was asked for again meanwhile: one is enough
    end
  elseif lease.kind == 'probe' then
    probe_died(lease)
  else
    robots_died(lease.host)
  end
end
