-- Give a leased URL back for a new grant: a retry later, a hop to its own canonical URL, or the browser.
-- ARGV: token, due (ms from now; 0 puts it at the head of its host's queue), extras (JSON), origin to learn ('' none).
-- Returns 1, or 0 when the token no longer stands.
local token, due, extras = ARGV[1], tonumber(ARGV[2]), cjson.decode(ARGV[3])
local lease = lease_of(token)
if not lease then return 0 end
if lease.kind == 'probe' then
  free_host(token, lease.host, delay_of(lease.host))
  drop_lease(token)
  redis.call('HSET', P .. 'h:' .. lease.host, 'probe', 'wanted')
  wake(lease.host)
  return 1
end
if lease.kind ~= 'page' then  -- robots.txt, a relink: they have places of their own
  return_lease(token)
  return 1
end
if ARGV[4] ~= '' then redis.call('HSET', P .. 'h:' .. lease.host, 'origin', ARGV[4]) end
free_host(token, lease.host, delay_of(lease.host))
drop_lease(token)
bump(lease.host, 'leased', -1)
if due > 0 then
  keep_extras(lease.host, lease.path, extras)
  redis.call('ZADD', P .. 'delayed', now_ms() + due, lease.host .. SEP .. lease.path)
  bump(lease.host, 'delayed', 1)
else
  put_back(lease.host, lease.path, extras)
end
return 1
