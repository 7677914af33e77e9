-- A chunk comes back from MongoDB.  ARGV: host, token, how long its copy is kept (ms: longer than what a crash of Redis
-- may lose), then its entries.  Returns 1, or 0 when it is back already.
local host, token = ARGV[1], ARGV[2]
local c = P .. 'c:' .. host
local place = redis.call('ZSCORE', c, token)
if not place or redis.call('ZSCORE', P .. 'spilling', host .. SEP .. token) then return 0 end
local band = math.floor(tonumber(place) / SPAN)
redis.call('ZREM', c, token)
redis.call('RPUSH', P .. 'b:' .. band .. ':' .. host, unpack(ARGV, 4))
redis.call('ZREM', P .. 'wanted', host)
redis.call('ZADD', P .. 'gone', now_ms() + tonumber(ARGV[3]), token)
bump(host, 'spilled', 3 - #ARGV)
appended(host, #ARGV - 3, band)
return 1
