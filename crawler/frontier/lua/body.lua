-- A page of a URL family was read.  ARGV: family, mark of what it says (decimal), the page's id, '1' where the worker
-- knows that nothing of it is new, mark of its text ('0' where that tells nothing), its key.
-- Returns 1 when it repeats (nothing new, or another page of the family has its mark), and the key of a page with the same
-- text, of those remembered.
local p = P .. 'pat:' .. ARGV[1]
local WINDOW = 64   -- marks remembered, and pages counted as recent
local first = redis.call('HGET', p .. ':b', ARGV[2])
local repeated = ARGV[4] == '1' or (first and first ~= ARGV[3])
if not first then
  redis.call('HSET', p .. ':b', ARGV[2], ARGV[3])
  if redis.call('HLEN', p .. ':b') > WINDOW then
    redis.call('HDEL', p .. ':b', redis.call('HRANDFIELD', p .. ':b'))
  end
end
local pages = redis.call('HINCRBY', p, 'n', 1)
local repeats = redis.call('HINCRBY', p, 'r', repeated and 1 or 0)
if pages >= 2 * WINDOW then
  redis.call('HSET', p, 'n', math.floor(pages / 2), 'r', math.floor(repeats / 2))
end
local alike = ''
if ARGV[5] ~= '0' then
  local TEXTS = 5000
  alike = redis.call('HGET', P .. 'texts', ARGV[5]) or ''
  if alike == '' then
    redis.call('HSET', P .. 'texts', ARGV[5], ARGV[6])
    if redis.call('HLEN', P .. 'texts') > TEXTS then
      redis.call('HDEL', P .. 'texts', redis.call('HRANDFIELD', P .. 'texts'))
    end
  end
end
return { repeated and 1 or 0, alike }
