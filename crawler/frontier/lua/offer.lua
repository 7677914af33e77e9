-- Push a page's links.  ARGV: parent bucket, parent id ('' for seeds), out of scope, cut, the epoch that the caller's
-- omissions rest on ('' where it sends all), the parent's depth they were made for, how many were left out as too deep,
-- the parent's lease ('' where nothing is to be noted of it); then eight per link: bucket, id, host, path, clicks, origin (as the link spells it), links without a click that led to
-- it in a row, rank.  Returns the parent's depth as it stands now (-1 when unknown, -2 when the epoch is another one: nothing
-- was pushed), new, lowered, too deep.  Where the depth is less than the one omitted for, the rest is to be offered too.
local limit = setting('depth')
if not limit then return { -1, 0, 0, 0 } end -- the round is lost, or being rebuilt
if ARGV[5] ~= '' and redis.call('HGET', P .. 'epoch', 'id') ~= ARGV[5] then return { -2, 0, 0, 0 } end
local depth = 0
if ARGV[2] ~= '' then depth = depth_of(ARGV[1], ARGV[2], limit) end
if not depth then return { -1, 0, 0, 0 } end

-- What it takes to read and judge the page is past: a death is not laid to it any more.
if ARGV[8] ~= '' and redis.call('EXISTS', P .. 'l:' .. ARGV[8]) == 1 then
  redis.call('HSET', P .. 'l:' .. ARGV[8], 'safe', '1')
end

local new, lowered, deep = 0, 0, 0
if depth >= tonumber(ARGV[6]) then deep = tonumber(ARGV[7]) end
local found, entries, lowest = {}, {}, {}  -- per host: counters and `ready` are put right once, not once per link

local function queue(bucket, id, host, path, there, rank)
  local band = there * RANKS + rank
  append(host, band, bucket, id, path)
  entries[host] = (entries[host] or 0) + 1
  if band < (lowest[host] or math.huge) then lowest[host] = band end
end

local function lower(bucket, id, host, path, old, taken, there, rank)
  move_seen(bucket, id, old + taken, there + taken)
  lowered = lowered + 1
  if taken == 0 then
    queue(bucket, id, host, path, there, rank)  -- the entry in the deeper band is dropped when it is met
  elseif not waits_again(host, path) then
    add_relink(host, path)  -- ended, or leased just now: then this is spare, for its ack compares depths too
  end
end

local function add(bucket, id, host, path, there, origin, chain, rank)
  redis.call('SADD', P .. 'seen:' .. bucket, member(id, there))
  queue(bucket, id, host, path, there, rank)
  if not found[host] then
    found[host] = 0
    if redis.call('SADD', P .. 'hosts', host) == 1 then redis.call('HSET', P .. 'h:' .. host, 'origin', origin) end
  end
  found[host] = found[host] + 1
  if chain > 0 then keep_extras(host, path, { chain = chain }) end
  new = new + 1
end

for at = 9, #ARGV, 8 do
  local bucket, id, host, path = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  local there = depth + tonumber(ARGV[at + 4])
  if there > limit then
    deep = deep + 1
  else
    local old, taken = depth_of(bucket, id, limit)
    if not old then
      add(bucket, id, host, path, there, ARGV[at + 5], tonumber(ARGV[at + 6]), tonumber(ARGV[at + 7]))
    elseif there < old then
      lower(bucket, id, host, path, old, taken, there, tonumber(ARGV[at + 7]))
    end
  end
end
for host, number in pairs(found) do
  redis.call('HINCRBY', P .. 'h:' .. host, 'found', number)
  redis.call('HINCRBY', P .. 'h:' .. host, 'queued', number)
end
for host, number in pairs(entries) do appended(host, number, lowest[host]) end
if new > 0 then
  redis.call('HINCRBY', P .. 'counts', 'found', new)
  redis.call('HINCRBY', P .. 'counts', 'queued', new)
end
if deep > 0 then redis.call('HINCRBY', P .. 'counts', 'too_deep', deep) end
if ARGV[3] ~= '0' then redis.call('HINCRBY', P .. 'counts', 'out_of_scope', ARGV[3]) end
if ARGV[4] ~= '0' then redis.call('HINCRBY', P .. 'counts', 'cut', ARGV[4]) end
return { depth, new, lowered, deep }
