-- Prints one line of JSON at the end of a wrk run. With the environment variable ROUTES=N, requests go to /route-0/h up
-- to /route-<N-1>/h in an order that does not follow the numbers; with ROUTES_PER_HOST=M, M of them at a time to
-- host-0.example.com, host-1.example.com and so on.
local routes = tonumber(os.getenv("ROUTES") or "0")
local routes_per_host = tonumber(os.getenv("ROUTES_PER_HOST") or "0")
if routes > 0 then
    local requests, current = {}, 0
    init = function()
        for i = 0, routes - 1 do
            if routes_per_host > 0 then
                wrk.headers["Host"] = "host-" .. math.floor(i / routes_per_host) .. ".example.com"
            end
            requests[i] = wrk.format("GET", "/route-" .. i .. "/h")
        end
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
