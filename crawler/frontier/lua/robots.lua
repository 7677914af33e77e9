-- A host's robots.txt was asked for.  ARGV: token, state ('done' or 'unknown'), text, Crawl-delay (ms), further URL to
-- ask (a redirect; ''), tries so far, alive (as in fetched), wait (ms before it is asked again).
local token = ARGV[1]
local lease = lease_of(token)
if not lease then return 0 end
local h = P .. 'h:' .. lease.host
redis.call('HSET', h, 'robots', ARGV[2], 'robots_url', ARGV[5], 'robots_tries', ARGV[6])
redis.call('HDEL', h, 'robots_lost')
if ARGV[5] == '' then redis.call('HDEL', h, 'robots_url') end
if ARGV[2] == 'done' then
  redis.call('HSET', P .. 'robots', lease.host, ARGV[3])
  redis.call('HSET', h, 'delay', ARGV[4])
end
if ARGV[7] == '1' then redis.call('HSET', h, 'dead', 0) end
free_host(token, lease.host, math.max(delay_of(lease.host), tonumber(ARGV[8])))
drop_lease(token)
return 1
