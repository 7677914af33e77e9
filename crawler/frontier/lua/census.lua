-- Count what stands, beside what the counters say.  ARGV: first bucket, last bucket (of the seen-set).
-- Returns URLs seen in these buckets, URLs delayed, entries queued by the hosts' counters, and those that stand.
local seen, here, standing = 0, 0, 0
for bucket = tonumber(ARGV[1]), tonumber(ARGV[2]) do
  seen = seen + redis.call('SCARD', P .. 'seen:' .. string.format('%d', bucket))
end
if ARGV[1] == '0' then
  for _, host in ipairs(redis.call('SMEMBERS', P .. 'hosts')) do
    here = here + number_of(host, 'here')
    standing = standing + redis.call('ZCARD', P .. 'q:' .. host)
    for band = 0, (setting('depth') + 1) * RANKS - 1 do
      local list = ':' .. string.format('%d', band) .. ':' .. host
      standing = standing + redis.call('LLEN', P .. 'b' .. list) + redis.call('LLEN', P .. 't' .. list)
    end
  end
end
return { seen, redis.call('ZCARD', P .. 'delayed'), here, standing }
