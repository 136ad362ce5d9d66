-- How Argo CD shows an Objective: the verdict stands in the message and never in the status. A goal that is off track, a number
-- that nobody can measure now and a reference that is still to come are no faults of a roll-out. They are Healthy and not
-- Progressing, because Argo CD waits for what is Progressing before it applies the next wave, in which the object that is
-- referred to may be.
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

say(condition("OnTrack"))
sayIf("Ready", "False")
sayIf("ResolvedRefs", "False")
sayIf("CheckedIn", "False")
sayIf("Reviewed", "False")
sayIf("Reopened", "True")
if condition("WellFormed").status == "False" then -- its own message is long
  say({ message = "not well-formed: see the condition WellFormed" })
end

return { status = "Healthy", message = (status.health or "Unknown") .. ": " .. table.concat(said, " · ") }
