-- A supervisor saw a worker die: all its leases return at once.  ARGV: worker.  Returns how many.
-- Walks the standing leases, which are bounded by the places of the workers, never by the URLs of the round.
local released = 0
for _, token in ipairs(redis.call('ZRANGE', P .. 'deadlines', 0, -1)) do
  local lease = lease_of(token)
  if lease and lease.worker == ARGV[1] then
    return_lease(token)
    released = released + 1
  end
end
redis.call('HDEL', P .. 'workers', ARGV[1])
if redis.call('GET', P .. 'alone') == ARGV[1] then redis.call('DEL', P .. 'alone') end
return released
