
-- Exchanges refresh tokens: each answer has the token of the next request. `tokens`, which stands above, has one for each
-- connection of each thread.
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
  local body = '{"refresh_token":"' .. table.remove(free) .. '"}'
  return wrk.format("POST", "/api/session/refresh", { ["content-type"] = "application/json" }, body)
end

function response(status, headers, body)
  free[#free + 1] = body:match('"refresh_token":"([^"]+)"')
end
