-- What pages of a host have shown.  ARGV: host, then three per sign: template, sign, number.  Returns all that is kept of
-- the host, names and counts.  Counts of a template are halved when one of them has grown old: a template may change.
local MOST = 4000  -- names kept of one host
local OLD = 400
local r = P .. 'r:' .. ARGV[1]
for at = 2, #ARGV, 3 do
  local name = ARGV[at + 1] .. SEP .. ARGV[at]
  if redis.call('HEXISTS', r, name) == 1 or redis.call('HLEN', r) < MOST then
    if redis.call('HINCRBY', r, name, ARGV[at + 2]) > OLD then
      for _, sign in ipairs({ 'plain', 'shell', 'drawn', 'more', 'same', 'passed', 'barred' }) do
        local one = sign .. SEP .. ARGV[at]
        local count = tonumber(redis.call('HGET', r, one))
        if count then redis.call('HSET', r, one, math.floor(count / 2)) end
      end
    end
    redis.call('SADD', P .. 'rendering', ARGV[1])
  end
end
return redis.call('HGETALL', r)
