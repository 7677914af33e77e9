-- A page of a URL pattern was read.  ARGV: pattern, mark of its body (decimal), budget, share.
-- Returns 1 when the pattern is over its budget, most of its recent bodies repeat, and so does this one.
local p = P .. 'pat:' .. ARGV[1]
local budget, share = tonumber(ARGV[3]), tonumber(ARGV[4])
local WINDOW = 64   -- bodies remembered, and counted as recent
local repeated = redis.call('SADD', p .. ':b', ARGV[2]) == 0
if redis.call('SCARD', p .. ':b') > WINDOW then redis.call('SPOP', p .. ':b') end
local pages = redis.call('HINCRBY', p, 'n', 1)
local repeats = redis.call('HINCRBY', p, 'r', repeated and 1 or 0)
if pages >= 2 * WINDOW then
  redis.call('HSET', p, 'n', math.floor(pages / 2), 'r', math.floor(repeats / 2))
end
if repeated and pages > budget and repeats >= share * pages then return 1 end
return 0
