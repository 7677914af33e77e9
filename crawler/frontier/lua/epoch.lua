-- Called after every (re)connection.  ARGV: the server's run id, a fresh random epoch.  When the run id is new, tokens
-- get a new epoch and every host waits one delay: what was granted in a lost fsync window may still be under way.
-- Serials of grants go on 2^32 higher, more than a lost window can have given: whoever holds a lease of it writes under a
-- lesser serial than any grant to come, and is fenced off by that.
local WINDOW = 4294967296
if redis.call('HGET', P .. 'epoch', 'run_id') == ARGV[1] then return 0 end
redis.call('HSET', P .. 'epoch', 'run_id', ARGV[1], 'id', ARGV[2])
redis.call('INCRBY', P .. 'grants', WINDOW)
if not setting('delay') then return 1 end -- nothing is here yet, or not any more
local at = now_ms()
for _, host in ipairs(redis.call('SMEMBERS', P .. 'hosts')) do
  redis.call('HSET', P .. 'h:' .. host, 'next', at + delay_of(host))
  wake(host)
end
return 1
