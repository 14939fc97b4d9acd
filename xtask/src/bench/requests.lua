
-- Sends the requests of `plan`, which stands above, in turn: method, address, headers and body.
local threads = 0
function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

-- One request that is always the same is faster as wrk's own.
if #plan == 1 then
  wrk.method, wrk.path, wrk.headers, wrk.body = plan[1][1], plan[1][2], plan[1][3], plan[1][4]
else
  local list, at = {}, 0
  function init()
    for i, one in ipairs(plan) do list[i] = wrk.format(one[1], one[2], one[3], one[4]) end
    -- The threads begin at different places.
    at = number * math.floor(#list / 2)
  end
  function request()
    at = at % #list + 1
    return list[at]
  end
end
