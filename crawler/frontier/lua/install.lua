-- Move keys of a rebuilt frontier to the round's own place.  ARGV: the prefix there, then names without a prefix.
-- May be repeated.  Returns how many were moved.
local moved = 0
for at = 2, #ARGV do
  if redis.call('EXISTS', P .. ARGV[at]) == 1 then
    redis.call('RENAME', P .. ARGV[at], ARGV[1] .. ARGV[at])
    moved = moved + 1
  end
end
return moved
