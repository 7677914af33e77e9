-- What a worker may do for queues that outgrow their window.  ARGV: window (entries a host keeps in its lists), chunk
-- (entries cut at once), how long the work is this worker's (ms), a new chunk's token.  Returns three lists: host and
-- token of chunks to load; host, token and entries of one chunk to keep in MongoDB; tokens of chunks to remove there.
local window, chunk, mine, fresh = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]
local now = now_ms()
if not setting('depth') then return { {}, {}, {} } end  -- there is no such round (any more)
if setting('window') ~= window then redis.call('HSET', P .. 'settings', 'window', window, 'chunk', chunk) end

local function to_load()
  local found = {}
  for _, host in ipairs(redis.call('ZRANGEBYSCORE', P .. 'wanted', '-inf', now, 'LIMIT', 0, 16)) do
    local token = redis.call('ZRANGE', P .. 'c:' .. host, 0, 0)[1]
    if not token or redis.call('ZSCORE', P .. 'spilling', host .. SEP .. token) then
      redis.call('ZREM', P .. 'wanted', host)  -- one on its way out is taken back by the claim that needs it
    else
      redis.call('ZADD', P .. 'wanted', now + mine, host)
      found[#found + 1] = host
      found[#found + 1] = token
    end
  end
  return found
end

-- Cut the deepest, latest entries of a host's lists: from the front of what waits behind a band's chunks, else from the
-- end of its list.  Returns the entries and the chunk's place among the host's.
local function cut(host, size)
  for band = (setting('depth') + 1) * RANKS - 1, 0, -1 do
    local front, tail = P .. 'b:' .. band .. ':' .. host, P .. 't:' .. band .. ':' .. host
    local c, from, to = P .. 'c:' .. host, string.format('%.0f', band * SPAN), string.format('%.0f', (band + 1) * SPAN)
    local entries, place = nil, nil
    if redis.call('EXISTS', tail) == 1 then
      entries = redis.call('LPOP', tail, size)
      place = redis.call('ZREVRANGEBYSCORE', c, '(' .. to, from, 'WITHSCORES', 'LIMIT', 0, 1)[2]
      place = place and place + 1
    elseif redis.call('EXISTS', front) == 1 then
      entries = redis.call('LRANGE', front, -size, -1)
      redis.call('LTRIM', front, 0, -size - 1)
      place = redis.call('ZRANGEBYSCORE', c, from, '(' .. to, 'WITHSCORES', 'LIMIT', 0, 1)[2]
      place = place and place - 1
    end
    if entries then
      if not is_parted(host, band) then
        parted[host] = parted[host] .. ',' .. band .. ','
        redis.call('HSET', P .. 'h:' .. host, 'parted', parted[host])
      end
      return entries, place or band * SPAN + SPAN / 2
    end
  end
  return {}, nil
end

local function to_keep()
  local late = redis.call('ZRANGEBYSCORE', P .. 'spilling', '-inf', now, 'LIMIT', 0, 1)[1]
  if late then
    redis.call('ZADD', P .. 'spilling', now + mine, late)
    local at = string.find(late, SEP, 1, true)
    local host, token = string.sub(late, 1, at - 1), string.sub(late, at + 1)
    return { host, token, unpack(redis.call('LRANGE', P .. 's:' .. token, 0, -1)) }
  end
  local host, entries, place = nil, {}, nil
  while #entries == 0 do
    host = redis.call('SRANDMEMBER', P .. 'over')
    if not host then return {} end
    if number_of(host, 'here') >= window + chunk then entries, place = cut(host, chunk) end
    if #entries == 0 then redis.call('SREM', P .. 'over', host) end  -- small enough, or all put back: those stay
  end
  redis.call('HINCRBY', P .. 'h:' .. host, 'here', -#entries)
  redis.call('RPUSH', P .. 's:' .. fresh, unpack(entries))
  redis.call('ZADD', P .. 'c:' .. host, string.format('%.0f', place), fresh)
  redis.call('ZADD', P .. 'spilling', now + mine, host .. SEP .. fresh)
  wake(host)
  return { host, fresh, unpack(entries) }
end

return { to_load(), to_keep(), redis.call('ZRANGEBYSCORE', P .. 'gone', '-inf', now, 'LIMIT', 0, 64) }
