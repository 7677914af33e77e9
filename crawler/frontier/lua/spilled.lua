-- MongoDB has a chunk: it leaves Redis.  ARGV: host, token, how long a copy is kept that turns out useless (ms).
-- Returns 1, or 0 when it was taken back, or another worker was first.
local host, token = ARGV[1], ARGV[2]
if redis.call('ZREM', P .. 'spilling', host .. SEP .. token) == 1 then
  local number = redis.call('LLEN', P .. 's:' .. token)
  redis.call('DEL', P .. 's:' .. token)
  bump(host, 'spilled', number)
  return 1
end
if not redis.call('ZSCORE', P .. 'c:' .. host, token) then
  redis.call('ZADD', P .. 'gone', now_ms() + tonumber(ARGV[3]), token)
end
return 0
