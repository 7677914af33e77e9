-- What a worker counted since it last told.  ARGV: three per count: host, kind, number.
for at = 1, #ARGV, 3 do
  redis.call('HINCRBY', P .. 'k:' .. ARGV[at], ARGV[at + 1], ARGV[at + 2])
  redis.call('HINCRBY', P .. 'kinds', ARGV[at + 1], ARGV[at + 2])
end
return 1
