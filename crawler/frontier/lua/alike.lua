-- Two places may mirror each other.  ARGV: mirror, original, a page's tail under one of them (hash), which ('m' or 'o'),
-- mark of its text.  Kept per pair of places: marks by tail and side, how many tails agree and differ, and how many the
-- mirror has shown.  Returns 1 while the mirror is one: six tails agree, they are most of what the mirror has shown,
-- and hardly one differs.
local name = ARGV[1] .. SEP .. ARGV[2]
local p = P .. 'alike:' .. name
local MOST, PAIRS = 4000, 200
if redis.call('HEXISTS', P .. 'places', name) == 0 then
  if redis.call('HLEN', P .. 'places') >= PAIRS then return 0 end
  redis.call('HSET', P .. 'places', name, 0)
end
if redis.call('HLEN', p) < MOST and redis.call('HSETNX', p, ARGV[4] .. ARGV[3], ARGV[5]) == 1 then
  if ARGV[4] == 'm' then redis.call('HINCRBY', p, 'shown', 1) end
  local other = redis.call('HGET', p, (ARGV[4] == 'm' and 'o' or 'm') .. ARGV[3])
  if other then redis.call('HINCRBY', p, other == ARGV[5] and 'same' or 'differ', 1) end
end
local told = redis.call('HMGET', p, 'same', 'differ', 'shown')
local same, differ, shown = tonumber(told[1]) or 0, tonumber(told[2]) or 0, tonumber(told[3]) or 0
local is = same >= 6 and differ * 10 <= same and same >= 0.6 * shown
redis.call('HSET', P .. 'places', name, is and same or 0)
return is and 1 or 0
