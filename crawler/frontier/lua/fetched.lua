-- The request of a grant has ended: its host may be granted again after the delay.
-- ARGV: token, alive (1 the server answered, 0 it could not be reached, -1 nothing was requested), wait (ms asked for
-- by Retry-After, 0 for none), slow (1 where the server says that it is asked too much).  Returns 1, or 0 when the token
-- no longer stands.
local SLOWEST = 6  -- times the pace is halved
local CALM = 20  -- answers without such a word, after which it is doubled again
local token, alive, asked = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local lease = lease_of(token)
if not lease then return 0 end
if alive == -1 then
  free_host(token, lease.host, 0)
  return 1
end
local slow = number_of(lease.host, 'slow')
if ARGV[4] == '1' then
  redis.call('HSET', P .. 'h:' .. lease.host, 'slow', math.min(slow + 1, SLOWEST), 'calm', 0)
elseif slow > 0 and alive == 1 and redis.call('HINCRBY', P .. 'h:' .. lease.host, 'calm', 1) >= CALM then
  redis.call('HSET', P .. 'h:' .. lease.host, 'slow', slow - 1, 'calm', 0)
end
local wait = math.max(delay_of(lease.host), asked)
if alive == 1 then
  redis.call('HSET', P .. 'h:' .. lease.host, 'dead', 0)
else
  local dead = redis.call('HINCRBY', P .. 'h:' .. lease.host, 'dead', 1)
  local over = dead - setting('breaker_failures')
  if over >= 0 then wait = math.max(wait, setting('breaker_ms') * 2 ^ math.min(over, 3)) end
end
free_host(token, lease.host, wait)
return 1
