-- Cookies that a browser earned at a host.  ARGV: host, cookie ('' only ends the earning), when they end (s since the
-- epoch, 0 never).  Returns the serial of what is kept.
redis.call('DEL', P .. 'earning:' .. ARGV[1])
local kept = redis.call('HGET', P .. 'earned', ARGV[1])
local serial = kept and cjson.decode(kept).serial or 0
if ARGV[2] ~= '' then
  serial = serial + 1
  redis.call('HSET', P .. 'earned', ARGV[1], cjson.encode({ cookie = ARGV[2], ends = tonumber(ARGV[3]), serial = serial }))
end
return serial
