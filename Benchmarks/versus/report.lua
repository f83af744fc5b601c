-- Prints one line of JSON at the end of a wrk run. With the environment variable ROUTES=N, requests go to /route-0/h up
-- to /route-<N-1>/h in an order that does not follow the numbers.
local routes = tonumber(os.getenv("ROUTES") or "0")
if routes > 0 then
    local requests, current = {}, 0
    init = function()
        for i = 0, routes - 1 do requests[i] = wrk.format("GET", "/route-" .. i .. "/h") end
    end
    request = function()
        current = (current + 7919) % routes
        return requests[current]
    end
end

done = function(summary, latency)
    local errors = summary.errors
    io.write(string.format('JSON {"requests":%d,"microseconds":%d,"bytes":%d,"errors":%d,"p50":%d,"p99":%d}\n',
        summary.requests, summary.duration, summary.bytes,
        errors.connect + errors.read + errors.write + errors.status + errors.timeout,
        latency:percentile(50), latency:percentile(99)))
end
