-- Push a page's links.  ARGV: parent bucket, parent id ('' for seeds), out of scope, cut, the epoch that the caller's
-- omissions rest on ('' where it sends all), the parent's depth they were made for, how many were left out as too deep;
-- then seven per link: bucket, id, host, path, clicks, origin (as the link spells it), links without a click that led to
-- it in a row.  Returns the parent's depth as it stands now (-1 when unknown, -2 when the epoch is another one: nothing
-- was pushed), new, lowered, too deep.  Where the depth is less than the one omitted for, the rest is to be offered too.
local limit = setting('depth')
if ARGV[5] ~= '' and redis.call('HGET', P .. 'epoch', 'id') ~= ARGV[5] then return { -2, 0, 0, 0 } end
local depth = 0
if ARGV[2] ~= '' then depth = depth_of(ARGV[1], ARGV[2], limit) end
if not depth then return { -1, 0, 0, 0 } end

local new, lowered, deep = 0, 0, 0
if depth >= tonumber(ARGV[6]) then deep = tonumber(ARGV[7]) end
local arrivals = redis.call('INCRBY', P .. 'seq', math.floor((#ARGV - 7) / 7)) -- one number per link, the last given
local found = {}  -- host → new URLs: counters and `ready` are put right once per host, not once per link

local function lower(bucket, id, host, path, old, there)
  redis.call('SREM', P .. 'seen:' .. bucket, member(id, old))
  redis.call('SADD', P .. 'seen:' .. bucket, member(id, there))
  lowered = lowered + 1
  local score = redis.call('ZSCORE', P .. 'q:' .. host, path)
  if score then
    score = tonumber(score)
    if score >= 0 then redis.call('ZADD', P .. 'q:' .. host, there * BAND + score % BAND, path) end
  elseif not redis.call('ZSCORE', P .. 'delayed', host .. SEP .. path)
      and not redis.call('ZSCORE', P .. 'suspects', host .. SEP .. path) then
    add_relink(host, path)  -- ended, or leased just now: then this is spare, for its ack compares depths too
  end
end

local function add(bucket, id, host, path, there, origin, chain, arrival)
  redis.call('SADD', P .. 'seen:' .. bucket, member(id, there))
  redis.call('ZADD', P .. 'q:' .. host, there * BAND + arrival, path)
  if not found[host] then
    found[host] = 0
    if redis.call('SADD', P .. 'hosts', host) == 1 then redis.call('HSET', P .. 'h:' .. host, 'origin', origin) end
  end
  found[host] = found[host] + 1
  if chain > 0 then keep_extras(host, path, { chain = chain }) end
  new = new + 1
end

local left = math.floor((#ARGV - 7) / 7)
for at = 8, #ARGV, 7 do
  left = left - 1
  local bucket, id, host, path = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local there = depth + tonumber(ARGV[at + 4])
  if there > limit then
    deep = deep + 1
  else
    local old = depth_of(bucket, id, limit)
    if not old then
      add(bucket, id, host, path, there, ARGV[at + 5], tonumber(ARGV[at + 6]), arrivals - left)
    elseif there < old then
      lower(bucket, id, host, path, old, there)
    end
  end
end
for host, number in pairs(found) do
  redis.call('HINCRBY', P .. 'h:' .. host, 'found', number)
  redis.call('HINCRBY', P .. 'h:' .. host, 'queued', number)
  wake(host)
end
if new > 0 then
  redis.call('HINCRBY', P .. 'counts', 'found', new)
  redis.call('HINCRBY', P .. 'counts', 'queued', new)
end
if deep > 0 then redis.call('HINCRBY', P .. 'counts', 'too_deep', deep) end
if ARGV[3] ~= '0' then redis.call('HINCRBY', P .. 'counts', 'out_of_scope', ARGV[3]) end
if ARGV[4] ~= '0' then redis.call('HINCRBY', P .. 'counts', 'cut', ARGV[4]) end
return { depth, new, lowered, deep }
