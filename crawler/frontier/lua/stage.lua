-- Whether a death of the worker is to be laid to what a lease stands for.  ARGV: token, '1' where it is nobody's.
-- Returns 1, or 0 when the token no longer stands.
if redis.call('EXISTS', P .. 'l:' .. ARGV[1]) == 0 then return 0 end
redis.call('HSET', P .. 'l:' .. ARGV[1], 'safe', ARGV[2])
return 1
