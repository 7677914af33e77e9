-- A host's made-up address was asked for.  ARGV: token, further URL to ask ('' when the answer is in), print (JSON; '' none).
-- Returns 1, or 0 when the token no longer stands.
local token = ARGV[1]
local lease = lease_of(token)
if not lease then return 0 end
local h = P .. 'h:' .. lease.host
free_host(token, lease.host, delay_of(lease.host))
drop_lease(token)
if ARGV[2] ~= '' then
  redis.call('HSET', h, 'probe', 'wanted', 'probe_url', ARGV[2])
  redis.call('HINCRBY', h, 'probe_tries', 1)
else
  if ARGV[3] ~= '' then
    redis.call('HSET', P .. 'soft', lease.host, ARGV[3])
    redis.call('HSET', h, 'soft', 1)
  end
  probe_over(lease.host)
end
wake(lease.host)
return 1
