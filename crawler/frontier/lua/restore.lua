-- URLs that have ended enter a frontier that is being rebuilt.  ARGV: six per URL: bucket, id, host, end, depth, origin
-- to learn ('' none).  May be repeated: what is known already is left alone.  Returns how many were new.
local limit = setting('depth')
if not limit then return -1 end
local counts, new = {}, 0

for at = 1, #ARGV, 6 do
  local bucket, id, host, ending = ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3]
  if not depth_of(bucket, id, limit) then
    redis.call('SADD', P .. 'seen:' .. bucket, member(id, TAKEN + math.min(tonumber(ARGV[at + 4]), limit)))
    redis.call('SADD', P .. 'hosts', host)
    counts[host] = counts[host] or {}
    counts[host][ending] = (counts[host][ending] or 0) + 1
    counts[host].found = (counts[host].found or 0) + 1
    new = new + 1
  end
  if ARGV[at + 5] ~= '' then redis.call('HSET', P .. 'h:' .. host, 'origin', ARGV[at + 5]) end
end
for host, fields in pairs(counts) do
  for field, number in pairs(fields) do bump(host, field, number) end
end
return new
