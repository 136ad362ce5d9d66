-- How Argo CD shows a MetricSource: whether it answers stands in the message and never in the status. A source that is down,
-- and a Secret that is still to come, are no faults of a roll-out: the goals keep their last values, and say so. They are
-- Healthy and not Progressing, because Argo CD waits for what is Progressing before it applies the next wave, in which the
-- Secret may be.
local status = obj.status or {}

-- What the controller has not looked at yet, or not since the last edit, has no verdict. The API server gives a new object
-- observedGeneration -1.
if status.observedGeneration == nil or status.observedGeneration ~= obj.metadata.generation then
  return { status = "Progressing", message = "waiting for okr-controller to look at it" }
end

local function condition(kind)
  for _, c in ipairs(status.conditions or {}) do
    if c.type == kind then
      return c
    end
  end
  return {}
end

-- Only an edit of this object in Git can mend it.
local stalled = condition("Stalled")
if stalled.status == "True" then
  return { status = "Degraded", message = stalled.message or "only an edit can mend it" }
end
if stalled.status ~= "False" then
  return { status = "Progressing", message = "waiting for okr-controller to look at it" }
end

local said = {}
local function say(c)
  if c.message == nil or c.message == "" then
    return
  end
  for _, message in ipairs(said) do
    if message == c.message then
      return
    end
  end
  table.insert(said, c.message)
end
local function sayIf(kind, value)
  local c = condition(kind)
  if c.status == value then
    say(c)
  end
end

local reachable = condition("Reachable")
say(reachable)
sayIf("Ready", "False")
sayIf("Saturated", "True")

return { status = "Healthy", message = (reachable.reason or "Unknown") .. ": " .. table.concat(said, " · ") }
