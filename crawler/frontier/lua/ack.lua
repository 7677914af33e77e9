-- End a lease after its record is stored.  ARGV: token, end, depth its links were pushed with, bucket, id.
-- Returns 1, or 0 when the token no longer stands.
-- A host with ENOUGH stored pages is asked once for an address that does not exist: a smaller one holds no heap of errors
-- that a request would be worth.  Until then the pages vote for the ending of that address (Boyer and Moore: what most
-- of them have is left); documents, which no page handler answers, do not.
local ENOUGH = 50
local ENDINGS = { html = 1, htm = 1, shtml = 1, jhtml = 1, jsp = 1, jspx = 1, asp = 1, aspx = 1, php = 1, ['do'] = 1, action = 1 }

local function towards_probe(host, path)
  local h = P .. 'h:' .. host
  local state = redis.call('HMGET', h, 'probe', 'stored', 'probe_ext', 'probe_votes')
  if state[1] then return end
  local ending = string.match(string.match(path, '^[^?]*'), '%.(%w+)$') or ''
  ending = string.lower(ending)
  local votes = tonumber(state[4]) or 0
  ending = ending == '' and '' or (ENDINGS[ending] and '.' .. ending)
  if ending and votes == 0 then
    redis.call('HSET', h, 'probe_ext', ending, 'probe_votes', 1)
  elseif ending then
    redis.call('HINCRBY', h, 'probe_votes', ending == state[3] and 1 or -1)
  end
  if tonumber(state[2]) >= ENOUGH then
    redis.call('HSET', h, 'probe', 'wanted')
    bump(host, 'probes', 1)
    wake(host)
  end
end

local token, ending, pushed = ARGV[1], ARGV[2], tonumber(ARGV[3])
local lease = lease_of(token)
if not lease then return 0 end
free_host(token, lease.host, delay_of(lease.host))
drop_lease(token)
if lease.kind == 'relink' then
  bump(lease.host, 'relinks', -1)
else
  bump(lease.host, 'leased', -1)
  bump(lease.host, ending, 1)
  keep_extras(lease.host, lease.path, {})
  if ending == 'stored' then towards_probe(lease.host, lease.path) end
end
local depth = depth_of(ARGV[4], ARGV[5], setting('depth'))
if depth and depth < pushed then add_relink(lease.host, lease.path) end
return 1
