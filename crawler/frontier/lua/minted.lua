-- A page whose address holds minted tokens was read.  ARGV: slot, hash of its key without tokens, mark, the page's id,
-- hash of its own tokens, then hashes of the tokens in its links of the same slot.
-- Evidence for a session mark: another page with the same bare key says the same, and every token it links to is its own
-- or was never read, as only a server that mints them anew can have it.  One page that says something else speaks
-- against it for good.  Returns 1 while the slot is a session mark, -1 once it is known not to be, else 0.
local p = P .. 'mint:' .. ARGV[1]
local MOST = 2000   -- bare keys and tokens remembered
local FIELD = 'k' .. ARGV[2]
local fresh = #ARGV > 5
for at = 6, #ARGV do
  if ARGV[at] ~= ARGV[5] and redis.call('SISMEMBER', p .. ':t', ARGV[at]) == 1 then fresh = false end
end
redis.call('SADD', p .. ':t', ARGV[5])
if redis.call('SCARD', p .. ':t') > MOST then redis.call('SPOP', p .. ':t') end
local first = redis.call('HGET', p, FIELD)
if not first then
  if redis.call('HLEN', p) < MOST then redis.call('HSET', p, FIELD, ARGV[3] .. ':' .. ARGV[4]) end
elseif first ~= ARGV[3] .. ':' .. ARGV[4] then
  local mark, id = string.match(first, '^(%d+):(%d+)$')
  if mark ~= ARGV[3] then
    redis.call('HINCRBY', p, 'differ', 1)
  elseif id ~= ARGV[4] and fresh then
    redis.call('HINCRBY', p, 'same', 1)
  end
end
local told = redis.call('HMGET', p, 'same', 'differ')
if (tonumber(told[2]) or 0) > 0 then
  redis.call('SREM', P .. 'sessions', ARGV[1])
  return -1
end
if (tonumber(told[1]) or 0) < 2 then return 0 end
redis.call('SADD', P .. 'sessions', ARGV[1])
return 1
