-- An ended URL is wanted again.  ARGV: end it had, bucket, id, host, path.  Returns 1, or 0 when it is not known or
-- stands in a queue already.
local ending, host, path = ARGV[1], ARGV[4], ARGV[5]
local depth, taken = depth_of(ARGV[2], ARGV[3], setting('depth'))
if not depth or taken == 0 or waits_again(host, path) or number_of(host, ending) == 0 then return 0 end
bump(host, ending, -1)
bump(host, 'queued', 1)
keep_extras(host, path, {})
redis.call('HSET', P .. 'h:' .. host, 'dead', 0)
move_seen(ARGV[2], ARGV[3], TAKEN + depth, depth)
local band = depth * RANKS + 1
append(host, band, ARGV[2], ARGV[3], path)
appended(host, 1, band)
return 1
