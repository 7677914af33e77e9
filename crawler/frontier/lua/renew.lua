-- A worker's heartbeat.  ARGV: worker, its report (JSON), then the tokens it holds.  Returns the tokens that are lost.
local now = now_ms()
local lease_ms = setting('lease')
local report = cjson.decode(ARGV[2])
report.seen = now / 1000
redis.call('HSET', P .. 'workers', ARGV[1], cjson.encode(report))
local lost = {}
for at = 3, #ARGV do
  if redis.call('EXISTS', P .. 'l:' .. ARGV[at]) == 1 then
    redis.call('ZADD', P .. 'deadlines', 'XX', now + lease_ms, ARGV[at])
  else
    lost[#lost + 1] = ARGV[at]
  end
end
return lost
