-- A worker is about to ask a host for the first time and has looked its name up.  ARGV: token, the address found.
-- Hosts with one address share its places.  Returns 1 when the request may begin; 0 when the server is busy (the host
-- waits for its turn and the lease is gone), or the token no longer stands.
local token, server = ARGV[1], ARGV[2]
local lease = lease_of(token)
if not lease then return 0 end
local h = P .. 'h:' .. lease.host
if (setting('servers') or 0) == 0 or redis.call('HEXISTS', h, 'server') == 1 then return 1 end
redis.call('ZREM', P .. 'ready', lease.host)
redis.call('HSET', h, 'server', server)
redis.call('SADD', P .. 'servers', server)
redis.call('HINCRBY', P .. 'sv:' .. server, 'hosts', 1)
local now = now_ms()
if server_free(server, now) then
  occupy_server(token, server, now)
  wake(lease.host)
  return 1
end
redis.call('HSET', h, 'robots', 'unknown')
free_host(token, lease.host, 0)
drop_lease(token)
wake(lease.host)
return 0
