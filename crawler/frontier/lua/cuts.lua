-- Links were cut.  ARGV: the page they stood on, then four per row: rule, pattern, how many, the first of them.
-- Kept per rule and pattern: how many, and the first three with their pages; beyond MOST rows a rule's further patterns
-- share one row.
local MOST, EXAMPLES = 2000, 3
for at = 2, #ARGV, 4 do
  local rule, pattern, number, url = ARGV[at], ARGV[at + 1], tonumber(ARGV[at + 2]), ARGV[at + 3]
  redis.call('HINCRBY', P .. 'cuts', rule, number)
  local name = rule .. SEP .. pattern
  local raw = redis.call('HGET', P .. 'cut', name)
  if not raw and redis.call('HLEN', P .. 'cut') >= MOST then
    name = rule .. SEP
    raw = redis.call('HGET', P .. 'cut', name)
  end
  local row = raw and cjson.decode(raw) or { n = 0, first = {} }
  row.n = row.n + number
  if #row.first < EXAMPLES then
    local told = false
    for _, example in ipairs(row.first) do told = told or example[1] == url end
    if not told then row.first[#row.first + 1] = { url, ARGV[1] } end
  end
  redis.call('HSET', P .. 'cut', name, cjson.encode(row))
  if rule == 'repeating-pattern' then redis.call('SADD', P .. 'repeating', pattern) end
end
return 1
