
-- Exchanges refresh tokens: each answer has the token of the next request. `tokens`, which stands above, has one for each
-- connection of each thread, and one that wrk takes to look at.
local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

local free = {}
function init()
  for i, token in ipairs(tokens) do
    if (i - 1) % thread_count == number then free[#free + 1] = token end
  end
end

function request()
  -- The token of a request that has failed is lost; then this one fails too.
  local body = '{"refresh_token":"' .. (table.remove(free) or "lost") .. '"}'
  return wrk.format("POST", "/api/session/refresh", { ["content-type"] = "application/json" }, body)
end

function response(status, headers, body)
  free[#free + 1] = body:match('"refresh_token":"([^"]+)"')
end
