-- Relinks of a frontier that is being rebuilt were answered.  ARGV: five per page: bucket, id, host, path, the depth its
-- links were pushed with.  One whose depth fell again meanwhile stays.  Returns how many are left in the round.
for at = 1, #ARGV, 5 do
  local host, path = ARGV[at + 2], ARGV[at + 3]
  local depth = depth_of(ARGV[at], ARGV[at + 1], setting('depth'))
  if depth == tonumber(ARGV[at + 4]) and redis.call('ZREM', P .. 'relinks', host .. SEP .. path) == 1 then
    bump(host, 'relinks', -1)
  end
end
return redis.call('ZCARD', P .. 'relinks')
