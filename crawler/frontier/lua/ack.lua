-- End a lease after its record is stored.  ARGV: token, end, depth its links were pushed with, bucket, id.
-- Returns 1, or 0 when the token no longer stands.
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
end
local depth = depth_of(ARGV[4], ARGV[5], setting('depth'))
if depth and depth < pushed then add_relink(lease.host, lease.path) end
return 1
