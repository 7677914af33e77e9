-- Every host of a rebuilt frontier waits one delay: a worker from before may have asked it just now.
local at = now_ms()
for _, host in ipairs(redis.call('SMEMBERS', P .. 'hosts')) do
  redis.call('HSET', P .. 'h:' .. host, 'next', at + delay_of(host))
  wake(host)
end
return 1
