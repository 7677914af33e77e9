-- An ended URL is wanted again.  ARGV: end it had, bucket, id, host, path.  Returns 1, or 0 when it is not known or
-- stands in a queue already.
local ending, host, path = ARGV[1], ARGV[4], ARGV[5]
local depth = depth_of(ARGV[2], ARGV[3], setting('depth'))
local waiting = redis.call('ZSCORE', P .. 'q:' .. host, path)
  or redis.call('ZSCORE', P .. 'delayed', host .. SEP .. path)
  or redis.call('ZSCORE', P .. 'suspects', host .. SEP .. path)
if not depth or waiting or number_of(host, ending) == 0 then return 0 end
bump(host, ending, -1)
keep_extras(host, path, {})
redis.call('HSET', P .. 'h:' .. host, 'dead', 0)
enqueue(host, path, depth * BAND + sequence())
return 1
